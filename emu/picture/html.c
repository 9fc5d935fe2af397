/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run as a page: the verdict, the pictures, every finding in full, and what the guest was given and left. */
#include <stdlib.h>
#include <string.h>

#include "picture/markup.h"
#include "picture/parts.h"
#include "report/decode.h"
#include "report/formats.h"

static bool write_headline(const struct report_input *in, FILE *out)
{
    char *outcome = words_outcome(in);
    if (outcome == NULL)
        return false;
    fprintf(out, "<header>\n<h1><span class=\"word %s\">%s %s</span> ", words_class(in->exit_code),
            words_sign(in->exit_code), verdict_word(in->exit_code));
    markup(out, path_last(in->image->path));
    fputs("</h1>\n<p>", out);
    markup(out, outcome);
    fputs("</p>\n</header>\n", out);
    free(outcome);
    return true;
}

static void write_panel(const struct panel *p, int width, int height, const char *text, FILE *out)
{
    fprintf(out, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"group\" aria-label=\"", width, height,
            width, height);
    markup_format(out, "%s: %s", p->title, text);
    fputs("\">\n", out);
}

static bool write_memory(const struct report_input *in, FILE *out)
{
    struct memory_picture m;
    struct legend legend = {{false}};
    const bool ok = memory_picture_make(&m, in);
    fputs(
        "<section>\n<h2>Memory</h2>\n<p class=\"dim\">Not to scale: heights grow with the logarithm of the size, the same in all "
        "columns; where nothing is the scale is broken.</p>\n",
        out);
    for (unsigned i = 0; ok && i < MEMORY_PANELS; i++)
        legend_add(&legend, &m.panel[i]);
    legend_list(&legend, out);
    fputs("<div class=\"side\">\n", out);
    for (unsigned i = 0; ok && i < MEMORY_PANELS; i++) {
        if (m.panel[i].nr == 0) {
            fprintf(out, "<div class=\"empty\"><strong>%s</strong><br/>%s</div>\n", m.panel[i].title, m.panel[i].note);
            continue;
        }
        write_panel(&m.panel[i], panel_width(&m.panel[i]), panel_height(&m.scale), m.panel[i].note, out);
        panel_draw(&m.panel[i], &m.scale, true, out);
        fputs("</svg>\n", out);
    }
    fputs("</div>\n</section>\n", out);
    memory_picture_free(&m);
    return ok;
}

static bool write_timeline(const struct verdict *v, FILE *out)
{
    struct timeline_picture t;
    const bool ok = timeline_picture_make(&t, v);
    struct legend legend = {{false}};
    legend_add(&legend, &t.panel);
    fputs(
        "<section>\n<h2>Time</h2>\n<p class=\"dim\">On the guest's clock. In the column each phase has a scale of its own; the bar "
        "above it is to scale.</p>\n",
        out);
    legend_list(&legend, out);
    fputs("<div class=\"side\">\n", out);
    if (ok) {
        write_panel(&t.panel, panel_width(&t.panel), timeline_picture_height(&t), t.panel.note, out);
        timeline_picture_draw(&t, v, out);
        fputs("</svg>\n", out);
    }
    fputs("<div>\n", out);
    html_exits(v, out);
    fputs("</div>\n</div>\n</section>\n", out);
    timeline_picture_free(&t);
    return ok;
}

/* The text report's lines as rows: a label of eight characters behind four, then words; what has no label goes on. */
#define LABEL_AT 4u
#define WORDS_AT 12u

static void write_line(const char *line, size_t n, bool *open, FILE *out)
{
    char label[WORDS_AT - LABEL_AT + 1] = "";
    size_t from = n < WORDS_AT ? n : WORDS_AT;
    if (n > LABEL_AT)
        (void)snprintf(label, sizeof label, "%.*s", (int)strcspn(line + LABEL_AT, " \n"), line + LABEL_AT);
    if (label[0] != '\0' || !*open) {
        fputs(*open ? "</td></tr>\n<tr><th scope=\"row\">" : "<tr><th scope=\"row\">", out);
        markup(out, label);
        fputs("</th><td>", out);
    } else {
        fputc('\n', out);
    }
    *open = true;
    markup_lines(out, line + from, n - from);
}

