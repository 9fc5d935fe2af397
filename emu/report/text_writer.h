/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to blame, for people. Nothing where nothing is known, or nobody has looked. */
#ifndef HVMBED_REPORT_TEXT_WRITER_H
#define HVMBED_REPORT_TEXT_WRITER_H

#include <stdio.h>

#include "check/finding.h"

/* The register that held a bad pointer, and where it had it from. */
void text_pointer(FILE *out, const struct pointer *p);
/* The module that is to blame for what was found later, by others. */
void text_author(FILE *out, const struct finding *f);
/* Who wrote the bytes that it is about last, and who has copied them since. */
void text_writer(FILE *out, const struct writer *w);

#endif
