/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `hvmbed fuzz` is asked to do. */
#ifndef HVMBED_CLI_FUZZ_OPTIONS_H
#define HVMBED_CLI_FUZZ_OPTIONS_H

#include "check/monitor.h"
#include "cli/options.h"
#include "cli/sandbox.h"
#include "fuzz/fuzz.h"

#define FUZZ_SEEDS_MAX 64

struct fuzz_settings {
    struct fuzz_options fuzz;
    struct monitor_options monitor;
    uint64_t runs;               /* 0: no end */
    uint64_t seconds;            /* 0: no end */
    const char *artifact_prefix; /* "./" */
    uint64_t checkpoint;         /* cases between two states that can be gone on from; 0: as the tier has it */
    struct sandbox sandbox;
    bool final_stats, quiet;
    const char *seed[FUZZ_SEEDS_MAX]; /* layouts to begin with, instead of the presets */
    size_t nr_seeds;
};

/* "hostile" or "legal", for other verbs that make layouts; false for anything else. */
#define FUZZ_MODE_HELP "any table and CMOS (default), or only what Xen's toolstack can make"
bool fuzz_set_mode(struct mutate_options *m, const char *v);
void fuzz_settings_init(struct fuzz_settings *s);
/* libFuzzer's spelling, -runs=10, made --runs=10: in place, in memory that stays. False: no memory. */
bool fuzz_options_spell(const struct option_verb *v, int argc, char **argv);

#endif
