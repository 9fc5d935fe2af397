/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AFL++'s fork server, persistent, with test cases in shared memory (AFLplusplus: instrumentation/afl-compiler-rt.o.c,
 * include/types.h FS_OPT_*, config.h): spoken by the target itself, which needs no instrumentation.
 */
#ifndef HVMBED_FUZZ_AFL_H
#define HVMBED_FUZZ_AFL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AFL_INPUT_MAX (1u << 20) /* AFLplusplus: config.h:MAX_FILE */

struct afl_target {
    size_t map_size; /* cells of @run's map, a multiple of 64 */
    /* Runs one case; fills the map. True: AFL is to save it as a crash. Called in a child process. */
    bool (*run)(void *self, const uint8_t *bytes, size_t n, uint8_t *map);
    /* In that process, before its first case: gives up what it does not need. False: it must not run any. */
    bool (*begin)(void *self);
    void *self;
};

/* Did AFL start this process: to serve, or (afl-showmap with one case) to run what is on standard input? */
enum afl_wish { AFL_NONE, AFL_SERVE, AFL_ONE_CASE };
enum afl_wish afl_asked(void);
/* The case on standard input; a crash ends the process. False: out of memory. */
bool afl_one_case(const struct afl_target *t);
/*
 * Serves until AFL hangs up. False with a reason (static string) when it does not speak as expected. A case that ends
 * the child costs that child; crashes that @run tells do not.
 */
bool afl_serve(const struct afl_target *t, const char **why);

#endif
