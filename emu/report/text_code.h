/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in code for people: modules, functions, backtraces. */
#ifndef HVMBED_REPORT_TEXT_CODE_H
#define HVMBED_REPORT_TEXT_CODE_H

#include <stdio.h>

#include "check/finding.h"

/* " PeiDispatcher (Dispatcher.c:1139)", as far as it is known. */
void text_source(FILE *out, const struct source_place *s);
/* "PeiCore+0x2fa (0x82043a) PeiDispatcher (Dispatcher.c:1139)", within a line. */
void text_code(FILE *out, const struct code_place *p);
/* "PeiCore+0x2fa", or the bare address. */
void text_short_place(FILE *out, const struct code_place *p);
/* A labelled line of it. */
void text_place(FILE *out, const char *label, const struct code_place *p);
/* The instruction that went astray, and where it had its pointer from; nothing when it is not known. */
void text_transfer(FILE *out, const struct transfer *t);
/* NULL, or a trace of one frame, says nothing that is not said already. */
void text_trace(FILE *out, const struct backtrace *b);
void text_trace_as(FILE *out, const char *label, const struct backtrace *b);
/* The blocks that ran last, repetitions folded. */
void text_last_blocks(FILE *out, const struct verdict *v);

#endif
