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
    REPLAY_NOT,       /* neither does */
};
const char *artifact_replay_text(enum artifact_replay r); /* for people */

/* Does @v have the fault @fingerprint? */
bool artifact_same(const struct verdict *v, const char *fingerprint);

/* Boots @l from reset, out of a file. False with @d when that cannot be. */
bool artifact_replay(const struct target *t, const struct layout *l, const char *fingerprint,
                     const struct monitor_options *o, enum artifact_replay *how, struct diag *d);

/* Writes @l with what is known of @x as comments. */
void artifact_write(const struct layout *l, const struct fuzz_found *x, enum artifact_replay how, FILE *out);

#endif
