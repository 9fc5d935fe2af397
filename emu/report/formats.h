/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats' functions, for the table in writers.c. */
#ifndef HVMBED_REPORT_FORMATS_H
#define HVMBED_REPORT_FORMATS_H

#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

/* report_writer.write; false when the stream failed or memory ran out. */
bool report_text_write(const struct report_input *in, const struct report_style *style, FILE *out);
bool report_json_write(const struct report_input *in, const struct report_style *style, FILE *out);
/* emu/picture/ */
bool report_svg_write(const struct report_input *in, const struct report_style *style, FILE *out);
bool report_html_write(const struct report_input *in, const struct report_style *style, FILE *out);
bool matrix_svg_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool matrix_html_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
/* report_writer.write_matrix */
bool matrix_text_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool matrix_json_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool junit_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool tap_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool sarif_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool github_write(const struct matrix_result *m, const struct report_style *style, FILE *out);
bool codequality_write(const struct matrix_result *m, const struct report_style *style, FILE *out);

#endif