static void write_rows(const char *text, FILE *out)
{
    bool open = false;
    fputs("<table class=\"facts lines\">\n", out);
    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        if (n != 0)
            write_line(text, n, &open, out);
        text += n + (text[n] != '\0' ? 1 : 0);
    }
    fputs(open ? "</td></tr>\n</table>\n" : "</table>\n", out);
}

static bool write_finding(const struct finding *f, size_t number, unsigned vcpus, FILE *out)
{
    char *all = words_finding_all(f, vcpus);
    if (all == NULL)
        return false;
    fprintf(out, "<article class=\"finding %s\" id=\"finding-%zu\">\n<h3>%zu. %s[%s]: ", severity_name(f->severity),
            number, number, severity_name(f->severity), rules[f->rule].name);
    markup(out, rules[f->rule].title);
    fputs("</h3>\n", out);
    /* Its first line is the heading. */
    const char *rest = strchr(all + 1, '\n');
    write_rows(rest != NULL ? rest + 1 : "", out);
    fputs("</article>\n", out);
    free(all);
    return true;
}

static bool write_findings(const struct report_input *in, FILE *out)
{
    const struct findings *f = &in->verdict->findings;
    bool ok = true;
    fputs("<section>\n<h2>Findings</h2>\n", out);
    if (f->nr == 0)
        fputs("<p>None.</p>\n", out);
    for (size_t i = 0; ok && i < f->nr; i++)
        ok = write_finding(&f->f[i], i + 1, in->layout->vcpus, out);
    if (f->dropped != 0)
        fprintf(out, "<p>%llu more did not fit and are not shown.</p>\n", (unsigned long long)f->dropped);
    fputs("</section>\n", out);
    return ok;
}

static void begin_details(const char *title, size_t nr, FILE *out)
{
    fprintf(out, "<details><summary>%s (%zu)</summary>\n", title, nr);
}

static void write_details(const struct report_input *in, FILE *out)
{
    const struct verdict *v = in->verdict;
    fputs("<section>\n<h2>In full</h2>\n", out);
    begin_details("E820, as the firmware is told it", in->guest->e820.nr, out);
    html_e820(in, out);
    fputs("</details>\n", out);
    begin_details("Modules, in order of first execution", v->nr_modules, out);
    html_modules(v, out);
    fputs("</details>\n", out);
    if (v->hob_list != 0) {
        begin_details("HOB list", v->hobs.nr, out);
        html_hobs(v, out);
        fputs("</details>\n", out);
    }
    if (v->written != NULL) {
        begin_details("Written memory, runs of pages", v->written->nr, out);
        html_written(v, out);
        fputs("</details>\n", out);
    }
    if (v->debug_log_size != 0 && v->debug_log != NULL) {
        begin_details("Debug output of the guest, bytes", v->debug_log_size, out);
        fputs("<pre>", out);
        markup_lines(out, v->debug_log, v->debug_log_size);
        fputs("</pre></details>\n", out);
    }
    fputs("</section>\n", out);
}

bool report_html_write(const struct report_input *in, const struct report_style *style, FILE *out)
{
    char title[512];
    (void)style;
    (void)snprintf(title, sizeof title, "hvmbed: %s %s", verdict_word(in->exit_code), path_last(in->image->path));
    html_begin(title, out);
    bool ok = write_headline(in, out);
    fputs("<main>\n", out);
    html_image(in, out);
    ok = ok && write_findings(in, out) && write_memory(in, out) && write_timeline(in->verdict, out);
    write_details(in, out);
    fputs("</main>\n", out);
    html_end(out);
    return ok && ferror(out) == 0;
}
