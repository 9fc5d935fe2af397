/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF line number programs, versions 2 to 5, row by row in their own order (DWARF 5, 6.2). libdw sorts a unit's rows
 * by address, which mixes those of functions that the linker threw out (their addresses begin at 0) with real ones.
 * Pure; hostile bytes.
 */
#ifndef HVMBED_DEBUG_LINE_PROGRAM_H
#define HVMBED_DEBUG_LINE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_row {
    uint64_t address;
    uint64_t file; /* index into the unit's files */
    uint64_t line;
};

/*
 * The program at @offset of .debug_line. @sequence is called for each complete sequence: its rows (not NULL, sorted by
 * address unless the bytes are damaged), and the address behind it. False when it is cut short, damaged or of a version
 * not known; sequences before that have been told.
 */
bool line_program_read(const uint8_t *section, size_t size, uint64_t offset,
                       void (*sequence)(void *self, const struct line_row *row, size_t nr, uint64_t end), void *self);

#endif
