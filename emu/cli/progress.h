/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line on a terminal that says how far the boot has come. Nothing when stderr is not a terminal. */
#ifndef HVMBED_CLI_PROGRESS_H
#define HVMBED_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "check/finding.h"

#define PROGRESS_LINE_MAX 160u /* bytes, with the 0 at its end */

struct progress {
    bool on;
    bool shown;
    char *board; /* memory where the line is left for another process to show; NULL: it is shown here */
    size_t board_size;
};

void progress_init(struct progress *p, bool quiet);
/* For monitor_options.progress; @self is the struct progress. */
void progress_show(void *self, const struct verdict *v);
/* Any line that says how far it is. */
void progress_say(struct progress *p, const char *text);
/* The line that a caged process has left at @board, @size bytes: it may hold anything. */
void progress_say_for(struct progress *p, const char *board, size_t size);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
