/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation: packets as a table, each with what it does. gdb's manual, appendix E. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/debug.h"
#include "gdb/internal.h"
#include "gdb/registers.h"

enum outcome {
    ANSWERED, /* with what is in s->out */
    RESUME,
    OUTSIDE_FIRST, /* to be done when the engine is out */
    GONE,          /* no client any more */
};

/* --- answers ---------------------------------------------------------------------------------------------------- */

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

static void answer_hex(struct gdb_session *s, const void *bytes, size_t n)
{
    if (2 * n >= sizeof s->out - s->nr_out)
        n = (sizeof s->out - s->nr_out - 1) / 2;
    gdb_hex(bytes, n, s->out + s->nr_out);
    s->nr_out += 2 * n;
}

static enum outcome answer(struct gdb_session *s, const char *text)
{
    gdb_answer(s, "%s", text);
    return ANSWERED;
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
        answer_hex(s, text, piece);
        gdb_send(s);
    }
}

/* --- registers -------------------------------------------------------------------------------------------------- */

static void answer_register(struct gdb_session *s, unsigned i)
{
    uint8_t raw[ENGINE_REGISTER_SIZE];
    const struct gdb_register *r = &gdb_registers[i];
    (void)engine_read_register(s->m->engine, s->cpu, r->which, raw);
    answer_hex(s, raw, r->bits / 8);
}

static enum outcome all_registers(struct gdb_session *s, const char *args)
{
    (void)args;
    for (unsigned i = 0; i < gdb_nr_registers; i++)
        answer_register(s, i);
    return ANSWERED;
}

static enum outcome one_register(struct gdb_session *s, const char *args)
{
    uint64_t i;
    if (!gdb_number(&args, &i) || i >= gdb_nr_registers)
        return answer(s, "E01");
    answer_register(s, (unsigned)i);
    return ANSWERED;
}

static bool write_register(struct gdb_session *s, const struct gdb_register *r, const uint8_t *raw)
{
    uint8_t in[ENGINE_REGISTER_SIZE] = {0};
    memcpy(in, raw, r->bits / 8);
    return engine_write_register(s->m->engine, s->cpu, r->which, in);
}

static enum outcome set_register(struct gdb_session *s, const char *args)
{
    uint64_t i;
    uint8_t raw[ENGINE_REGISTER_SIZE];
    size_t n;
    if (!gdb_number(&args, &i) || i >= gdb_nr_registers || !gdb_literal(&args, '=') ||
        !gdb_bytes(args, raw, sizeof raw, &n) || n != gdb_registers[i].bits / 8)
        return answer(s, "E01");
    if (!s->outside)
        return OUTSIDE_FIRST;
    return answer(s, write_register(s, &gdb_registers[i], raw) ? "OK" : "E02");
}

/* What cannot be written is left as it is. */
static enum outcome set_all_registers(struct gdb_session *s, const char *args)
{
    uint8_t raw[1024];
    size_t n, at = 0;
    if (!gdb_bytes(args, raw, sizeof raw, &n))
        return answer(s, "E01");
    if (!s->outside)
        return OUTSIDE_FIRST;
    for (unsigned i = 0; i < gdb_nr_registers && at + gdb_registers[i].bits / 8 <= n; i++) {
        (void)write_register(s, &gdb_registers[i], raw + at);
        at += gdb_registers[i].bits / 8;
    }
    return answer(s, "OK");
}

/* --- memory ----------------------------------------------------------------------------------------------------- */

#define READ_MAX ((GDB_PACKET_MAX - 8) / 2)

static enum outcome read_memory(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    uint8_t bytes[READ_MAX];
    if (!gdb_range(&args, &at, &n))
        return answer(s, "E01");
    const size_t got = gdb_memory_read(s, at, bytes, n < READ_MAX ? (size_t)n : READ_MAX);
    if (got == 0 && n != 0)
        return answer(s, "E0e");
    answer_hex(s, bytes, got);
    return ANSWERED;
}

