/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/packet.h"

#define CTRL_C 3
#define ESCAPE_BIT 0x20

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum gdb_event between(struct gdb_reader *r, uint8_t byte)
{
    switch (byte) {
    case '$':
        r->state = GDB_INSIDE;
        r->sum = 0;
        r->n = 0;
        r->bad = false;
        return GDB_MORE;
    case '+':
        return GDB_ACK;
    case '-':
        return GDB_NAK;
    case CTRL_C:
        return GDB_INTERRUPT;
    default:
        return GDB_GARBAGE;
    }
}

static void keep(struct gdb_reader *r, uint8_t byte)
{
    if (r->n < GDB_PACKET_MAX)
        r->data[r->n++] = (char)byte;
    else
        r->bad = true;
}

static enum gdb_event inside(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '$') /* the rest of the one before was lost */
        return between(r, byte);
    if (byte == '#') {
        r->bad = r->bad || r->state == GDB_ESCAPED;
        r->state = GDB_SUM_HIGH;
        return GDB_MORE;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (r->state == GDB_ESCAPED) {
        r->state = GDB_INSIDE;
        keep(r, byte ^ ESCAPE_BIT);
    } else if (byte == '}') {
        r->state = GDB_ESCAPED;
    } else {
        keep(r, byte);
    }
    return GDB_MORE;
}

static enum gdb_event checksum(struct gdb_reader *r, uint8_t byte)
{
    const int d = digit(byte);
    r->bad = r->bad || d < 0;
    if (r->state == GDB_SUM_HIGH) {
        r->told = (uint8_t)((d & 15) << 4);
        r->state = GDB_SUM_LOW;
        return GDB_MORE;
    }
    r->state = GDB_BETWEEN;
    r->told |= (uint8_t)(d & 15);
    r->data[r->n] = '\0';
    return r->bad || r->told != r->sum ? GDB_DAMAGED : GDB_PACKET;
}

enum gdb_event gdb_feed(struct gdb_reader *r, uint8_t byte)
{
    switch (r->state) {
    case GDB_INSIDE:
    case GDB_ESCAPED:
        return inside(r, byte);
    case GDB_SUM_HIGH:
    case GDB_SUM_LOW:
        return checksum(r, byte);
    default:
        return between(r, byte);
    }
}

size_t gdb_frame(const char *data, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t sum = 0;
    size_t at = 0;
    out[at++] = '$';
    for (size_t i = 0; i < n; i++) {
        char c = data[i];
        if (c == '$' || c == '#' || c == '}' || c == '*') {
            out[at++] = '}';
            sum = (uint8_t)(sum + '}');
            c = (char)(c ^ ESCAPE_BIT);
        }
        out[at++] = c;
        sum = (uint8_t)(sum + (uint8_t)c);
    }
    out[at++] = '#';
    out[at++] = hex[sum >> 4];
    out[at++] = hex[sum & 15];
    return at;
}
