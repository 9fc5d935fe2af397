/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer in two processes. The worker is caged and boots; it hands what it finds, what is worth keeping and where it
 * stands to the one that started it, which writes files and begins anew, from there, when the worker dies.
 */
#ifndef HVMBED_CLI_FUZZ_RUN_H
#define HVMBED_CLI_FUZZ_RUN_H

#include <stdio.h>

#include "cli/fuzz_options.h"
#include "cli/progress.h"
#include "fuzz/artifact.h"
#include "fuzz/state.h"

#define FUZZ_LEFT_OUT_MAX 256u

/* What the worker sends: a kind, 4 bytes of length, the bytes. */
enum fuzz_message {
    FUZZ_CORPUS = 'C',   /* a layout to be kept */
    FUZZ_FOUND = 'F',    /* rule, fingerprint, enum artifact_replay, what it is, the file; a 0 byte between them */
    FUZZ_LEFT_OUT = 'L', /* the layout of a case that was left out */
    FUZZ_STATE = 'S',    /* fuzz/state.h */
    FUZZ_TROUBLE = 'X',  /* what is wrong with the input */
};

/* Shared by both. */
struct fuzz_board {
    volatile uint64_t number; /* of the case that is booted */
    char line[PROGRESS_LINE_MAX];
};

/* Large: not for the stack. */
struct fuzz_run {
    struct fuzz_settings s;
    struct image image;
    struct target target;
    struct fuzz fuzz;
    struct fuzz_session session;
    struct progress progress;
    double began;
    struct fuzz_board *board;
    uint64_t left_out[FUZZ_LEFT_OUT_MAX]; /* numbers of cases that are not booted */
    size_t nr_left_out;

    /* The worker's. */
    FILE *out;
    double told;
    uint64_t sent; /* cases, when the last state was sent */
    bool any_sent;

    /* The other's. */
    uint8_t *message; /* what has come of one */
    size_t size, room;
    char *state; /* the last */
    size_t state_size;
    struct fuzz_list late; /* found since then */
    struct diag trouble;
    bool lost;
    char why[POOL_WHY_SIZE];
    uint64_t died_at; /* case + 1; 0: it has not */
};

double fuzz_now(void);
/* In the worker: goes on from where @x stands, until the end. For pool_setup.work. */
bool fuzz_work(void *self, size_t job, FILE *out);

#endif