static enum outcome write_bytes(struct gdb_session *s, uint64_t at, const uint8_t *bytes, size_t n)
{
    if (n != 0 && !s->outside)
        return OUTSIDE_FIRST;
    return answer(s, gdb_memory_write(s, at, bytes, n) ? "OK" : "E0e");
}

static enum outcome write_memory(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    size_t given;
    uint8_t bytes[READ_MAX];
    if (!gdb_range(&args, &at, &n) || !gdb_literal(&args, ':') || !gdb_bytes(args, bytes, sizeof bytes, &given) ||
        given != n)
        return answer(s, "E01");
    return write_bytes(s, at, bytes, given);
}

static enum outcome write_binary(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    if (!gdb_range(&args, &at, &n) || !gdb_literal(&args, ':') ||
        n != (uint64_t)(s->reader.data + s->reader.n - args))
        return answer(s, "E01");
    return write_bytes(s, at, (const uint8_t *)args, (size_t)n);
}

/* QEMU's, for clients that know it. */
static enum outcome get_physical(struct gdb_session *s, const char *args)
{
    (void)args;
    return answer(s, s->physical ? "1" : "0");
}

static enum outcome set_physical(struct gdb_session *s, const char *args)
{
    s->physical = args[0] == '1';
    return answer(s, "OK");
}

/* --- points ----------------------------------------------------------------------------------------------------- */

static enum outcome set_point(struct gdb_session *s, const char *args)
{
    struct gdb_point p;
    if (!gdb_parse_point(args, &p))
        return answer(s, "E01");
    const bool is_break = p.kind == GDB_BREAK || p.kind == GDB_HARDWARE_BREAK;
    return answer(s, (is_break ? gdb_break_set(&s->points, &p) : gdb_watch(s, &p)) ? "OK" : "E1c");
}

static enum outcome remove_point(struct gdb_session *s, const char *args)
{
    struct gdb_point p;
    if (!gdb_parse_point(args, &p))
        return answer(s, "E01");
    if (p.kind == GDB_BREAK || p.kind == GDB_HARDWARE_BREAK)
        gdb_break_remove(&s->points, &p);
    else
        gdb_watch_remove(&s->points, &p);
    return answer(s, "OK");
}

/* --- threads: processors ---------------------------------------------------------------------------------------- */

static unsigned thread_of(unsigned cpu)
{
    return cpu + 1;
}

/* Of a thread that is written, or the current one; false: there is none. */
static bool cpu_of(struct gdb_session *s, int thread, unsigned *cpu)
{
    *cpu = thread > 0 ? (unsigned)thread - 1 : s->m->vcpus.current;
    return gdb_cpu_there(s, *cpu);
}

static enum outcome choose_thread(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    const char op = args[0];
    if (op != 'g' && op != 'c')
        return answer(s, "E01");
    args++;
    if (!gdb_thread(&args, &thread) || !cpu_of(s, thread, &cpu))
        return answer(s, "E01");
    if (op == 'g')
        s->cpu = cpu;
    return answer(s, "OK");
}

static enum outcome is_alive(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    return answer(s, gdb_thread(&args, &thread) && cpu_of(s, thread, &cpu) ? "OK" : "E01");
}

static enum outcome current_thread(struct gdb_session *s, const char *args)
{
    (void)args;
    gdb_answer(s, "QC%x", thread_of(s->m->vcpus.current));
    return ANSWERED;
}

static enum outcome first_threads(struct gdb_session *s, const char *args)
{
    char before = 'm';
    (void)args;
    for (unsigned i = 0; i < s->m->vcpus.nr; i++)
        if (gdb_cpu_there(s, i)) {
            gdb_answer(s, "%c%x", before, thread_of(i));
            before = ',';
        }
    return ANSWERED;
}

static enum outcome more_threads(struct gdb_session *s, const char *args)
{
    (void)args;
    return answer(s, "l");
}

