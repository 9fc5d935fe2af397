/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing mdoc(7): text and arguments as its macros want them. */
#ifndef HVMBED_MANUAL_MDOC_H
#define HVMBED_MANUAL_MDOC_H

#include <stdio.h>

/* A page's head: .Dd, .Dt, .Os. @name in small letters. */
void mdoc_head(FILE *out, const char *name, const char *section);
/* Plain text as text lines: escaped, a new line for a new sentence, and one at the end. */
void mdoc_text(FILE *out, const char *text);
/* The same, with a full stop where there is none. */
void mdoc_sentence(FILE *out, const char *text);
/* The same on a macro's line, behind what stands there; no new line. */
void mdoc_inline(FILE *out, const char *text);
/* " Ar FILE", " Cm text Ns | Ns Cm json": an argument as --help shows it, behind a macro. */
void mdoc_arg(FILE *out, const char *arg);
/* "FIRMWARE [CASE...]": the operands of a synopsis, as macro lines. */
void mdoc_operands(FILE *out, const char *operands);

#endif
