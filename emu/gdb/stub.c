/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation: packets as a table, each with what it does. gdb's manual, appendix E. */
#include <string.h>

#include "gdb/requests.h"

/* What is behind the name is handed on. The first that fits counts: longer names stand before shorter ones. */
static const struct packet {
    const char *name;
    enum gdb_outcome (*fn)(struct gdb_session *s, const char *args);
} packets[] = {
    {"?", gdb_do_why_stopped},
    {"g", gdb_do_all_registers},
    {"G", gdb_do_set_all_registers},
    {"p", gdb_do_one_register},
    {"P", gdb_do_set_register},
    {"m", gdb_do_read_memory},
    {"M", gdb_do_write_memory},
    {"X", gdb_do_write_binary},
    {"Z", gdb_do_set_point},
    {"z", gdb_do_remove_point},
    {"H", gdb_do_choose_thread},
    {"T", gdb_do_is_alive},
    {"c", gdb_do_go_on},
    {"C", gdb_do_go_on_signalled},
    {"s", gdb_do_step},
    {"S", gdb_do_step_signalled},
    {"D", gdb_do_detach},
    {"k", gdb_do_quit},
    {"vCont?", gdb_do_can_resume},
    {"vCont", gdb_do_resume_threads},
    {"vKill", gdb_do_quit_politely},
    {"qSupported", gdb_do_supported},
    {"QStartNoAckMode", gdb_do_no_ack},
    {"qXfer:features:read:target.xml:", gdb_do_description},
    {"qXfer:libraries:read::", gdb_do_libraries},
    {"qAttached", gdb_do_attached},
    {"qC", gdb_do_current_thread},
    {"qfThreadInfo", gdb_do_first_threads},
    {"qsThreadInfo", gdb_do_more_threads},
    {"qThreadExtraInfo,", gdb_do_about_thread},
    {"qRcmd,", gdb_do_command},
    {"qqemu.PhyMemMode", gdb_do_get_physical},
    {"Qqemu.PhyMemMode:", gdb_do_set_physical},
};

/* What is not known is answered with nothing, as the protocol wants it. */
static enum gdb_outcome handle(struct gdb_session *s)
{
    gdb_answer_begin(s);
    if (strncmp(s->reader.data, "qCRC", 4) == 0)
        return GDB_ANSWERED; /* not "qC" */
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        const size_t n = strlen(packets[i].name);
        if (strncmp(s->reader.data, packets[i].name, n) == 0)
            return packets[i].fn(s, s->reader.data + n);
    }
    return GDB_ANSWERED;
}

static void gone(struct gdb_session *s)
{
    s->attached = false;
    gdb_points_free(&s->points);
    gdb_hang_up(s->link);
}

/* The next whole packet; false when the client is lost. */
static bool next_packet(struct gdb_session *s)
{
    for (int byte; (byte = gdb_read(s->link)) >= 0;) {
        const enum gdb_event e = gdb_feed(&s->reader, (uint8_t)byte);
        if (e == GDB_NAK)
            (void)gdb_write(s->link, s->frame, s->nr_frame);
        if ((e == GDB_PACKET || e == GDB_DAMAGED) && !s->no_ack)
            (void)gdb_write(s->link, e == GDB_PACKET ? "+" : "-", 1);
        if (e == GDB_PACKET)
            return true;
    }
    s->lost = true;
    return false;
}

/* One packet; false when that is all for now. */
static bool one_packet(struct gdb_session *s)
{
    if (!s->leaving && !next_packet(s)) {
        gone(s);
        return false;
    }
    s->leaving = false;
    switch (handle(s)) {
    case GDB_ANSWERED:
        gdb_send(s);
        return true;
    case GDB_OUTSIDE_FIRST:
        s->leaving = true;
        return false;
    case GDB_GONE:
        gone(s);
        return false;
    case GDB_RESUME:
        break;
    }
    return false;
}

void gdb_converse(struct gdb_session *s)
{
    while (one_packet(s)) {
    }
}
