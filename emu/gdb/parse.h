/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a packet: numbers, ranges, bytes, what is to be resumed. Pure; the bytes are hostile. */
#ifndef HVMBED_GDB_PARSE_H
#define HVMBED_GDB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A hexadecimal number of 1 to 16 digits; *@p is behind it then. */
bool gdb_number(const char **p, uint64_t *v);
/* That character; *@p is behind it then. */
bool gdb_literal(const char **p, char c);
/* "ADDRESS,LENGTH". False also when it would wrap. */
bool gdb_range(const char **p, uint64_t *at, uint64_t *n);
/* Pairs of digits to the end of @p, @room bytes at most; false for anything else. */
bool gdb_bytes(const char *p, uint8_t *out, size_t room, size_t *n);
/* The other way: 2 * @n digits and a NUL. */
void gdb_hex(const void *bytes, size_t n, char *out);

/* "Z0,ADDRESS,KIND" and z: what kind of point. */
enum gdb_point_kind { GDB_BREAK, GDB_HARDWARE_BREAK, GDB_WATCH_WRITE, GDB_WATCH_READ, GDB_WATCH_ACCESS };
struct gdb_point {
    enum gdb_point_kind kind;
    uint64_t at, size; /* of a break: what the client gives as its kind */
};
bool gdb_parse_point(const char *p, struct gdb_point *out); /* behind the Z */

/* A thread as it is written: -1 is all, 0 is any. */
#define GDB_ALL_THREADS (-1)
bool gdb_thread(const char **p, int *id);

/* "vCont;s:1;c": whether to step, and which thread. All others run: they take turns. */
struct gdb_resume {
    bool step;
    int thread; /* that steps; 0: the current one */
};
bool gdb_parse_vcont(const char *p, struct gdb_resume *out); /* behind "vCont" */

#endif