static enum outcome about_thread(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    char text[96];
    if (!gdb_thread(&args, &thread) || !cpu_of(s, thread, &cpu))
        return answer(s, "E01");
    const struct vcpu *v = &s->m->vcpus.v[cpu];
    const int n = snprintf(text, sizeof text, "vCPU %u, %s%s", cpu, gdb_mode(s, cpu),
                           v->state != VCPU_UP ? ", down" : v->blocked ? ", halted" : "");
    answer_hex(s, text, (size_t)n);
    return ANSWERED;
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static enum outcome resume(struct gdb_session *s, bool step, int thread)
{
    unsigned cpu;
    if (!cpu_of(s, thread, &cpu))
        return answer(s, "E01");
    s->stepping = step;
    s->step_cpu = cpu;
    return RESUME;
}

static enum outcome go_on(struct gdb_session *s, const char *args)
{
    return args[0] != '\0' ? answer(s, "E01") : resume(s, false, 0); /* elsewhere: set rip first */
}

static enum outcome step(struct gdb_session *s, const char *args)
{
    return args[0] != '\0' ? answer(s, "E01") : resume(s, true, 0);
}

/* The guest knows no signals. */
static enum outcome go_on_signalled(struct gdb_session *s, const char *args)
{
    (void)args;
    return resume(s, false, 0);
}

static enum outcome step_signalled(struct gdb_session *s, const char *args)
{
    (void)args;
    return resume(s, true, 0);
}

static enum outcome resume_threads(struct gdb_session *s, const char *args)
{
    struct gdb_resume r;
    return gdb_parse_vcont(args, &r) ? resume(s, r.step, r.thread) : answer(s, "E01");
}

static enum outcome can_resume(struct gdb_session *s, const char *args)
{
    (void)args;
    return answer(s, "vCont;c;C;s;S");
}

static enum outcome detach(struct gdb_session *s, const char *args)
{
    (void)args;
    (void)answer(s, "OK");
    gdb_send(s);
    return GONE;
}

static enum outcome quit(struct gdb_session *s, const char *args)
{
    (void)args;
    s->killed = true;
    return GONE;
}

static enum outcome quit_politely(struct gdb_session *s, const char *args)
{
    (void)answer(s, "OK");
    gdb_send(s);
    return quit(s, args);
}

static void put_stop(struct gdb_session *s)
{
    static const enum engine_register shown[] = {ENGINE_RIP, ENGINE_GPR + CPU_RSP, ENGINE_GPR + CPU_RBP};
    gdb_answer(s, "T%02xthread:%x;%s", s->stop.signal, thread_of(s->m->vcpus.current), s->stop.reason);
    s->cpu = s->m->vcpus.current;
    for (unsigned i = 0; i < gdb_nr_registers; i++)
        for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++)
            if (gdb_registers[i].which == shown[k]) {
                gdb_answer(s, "%02x:", i);
                answer_register(s, i);
                gdb_answer(s, ";");
            }
}

void gdb_tell_stop(struct gdb_session *s)
{
    gdb_answer_begin(s);
    put_stop(s);
    gdb_send(s);
}

static enum outcome why_stopped(struct gdb_session *s, const char *args)
{
    (void)args;
    put_stop(s);
    return ANSWERED;
}

/* --- queries ---------------------------------------------------------------------------------------------------- */

static enum outcome supported(struct gdb_session *s, const char *args)
{
    s->tells_breaks = strstr(args, "swbreak+") != NULL;
    gdb_answer(s, "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:libraries:read+;vContSupported+;swbreak+;hwbreak+",
               GDB_PACKET_MAX);
    return ANSWERED;
}

static enum outcome no_ack(struct gdb_session *s, const char *args)
{
    (void)args;
    (void)answer(s, "OK");
    s->no_ack = true;
    return ANSWERED;
}

static enum outcome attached(struct gdb_session *s, const char *args)
{
    (void)args;
    return answer(s, "1");
}

