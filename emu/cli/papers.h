/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that a job in another process writes: opened here, before, and put in their places here, afterwards, when
 * the job says that they are complete. The job itself needs no path and no right to any.
 */
#ifndef HVMBED_CLI_PAPERS_H
#define HVMBED_CLI_PAPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/outfile.h"

#define PAPERS_MAX 16u

struct paper {
    struct outfile *out;
    const char *path;
};
struct papers {
    struct paper p[PAPERS_MAX];
    unsigned nr;
    uint8_t complete[PAPERS_MAX]; /* of the job's process: 1 */
};

/* One more; its number in *@at. NULL or "-" is standard output. False with @d. */
bool papers_add(struct papers *p, const char *path, unsigned *at, struct diag *d);
/* In the job: where it is written, and that it is complete. False with @d when it cannot be. */
FILE *papers_stream(struct papers *p, unsigned at);
bool papers_finish(struct papers *p, unsigned at, struct diag *d);
/* Afterwards: puts in place what is @complete, and throws away the rest. False with @d. */
bool papers_commit_files(struct papers *p, const uint8_t complete[PAPERS_MAX], struct diag *d);
/* For another try: what was written is thrown away. */
void papers_rewind(struct papers *p);
void papers_abort(struct papers *p);

#endif
