/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gdb commands that load the .debug files of a run's modules to where they were: for a debugger that cannot be told while
 * it is connected, on this bed or another. A boot is the same each time, so what one was like holds for the next.
 */
#ifndef HVMBED_GDB_SCRIPT_H
#define HVMBED_GDB_SCRIPT_H

#include <stdint.h>
#include <stdio.h>

#include "check/finding.h"
#include "debug/symbols.h"
#include "machine/machine.h"

/* The .debug file that @mod was made of, going by its code in memory as that is now. @symbols may be NULL. */
bool gdb_script_match(const struct machine *m, struct symbols *symbols, const struct module *mod,
                      struct symbols_match *out);
/* One "add-symbol-file" line. */
void gdb_script_module(const char *path, uint64_t bias, FILE *out);
/* All of the modules that ran, in the machine that they are still in. */
void gdb_script(const struct verdict *v, const struct machine *m, struct symbols *symbols, FILE *out);

#endif
