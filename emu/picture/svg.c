/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run as one picture: memory above, the timeline and what was found below. */
#include <stdlib.h>
#include <string.h>

#include "picture/markup.h"
#include "picture/parts.h"
#include "report/decode.h"
#include "report/formats.h"

#define MARGIN 16
#define GAP 16
#define HEAD 56

struct svg {
    struct memory_picture memory;
    struct timeline_picture timeline;
    struct legend legend;
    int width, memory_y, lower_y, findings_x, height;
    size_t chars; /* of a line of a finding */
};

void svg_begin(int width, int height, const char *title, const char *text, FILE *out)
{
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"title text\">\n<title id=\"title\">",
            width, height, width, height);
    markup(out, title);
    fputs("</title>\n<desc id=\"text\">", out);
    markup(out, text);
    fputs("</desc>\n<style>\n", out);
    style_sheet(out);
    fputs("</style>\n", out);
    style_defs(out);
    fprintf(out, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", width, height);
}

/* Each line of @text, wrapped; draws where @out is there. Returns how many lines that makes. */
static int finding_lines(const char *text, size_t chars, int x, int y, FILE *out)
{
    int lines = 0;
    char *copy = strdup(text), *rest = copy;
    for (char *line; copy != NULL && (line = strsep(&rest, "\n")) != NULL;) {
        size_t from, length;
        for (size_t n = 0; wrap_line(line, chars, n, &from, &length); n++, lines++) {
            char piece[256];
            if (out == NULL)
                continue;
            (void)snprintf(piece, sizeof piece, "%.*s", (int)length, line + from);
            fprintf(out, "<text class=\"l\" x=\"%d\" y=\"%d\" xml:space=\"preserve\">", x, y + lines * LINE);
            markup(out, piece);
            fputs("</text>\n", out);
        }
    }
    free(copy);
    return lines;
}

/* Returns the height. */
static int draw_findings(const struct verdict *v, size_t chars, FILE *out)
{
    int y = 12;
    if (out != NULL)
        fprintf(out, "<text class=\"h\" x=\"0\" y=\"%d\">%s</text>\n", y,
                v->findings.nr != 0 ? "What was found" : "Nothing was found");
    y += 22;
    for (size_t i = 0; i < v->findings.nr; i++) {
        char *text = words_finding(&v->findings.f[i]);
        if (text == NULL)
            return -1;
        if (out != NULL)
            fprintf(out, "<text class=\"h\" x=\"0\" y=\"%d\">%zu</text>\n", y, i + 1);
        y += LINE * finding_lines(text, chars, 34, y, out) + LINE / 2;
        free(text);
    }
    return y;
}

static bool plan_svg(struct svg *s, const struct report_input *in)
{
    if (!memory_picture_make(&s->memory, in) || !timeline_picture_make(&s->timeline, in->verdict))
        return false;
    int width = 0;
    for (unsigned i = 0; i < MEMORY_PANELS; i++) {
        width += panel_width(&s->memory.panel[i]) + (i != 0 ? GAP : 0);
        legend_add(&s->legend, &s->memory.panel[i]);
    }
    legend_add(&s->legend, &s->timeline.panel);
    s->width = width + 2 * MARGIN;
    s->memory_y = HEAD + legend_height(&s->legend, width) + 10;
    s->lower_y = s->memory_y + panel_height(&s->memory.scale) + 24;
    s->findings_x = panel_width(&s->timeline.panel) + 2 * GAP;
    s->chars = (size_t)((width - s->findings_x - 34) * 100 / CHAR_HUNDREDTHS);
    const int found = draw_findings(in->verdict, s->chars, NULL), time = timeline_picture_height(&s->timeline);
    s->height = s->lower_y + (found > time ? found : time) + MARGIN;
    return found >= 0;
}

static void draw_at(int x, int y, FILE *out)
{
    fprintf(out, "<g transform=\"translate(%d,%d)\">\n", x, y);
}

static bool draw_svg(const struct svg *s, const struct report_input *in, const char *outcome, FILE *out)
{
    char head[64];
    (void)snprintf(head, sizeof head, "%s %s", words_sign(in->exit_code), verdict_word(in->exit_code));
    svg_begin(s->width, s->height, verdict_word(in->exit_code), outcome, out);
    fprintf(out, "<text class=\"h\" x=\"%d\" y=\"22\">%s</text>\n", MARGIN, head);
    (void)finding_lines(outcome, (size_t)((s->width - 2 * MARGIN - 120) * 100 / CHAR_HUNDREDTHS), MARGIN + 120, 22,
                        out);
    draw_at(MARGIN, HEAD, out);
    legend_draw(&s->legend, s->width - 2 * MARGIN, out);
    fputs("</g>\n", out);
    for (int i = 0, x = MARGIN; i < MEMORY_PANELS; x += panel_width(&s->memory.panel[i]) + GAP, i++) {
        draw_at(x, s->memory_y, out);
        panel_draw(&s->memory.panel[i], &s->memory.scale, false, out);
        fputs("</g>\n", out);
    }
    draw_at(MARGIN, s->lower_y, out);
    timeline_picture_draw(&s->timeline, in->verdict, out);
    fputs("</g>\n", out);
    draw_at(MARGIN + s->findings_x, s->lower_y, out);
    const bool ok = draw_findings(in->verdict, s->chars, out) >= 0;
    fputs("</g>\n</svg>\n", out);
    return ok && ferror(out) == 0;
}

bool report_svg_write(const struct report_input *in, const struct report_style *style, FILE *out)
{
    struct svg s = {.width = 0};
    char *outcome = words_outcome(in);
    (void)style;
    const bool ok = outcome != NULL && plan_svg(&s, in) && draw_svg(&s, in, outcome, out);
    free(outcome);
    memory_picture_free(&s.memory);
    timeline_picture_free(&s.timeline);
    return ok;
}
