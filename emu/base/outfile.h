/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An output file that appears whole or not at all: written without a name (or, where the file system has no such files,
 * under a temporary one beside it), and put in its place at the end.
 */
#ifndef HVMBED_BASE_OUTFILE_H
#define HVMBED_BASE_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"

struct outfile;

/*
 * @path NULL or "-" is stdout. What exists and is no regular file (/dev/null, a FIFO) is written in place. NULL with
 * @d when it cannot be written. Ends with exactly one commit or abort.
 */
struct outfile *outfile_open(const char *path, struct diag *d);
FILE *outfile_stream(struct outfile *o);
/* Throws away what was written, where that is possible: not on standard output, nor in what is written in place. */
bool outfile_rewind(struct outfile *o);
/* Flushes, puts the file in its place and frees @o. False with @d (full disk, closed pipe …): nothing is left then. */
bool outfile_commit(struct outfile *o, struct diag *d);
/* Throws the file away (what went to stdout is gone) and frees @o. NULL is fine. */
void outfile_abort(struct outfile *o);

#endif
