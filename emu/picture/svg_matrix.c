/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All layouts by all images as one picture. */
#include <string.h>

#include "picture/markup.h"
#include "picture/parts.h"
#include "report/decode.h"
#include "report/formats.h"

#define MARGIN 16
#define ROW 24
#define HEAD 76
#define CELL_CHARS 26u /* "hob-reserved-missing +12" */

static const struct {
    const char *class;
    enum fill fill;
} cells[] = {{"pass", FILL_FREE}, {"fail", FILL_UNUSABLE}, {"doubt", FILL_NVS}, {"none", FILL_NONE}};

static enum fill fill_of(const char *class)
{
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        if (strcmp(cells[i].class, class) == 0)
            return cells[i].fill;
    return FILL_NONE;
}

static size_t longest_label(const struct matrix_result *m)
{
    size_t most = 6;
    for (size_t i = 0; i < m->nr_layouts; i++)
        most = strlen(m->layout[i].label) > most ? strlen(m->layout[i].label) : most;
    return most;
}

static size_t widest_column(const struct matrix_result *m)
{
    size_t most = CELL_CHARS;
    for (size_t i = 0; i < m->nr_images; i++)
        most = strlen(m->image[i].label) > most ? strlen(m->image[i].label) : most;
    return most;
}

static void draw_cell(const struct matrix_case *c, int x, int y, int width, FILE *out)
{
    char text[CELL_SIZE];
    const char *class = words_cell(&c->result, text);
    const char *sign = c->result.state == CASE_NOT_APPLICABLE ? "\xe2\x80\x93" : words_sign(c->result.exit_code);
    fprintf(out, "<rect class=\"lead\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, y, width, ROW);
    if (fill_of(class) != FILL_NONE)
        style_rect(out, fill_of(class), x + 1, y + 1, 10, ROW - 2);
    fprintf(out, "<text x=\"%d\" y=\"%d\">%s ", x + 16, y + 16, sign);
    markup(out, text);
    fputs("</text>\n", out);
}

bool matrix_svg_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    const struct matrix_summary *s = &m->summary;
    const int left = MARGIN + text_width(longest_label(m)) + 12, column = text_width(widest_column(m)) + 24;
    const int width = left + column * (int)m->nr_images + MARGIN;
    char head[200];
    (void)style;
    (void)snprintf(head, sizeof head, "%zu layouts, %zu images: %zu passed, %zu failed, %zu inconclusive, %zu n/a",
                   m->nr_layouts, m->nr_images, s->passed, s->failed, s->inconclusive + s->defect, s->not_applicable);
    const int needed = 2 * MARGIN + text_width(strlen(head));
    svg_begin(width > needed ? width : needed, HEAD + ROW * (int)m->nr_layouts + MARGIN, "hvmbed: layouts by images",
              head, out);
    fprintf(out, "<text class=\"h\" x=\"%d\" y=\"22\">%s %s</text><text x=\"%d\" y=\"40\">", MARGIN,
            words_sign(s->exit_code), verdict_word(s->exit_code), MARGIN);
    markup(out, head);
    fputs("</text>\n", out);
    for (size_t j = 0; j < m->nr_images; j++) {
        fprintf(out, "<text class=\"h\" style=\"font-size:11px\" x=\"%d\" y=\"%d\">", left + (int)j * column + 4,
                HEAD - 8);
        markup(out, m->image[j].label);
        fputs("</text>\n", out);
    }
    for (size_t i = 0; i < m->nr_layouts; i++) {
        const int y = HEAD + (int)i * ROW;
        fprintf(out, "<text x=\"%d\" y=\"%d\">", MARGIN, y + 16);
        markup(out, m->layout[i].label);
        fputs("</text>\n", out);
        for (size_t j = 0; j < m->nr_images; j++)
            draw_cell(&m->c[i * m->nr_images + j], left + (int)j * column, y, column, out);
    }
    fputs("</svg>\n", out);
    return ferror(out) == 0;
}
