/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes two findings the same fault: a number that stays the same across layouts, hand-offs, fills and runs, and
 * across builds that leave the module in question as it was. docs/fuzzing.md says what goes into it; changing that
 * changes every fingerprint that anybody has kept.
 */
#ifndef HVMBED_CHECK_FINGERPRINT_H
#define HVMBED_CHECK_FINGERPRINT_H

#include "check/finding.h"

#define FINGERPRINT_SIZE 17 /* 16 hexadecimal digits and the zero */

void finding_fingerprint(const struct finding *f, char out[FINGERPRINT_SIZE]);
/* The same without the offset in the module: which instruction of PEI meets a wrong range first is chance. */
void finding_family(const struct finding *f, char out[FINGERPRINT_SIZE]);

/* The same of a run that ended otherwise than at the hand-off or with a finding: budget, unsupported, engine. */
void ending_fingerprint(const struct verdict *v, char out[FINGERPRINT_SIZE]);

/*
 * The fault as who reads the source would name it: with symbols by function instead of offset, so that it stays when code
 * before it changes; without, the fingerprint.
 */
void finding_identity(const struct finding *f, char out[FINGERPRINT_SIZE]);

/*
 * Whose fault it is: for control that went astray the instruction that sent it there, of what was found at the hand-off
 * whoever wrote it, else the instruction. NULL when nobody is known.
 */
const struct code_place *finding_blamed(const struct finding *f);

#endif
