/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs, and what they share. Only this room prints and exits. */
#ifndef HVMBED_CLI_CLI_H
#define HVMBED_CLI_CLI_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/version.h"

/* Exit codes, for every verb. */
#define EXIT_CLEAN 0
#define EXIT_FINDING 1
#define EXIT_BAD_INPUT 2
#define EXIT_INCONCLUSIVE 3
#define EXIT_DEFECT 70

/* For verbs.c: argv[0] is the last word of the verb. Each returns an exit code. */
int cli_run(int argc, char **argv);
int cli_bisect(int argc, char **argv);
int cli_replay(int argc, char **argv);
int cli_image(int argc, char **argv);
int cli_layout_show(int argc, char **argv);
int cli_layout_lint(int argc, char **argv);
int cli_layout_import(int argc, char **argv);
int cli_layout_export(int argc, char **argv);
int cli_shrink(int argc, char **argv);
int cli_fuzz(int argc, char **argv);
int cli_afl(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_completion(int argc, char **argv);

/* "hvmbed: FILE:LINE: message" on stderr; returns EXIT_BAD_INPUT. */
int cli_complain(const struct diag *d);
/* Is the report, which goes to @output or with NULL to standard output, read on a terminal that may show colours? */
bool cli_wants_color(const char *output);

#endif
