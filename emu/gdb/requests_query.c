/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries: what is spoken here, what is read in pieces, and "monitor". */
#include <stdlib.h>
#include <string.h>

#include "gdb/registers.h"
#include "gdb/requests.h"

enum gdb_outcome gdb_do_supported(struct gdb_session *s, const char *args)
{
    s->tells_breaks = strstr(args, "swbreak+") != NULL;
    gdb_answer(
        s,
        "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:libraries:read+;vContSupported+;swbreak+;hwbreak+",
        GDB_PACKET_MAX);
    return GDB_ANSWERED;
}

enum gdb_outcome gdb_do_no_ack(struct gdb_session *s, const char *args)
{
    (void)args;
    (void)gdb_reply(s, "OK");
    s->no_ack = true;
    return GDB_ANSWERED;
}

enum gdb_outcome gdb_do_attached(struct gdb_session *s, const char *args)
{
    (void)args;
    return gdb_reply(s, "1");
}

/* The piece that is asked for of what @write writes, which it does when the first one is. */
static enum gdb_outcome transfer(struct gdb_session *s, const char *args,
                                 void (*write)(struct gdb_session *s, FILE *out))
{
    uint64_t at, n;
    if (!gdb_range(&args, &at, &n))
        return gdb_reply(s, "E01");
    if (at == 0 || s->xfer == NULL) {
        free(s->xfer);
        s->xfer = NULL;
        FILE *out = open_memstream(&s->xfer, &s->xfer_size);
        if (out == NULL)
            return gdb_reply(s, "E0c");
        write(s, out);
        if (fclose(out) != 0)
            return gdb_reply(s, "E0c");
    }
    if (at > s->xfer_size)
        return gdb_reply(s, "E01");
    const size_t left = s->xfer_size - (size_t)at, most = sizeof s->out / 2;
    size_t piece = n < left ? (size_t)n : left;
    piece = piece < most ? piece : most;
    gdb_answer(s, piece < left ? "m" : "l");
    memcpy(s->out + s->nr_out, s->xfer + at, piece);
    s->nr_out += piece;
    return GDB_ANSWERED;
}

static void write_description(struct gdb_session *s, FILE *out)
{
    (void)s;
    gdb_describe(out);
}

enum gdb_outcome gdb_do_description(struct gdb_session *s, const char *args)
{
    return transfer(s, args, write_description);
}

enum gdb_outcome gdb_do_libraries(struct gdb_session *s, const char *args)
{
    return transfer(s, args, gdb_libraries);
}

enum gdb_outcome gdb_do_command(struct gdb_session *s, const char *args)
{
    uint8_t line[256];
    size_t n, size = 0;
    char *text = NULL;
    if (!gdb_bytes(args, line, sizeof line - 1, &n))
        return gdb_reply(s, "E01");
    line[n] = '\0';
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return gdb_reply(s, "E0c");
    gdb_command(s, (const char *)line, out);
    if (fclose(out) == 0)
        gdb_say(s, text, size);
    free(text);
    gdb_answer_begin(s);
    return gdb_reply(s, "OK");
}