/* The piece that is asked for of what @write writes, which it does when the first one is. */
static enum outcome transfer(struct gdb_session *s, const char *args, void (*write)(struct gdb_session *s, FILE *out))
{
    uint64_t at, n;
    if (!gdb_range(&args, &at, &n))
        return answer(s, "E01");
    if (at == 0 || s->xfer == NULL) {
        free(s->xfer);
        s->xfer = NULL;
        FILE *out = open_memstream(&s->xfer, &s->xfer_size);
        if (out == NULL)
            return answer(s, "E0c");
        write(s, out);
        if (fclose(out) != 0)
            return answer(s, "E0c");
    }
    if (at > s->xfer_size)
        return answer(s, "E01");
    const size_t left = s->xfer_size - (size_t)at, most = sizeof s->out / 2;
    size_t piece = n < left ? (size_t)n : left;
    piece = piece < most ? piece : most;
    gdb_answer(s, piece < left ? "m" : "l");
    memcpy(s->out + s->nr_out, s->xfer + at, piece);
    s->nr_out += piece;
    return ANSWERED;
}

static void write_description(struct gdb_session *s, FILE *out)
{
    (void)s;
    gdb_describe(out);
}

static enum outcome description(struct gdb_session *s, const char *args)
{
    return transfer(s, args, write_description);
}

static enum outcome libraries(struct gdb_session *s, const char *args)
{
    return transfer(s, args, gdb_libraries);
}

static enum outcome command(struct gdb_session *s, const char *args)
{
    uint8_t line[256];
    size_t n, size = 0;
    char *text = NULL;
    if (!gdb_bytes(args, line, sizeof line - 1, &n))
        return answer(s, "E01");
    line[n] = '\0';
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return answer(s, "E0c");
    gdb_command(s, (const char *)line, out);
    if (fclose(out) == 0)
        gdb_say(s, text, size);
    free(text);
    gdb_answer_begin(s);
    return answer(s, "OK");
}

/* --- packets ---------------------------------------------------------------------------------------------------- */

/* What is behind the name is handed on. The first that fits counts: longer names stand before shorter ones. */
static const struct packet {
    const char *name;
    enum outcome (*fn)(struct gdb_session *s, const char *args);
} packets[] = {
    {"?", why_stopped},
    {"g", all_registers},
    {"G", set_all_registers},
    {"p", one_register},
    {"P", set_register},
    {"m", read_memory},
    {"M", write_memory},
    {"X", write_binary},
    {"Z", set_point},
    {"z", remove_point},
    {"H", choose_thread},
    {"T", is_alive},
    {"c", go_on},
    {"C", go_on_signalled},
    {"s", step},
    {"S", step_signalled},
    {"D", detach},
    {"k", quit},
    {"vCont?", can_resume},
    {"vCont", resume_threads},
    {"vKill", quit_politely},
    {"qSupported", supported},
    {"QStartNoAckMode", no_ack},
    {"qXfer:features:read:target.xml:", description},
    {"qXfer:libraries:read::", libraries},
    {"qAttached", attached},
    {"qC", current_thread},
    {"qfThreadInfo", first_threads},
    {"qsThreadInfo", more_threads},
    {"qThreadExtraInfo,", about_thread},
    {"qRcmd,", command},
    {"qqemu.PhyMemMode", get_physical},
    {"Qqemu.PhyMemMode:", set_physical},
};

/* What is not known is answered with nothing, as the protocol wants it. */
static enum outcome handle(struct gdb_session *s)
{
    gdb_answer_begin(s);
    if (strncmp(s->reader.data, "qCRC", 4) == 0)
        return ANSWERED; /* not "qC" */
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        const size_t n = strlen(packets[i].name);
        if (strncmp(s->reader.data, packets[i].name, n) == 0)
            return packets[i].fn(s, s->reader.data + n);
    }
    return ANSWERED;
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
    case ANSWERED:
        gdb_send(s);
        return true;
    case OUTSIDE_FIRST:
        s->leaving = true;
        return false;
    case GONE:
        gone(s);
        return false;
    case RESUME:
        break;
    }
    return false;
}

void gdb_converse(struct gdb_session *s)
{
    while (one_packet(s)) {
    }
}
