/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding for people. */
#ifndef HVMBED_REPORT_TEXT_FINDING_H
#define HVMBED_REPORT_TEXT_FINDING_H

#include <stdbool.h>
#include <stdio.h>

#include "check/finding.h"
#include "report/report.h"

/* SGR parameters for a terminal. */
#define STYLE_BAD "1;31"
#define STYLE_DOUBT "1;33"
#define STYLE_GOOD "1;32"
#define STYLE_CALM "1;36"

/* A label and the start of its line; "" continues the label above. */
void text_label(FILE *out, const char *label);
/* @text in @sgr where the style has colours. */
void text_colored(FILE *out, const struct report_style *style, const char *sgr, const char *text);
/* Bytes that may be the guest's, escaped. */
void text_safe(FILE *out, const char *text);

/* limits.c: a line for each limit that was met. */
void text_limits(const struct limits_reached *r, FILE *out);

/* @vcpus: the guest's. @explain: say why the rule matters too; once a rule is enough. */
void text_finding(const struct finding *f, unsigned vcpus, bool explain, const struct report_style *style, FILE *out);
/* text.c: how the run went, after the image's name. */
void text_outcome(const struct verdict *v, FILE *out);

#endif
