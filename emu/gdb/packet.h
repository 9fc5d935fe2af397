/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The framing of GDB's remote serial protocol (gdb's manual, appendix E.1): bytes to packets and back. Pure; the bytes
 * are hostile.
 */
#ifndef HVMBED_GDB_PACKET_H
#define HVMBED_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PACKET_MAX 0x4000u /* bytes of a packet's content, as it is sent; what the client is told */

enum gdb_event {
    GDB_MORE,      /* nothing is complete yet */
    GDB_PACKET,    /* data[0..n) */
    GDB_DAMAGED,   /* a packet whose checksum is wrong, or that is too long */
    GDB_ACK,       /* "+" */
    GDB_NAK,       /* "-" */
    GDB_INTERRUPT, /* Ctrl-C */
    GDB_GARBAGE,   /* a byte that has no place between packets */
};

struct gdb_reader {
    enum { GDB_BETWEEN, GDB_INSIDE, GDB_ESCAPED, GDB_SUM_HIGH, GDB_SUM_LOW } state;
    uint8_t sum, told; /* over what came, and what the packet says */
    bool bad;
    size_t n;
    char data[GDB_PACKET_MAX + 1]; /* unescaped, and a NUL behind it */
};
/* @r is zero before the first byte. */
enum gdb_event gdb_feed(struct gdb_reader *r, uint8_t byte);

/* At most so many bytes for a packet of @n. */
#define GDB_FRAME_MAX(n) (2 * (size_t)(n) + 4)
/* "$…#xx", escaped; returns its length. @out holds GDB_FRAME_MAX(@n). */
size_t gdb_frame(const char *data, size_t n, char *out);

#endif
