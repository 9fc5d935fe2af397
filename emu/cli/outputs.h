/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the reports of one run go: one to standard output or a file, any others to files of their own. */
#ifndef HVMBED_CLI_OUTPUTS_H
#define HVMBED_CLI_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/diag.h"
#include "report/report.h"

struct output {
    const struct report_writer *form;
    const char *path; /* NULL: standard output */
};

#define OUTPUTS_MAX 8

struct outputs {
    struct output main;
    unsigned nr_main; /* how often its form was given */
    struct output also[OUTPUTS_MAX];
    size_t nr;
};

/* What the user gives: "junit", or "junit=report.xml". False when it is neither, or there are too many. */
bool outputs_add(struct outputs *o, const char *value);
/* False with @d when two are to go to one place. */
bool outputs_check(const struct outputs *o, struct diag *d);
/* Is one of them in the form @name? */
bool outputs_has(const struct outputs *o, const char *name);

/* Does one of them show what memory the firmware wrote? */
bool outputs_show_written(const struct outputs *o);

/* Writes all, the main one last: whoever reads standard output may stop reading. Each file appears
 * whole or not at all, whatever becomes of the others. False with @d, when @write said false too. */
bool outputs_write(const struct outputs *o, bool (*write)(void *self, const struct output *to, FILE *out), void *self,
                   struct diag *d);

struct papers;
/* The same in two steps, around a job in another process: opens all, as papers from *first on; in the job, writes them. */
bool outputs_open(const struct outputs *o, struct papers *p, unsigned *first, struct diag *d);
bool outputs_fill(const struct outputs *o, struct papers *p, unsigned first,
                  bool (*write)(void *self, const struct output *to, FILE *out), void *self, struct diag *d);

#endif
