/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers as the client numbers them, in the order of the target description. It is the same in every mode: that of
 * a 64-bit processor, since a client cannot change it while it is connected.
 */
#ifndef HVMBED_GDB_REGISTERS_H
#define HVMBED_GDB_REGISTERS_H

#include <stdint.h>
#include <stdio.h>

#include "engine/debug.h"

struct gdb_register {
    const char *name;
    unsigned bits;
    const char *type;    /* in the description */
    const char *feature; /* that it belongs to */
    enum engine_register which;
};
extern const struct gdb_register gdb_registers[];
extern const unsigned gdb_nr_registers;

/* target.xml */
void gdb_describe(FILE *out);

#endif
