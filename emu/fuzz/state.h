/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a fuzzer stands, as bytes: for another process that goes on from there. The reader takes them for hostile, since
 * they come from a process that ran guest code, or from a folder.
 */
#ifndef HVMBED_FUZZ_STATE_H
#define HVMBED_FUZZ_STATE_H

#include "fuzz/fuzz.h"

#define FUZZ_STATE_MAX ((size_t)256 << 20) /* bytes */
#define FUZZ_SETTINGS_SIZE 2048

/* What is kept beside the fuzzer's own. */
struct fuzz_session {
    char settings[FUZZ_SETTINGS_SIZE]; /* what must be the same for going on */
    struct layout *seed;               /* owned: to begin with; those before fuzz.seeds are done */
    size_t nr_seeds;
    uint64_t saved, not_replayed;
    uint64_t nr_warm, nr_cold, nr_replays, nr_replays_anew; /* as in struct target */
};
void fuzz_session_free(struct fuzz_session *s);

/* The text, owned by the caller; NULL: out of memory. */
char *fuzz_state_write(const struct fuzz *f, const struct fuzz_session *s);
/*
 * Takes the place of what is in @f (but its options and target) and @s. False with @d when @text is no such state; then
 * nothing is changed.
 */
bool fuzz_state_read(const char *text, size_t n, struct fuzz *f, struct fuzz_session *s, struct diag *d);

#endif
