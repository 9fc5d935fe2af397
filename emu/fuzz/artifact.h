/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault as a guest file that shows it again. */
#ifndef HVMBED_FUZZ_ARTIFACT_H
#define HVMBED_FUZZ_ARTIFACT_H

#include <stdio.h>

#include "fuzz/fuzz.h"

/* What a boot from reset made of it. */
enum artifact_replay {
    REPLAY_PLAIN,     /* `hvmbed run -l FILE FIRMWARE` shows the same fault */
    REPLAY_SYNTHETIC, /* only with --handoff hvm: the real hvmloader leaves it out, or refuses */
    REPLAY_PLATFORM,  /* only where PEI memory is published: a whole boot goes wrong otherwise, or not at all */
    REPLAY_SLOW,      /* likewise, and a whole boot was given up before its end */
    REPLAY_NOT,       /* a boot from reset does not show it: a defect of the bed */
};
const char *artifact_replay_text(enum artifact_replay r); /* for people */

/* Does @v have the fault @fingerprint? */
bool artifact_same(const struct verdict *v, const char *fingerprint);

/* Boots @l from its first instruction, out of a file, until the fault @x is seen: once, where that boot shows it. */
enum artifact_replay artifact_replay(struct target *t, const struct layout *l, const struct fuzz_found *x,
                                     const struct monitor_options *o);

/* Writes @l with what is known of @x as comments. */
void artifact_write(const struct layout *l, const struct fuzz_found *x, enum artifact_replay how, FILE *out);

#endif
