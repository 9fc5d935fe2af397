/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent to the client. */
#include <stdarg.h>

#include "gdb/requests.h"

void gdb_answer_begin(struct gdb_session *s)
{
    s->nr_out = 0;
}

void gdb_answer(struct gdb_session *s, const char *fmt, ...)
{
    const size_t room = sizeof s->out - s->nr_out;
    va_list ap;
    va_start(ap, fmt);
    const int n = vsnprintf(s->out + s->nr_out, room, fmt, ap);
    va_end(ap);
    if (n > 0)
        s->nr_out += (size_t)n < room ? (size_t)n : room - 1;
}

void gdb_answer_hex(struct gdb_session *s, const void *bytes, size_t n)
{
    if (2 * n >= sizeof s->out - s->nr_out)
        n = (sizeof s->out - s->nr_out - 1) / 2;
    gdb_hex(bytes, n, s->out + s->nr_out);
    s->nr_out += 2 * n;
}

enum gdb_outcome gdb_reply(struct gdb_session *s, const char *text)
{
    gdb_answer(s, "%s", text);
    return GDB_ANSWERED;
}

void gdb_send(struct gdb_session *s)
{
    s->nr_frame = gdb_frame(s->out, s->nr_out, s->frame);
    (void)gdb_write(s->link, s->frame, s->nr_frame); /* that the client is gone shows when it is read from */
}

#define SAY_BYTES ((GDB_PACKET_MAX - 8) / 2)
void gdb_say(struct gdb_session *s, const char *text, size_t n)
{
    for (size_t piece; n > 0; text += piece, n -= piece) {
        piece = n < SAY_BYTES ? n : SAY_BYTES;
        gdb_answer_begin(s);
        gdb_answer(s, "O");
        gdb_answer_hex(s, text, piece);
        gdb_send(s);
    }
}
