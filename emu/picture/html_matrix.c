/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All layouts by all images as a page: the grid, what was found once, and each case that has something to tell. */
#include <stdlib.h>

#include "picture/markup.h"
#include "picture/parts.h"
#include "report/decode.h"
#include "report/formats.h"
#include "report/text_code.h"

#define CASES_SHOWN 8u

static bool has_details(const struct case_result *r)
{
    return r->nr_findings != 0 || r->state != CASE_BOOTED || r->exit_code != 0;
}

static const char *sign_of(const struct case_result *r)
{
    return r->state == CASE_NOT_APPLICABLE ? "\xe2\x80\x93" : words_sign(r->exit_code);
}

static void write_cell(const struct matrix_case *c, size_t number, FILE *out)
{
    char text[CELL_SIZE];
    const char *class = words_cell(&c->result, text);
    fprintf(out, "<td class=\"%s\">", class);
    if (has_details(&c->result))
        fprintf(out, "<a href=\"#case-%zu\">", number);
    fprintf(out, "%s ", sign_of(&c->result));
    markup(out, text);
    fputs(has_details(&c->result) ? "</a></td>" : "</td>", out);
}

static void write_grid(const struct matrix_result *m, FILE *out)
{
    fputs(
        "<section>\n<h2>Layouts by images</h2>\n<ul class=\"legend\"><li>\xe2\x9c\x93 passed</li><li>\xe2\x9c\x97 failed</li>"
        "<li>? inconclusive</li><li>! defect of hvmbed</li><li>\xe2\x80\x93 does not apply</li></ul>\n"
        "<div class=\"wide\" tabindex=\"0\"><table class=\"grid\">\n<thead><tr><th scope=\"col\">layout</th>",
        out);
    for (size_t j = 0; j < m->nr_images; j++) {
        fputs("<th scope=\"col\">", out);
        markup(out, m->image[j].label);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < m->nr_layouts; i++) {
        fputs("<tr><th scope=\"row\">", out);
        markup(out, m->layout[i].label);
        fputs("</th>", out);
        for (size_t j = 0; j < m->nr_images; j++)
            write_cell(&m->c[i * m->nr_images + j], i * m->nr_images + j + 1, out);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}

static void write_case_name(const struct matrix_result *m, const struct matrix_case *c, FILE *out)
{
    markup_format(out, "%s, %s", m->layout[c->layout].label, m->image[c->image].label);
}

static void write_cases(const struct matrix_result *m, const size_t *in, size_t nr, FILE *out)
{
    const bool many = nr > CASES_SHOWN;
    if (many)
        fprintf(out, "<details><summary>%zu cases</summary>\n", nr);
    fputs("<p>", out);
    for (size_t i = 0; i < nr; i++) {
        fprintf(out, "%s<a href=\"#case-%zu\">", i != 0 ? "; " : "", in[i] + 1);
        write_case_name(m, &m->c[in[i]], out);
        fputs("</a>", out);
    }
    fputs(many ? "</p></details>\n" : "</p>\n", out);
}

static void write_place(const char *label, const struct code_place *p, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (f != NULL)
        text_code(f, p);
    if (f != NULL && fclose(f) == 0) {
        fprintf(out, "%s ", label);
        markup(out, text);
        fputs("<br/>\n", out);
    }
    free(text);
}

static void write_what(const struct case_finding *f, FILE *out)
{
    fputs("<p>", out);
    markup(out, f->text);
    fprintf(out, "</p>\n<p><code>phase %s<br/>\n", phase_name(f->phase));
    write_place("rip", &f->at, out);
    if (f->has_caller)
        write_place("caller", &f->caller, out);
    fputs("</code></p>\n", out);
}

static void write_findings(const struct matrix_result *m, FILE *out)
{
    const struct matrix_summary *s = &m->summary;
    fputs("<section>\n<h2>What was found</h2>\n", out);
    if (s->nr_findings == 0 && s->nr_remarks == 0)
        fputs("<p>Nothing.</p>\n", out);
    for (size_t i = 0; i < s->nr_findings; i++) {
        const struct matrix_finding *f = &s->finding[i];
        fprintf(out, "<article class=\"finding %s\">\n<h3>%s[%s]: ", severity_name(f->first->severity),
                severity_name(f->first->severity), rules[f->first->rule].name);
        markup(out, rules[f->first->rule].title);
        fprintf(out, ", in %zu case%s</h3>\n", f->nr_in, f->nr_in == 1 ? "" : "s");
        write_what(f->first, out);
        write_cases(m, f->in, f->nr_in, out);
        fputs("</article>\n", out);
    }
    for (size_t i = 0; i < s->nr_remarks; i++) {
        const struct matrix_remark *r = &s->remark[i];
        fprintf(out, "<article class=\"finding note\">\n<h3>%s, in %zu case%s</h3>\n<p>",
                r->state == CASE_NOT_APPLICABLE ? "does not apply" : "inconclusive", r->nr_in,
                r->nr_in == 1 ? "" : "s");
        markup(out, r->reason);
        fputs("</p>\n", out);
        write_cases(m, r->in, r->nr_in, out);
        fputs("</article>\n", out);
    }
    fputs("</section>\n", out);
}

static void write_case(const struct matrix_result *m, const struct matrix_case *c, size_t number, FILE *out)
{
    const struct case_result *r = &c->result;
    char text[CELL_SIZE];
    const char *class = words_cell(r, text);
    fprintf(out, "<article class=\"finding%s\" id=\"case-%zu\">\n<h3>", class[0] == 'f' ? "" : " note", number);
    write_case_name(m, c, out);
    fprintf(out, ": <span class=\"%s\">%s ", class, sign_of(r));
    markup(out, text);
    fputs("</span></h3>\n", out);
    if (r->reason[0] != '\0') {
        fputs("<p>", out);
        markup(out, r->reason);
        fputs("</p>\n", out);
    }
    if (r->state == CASE_BOOTED) {
        fputs("<p class=\"dim\">", out);
        markup_format(out, "hand-off %s, reached %s, ended by %s%s%s", c->handoff, phase_name(r->phase),
                      ending_name(r->ending), r->detail[0] != '\0' ? ": " : "", r->detail);
        fputs("</p>\n", out);
    }
    if (c->file != NULL) {
        fputs("<p class=\"dim\">its own report: ", out);
        markup(out, c->file);
        fputs("</p>\n", out);
    }
    if (r->nr_findings != 0)
        fputs("<ol>\n", out);
    for (size_t i = 0; i < r->nr_findings; i++) {
        const struct case_finding *f = &r->finding[i];
        fprintf(out, "<li>%s[%s]: ", severity_name(f->severity), rules[f->rule].name);
        markup(out, f->text);
        fputs("</li>\n", out);
    }
    fputs(r->nr_findings != 0 ? "</ol>\n</article>\n" : "</article>\n", out);
}

bool matrix_html_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    const struct matrix_summary *s = &m->summary;
    (void)style;
    html_begin("hvmbed: layouts by images", out);
    fprintf(out, "<header>\n<h1><span class=\"word %s\">%s %s</span> %zu layout%s, %zu image%s</h1>\n",
            words_class(s->exit_code), words_sign(s->exit_code), verdict_word(s->exit_code), m->nr_layouts,
            m->nr_layouts == 1 ? "" : "s", m->nr_images, m->nr_images == 1 ? "" : "s");
    fprintf(
        out,
        "<p>%zu cases: %zu passed, %zu failed, %zu inconclusive, %zu stopped by a defect of hvmbed, %zu not applicable</p>\n"
        "</header>\n<main>\n",
        m->nr_cases, s->passed, s->failed, s->inconclusive, s->defect, s->not_applicable);
    write_grid(m, out);
    write_findings(m, out);
    fputs("<section>\n<h2>Cases</h2>\n", out);
    for (size_t i = 0; i < m->nr_cases; i++)
        if (has_details(&m->c[i].result))
            write_case(m, &m->c[i], i + 1, out);
    fputs("</section>\n</main>\n", out);
    html_end(out);
    return ferror(out) == 0;
}
