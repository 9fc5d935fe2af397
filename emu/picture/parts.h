/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the picture formats share. */
#ifndef HVMBED_PICTURE_PARTS_H
#define HVMBED_PICTURE_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "matrix/result.h"
#include "picture/memory.h"
#include "picture/timeline.h"

/* legend.c: which fills the panels show. */
struct legend {
    bool used[FILLS];
};
void legend_add(struct legend *l, const struct panel *p);
int legend_height(const struct legend *l, int width);
void legend_draw(const struct legend *l, int width, FILE *out); /* SVG, at the origin */
void legend_list(const struct legend *l, FILE *out);            /* HTML */

/* words.c: how the run went, in one line; what a case of a matrix came to. Plain text, not marked up yet. */
char *words_outcome(const struct report_input *in); /* malloc'ed; NULL: out of memory */
/* What was found, where, and the calls that led there: lines. */
char *words_finding(const struct finding *f);
/* As the text report has it, with registers. */
char *words_finding_all(const struct finding *f, unsigned vcpus);

/* A verdict's sign, which needs no colour, and its class in the style sheet: "pass", "fail", "doubt", "none". */
const char *words_sign(int exit_code);
const char *words_class(int exit_code);
/* The same of a case; "n/a" where image and layout do not go together. @text: "ok", "exec-null +2". */
#define CELL_SIZE 64
const char *words_cell(const struct case_result *r, char text[CELL_SIZE]);

/* svg.c: the start of a file, to the paper. */
void svg_begin(int width, int height, const char *title, const char *text, FILE *out);

/* html_page.c */
void html_begin(const char *title, FILE *out);
void html_end(FILE *out);
/* A table's row of a label and a value that is text. */
void html_fact(const char *label, FILE *out, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* html_tables.c: sections of one report */
void html_image(const struct report_input *in, FILE *out);
void html_exits(const struct verdict *v, FILE *out);
void html_modules(const struct verdict *v, FILE *out);
void html_hobs(const struct verdict *v, FILE *out);
void html_written(const struct verdict *v, FILE *out);
void html_e820(const struct report_input *in, FILE *out);

#endif
