/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that read and write registers and memory. */
#include <string.h>

#include "gdb/registers.h"
#include "gdb/requests.h"

/* --- registers -------------------------------------------------------------------------------------------------- */

void gdb_answer_register(struct gdb_session *s, unsigned i)
{
    uint8_t raw[ENGINE_REGISTER_SIZE];
    const struct gdb_register *r = &gdb_registers[i];
    (void)engine_read_register(s->m->engine, s->cpu, r->which, raw);
    gdb_answer_hex(s, raw, r->bits / 8);
}

enum gdb_outcome gdb_do_all_registers(struct gdb_session *s, const char *args)
{
    (void)args;
    for (unsigned i = 0; i < gdb_nr_registers; i++)
        gdb_answer_register(s, i);
    return GDB_ANSWERED;
}

enum gdb_outcome gdb_do_one_register(struct gdb_session *s, const char *args)
{
    uint64_t i;
    if (!gdb_number(&args, &i) || i >= gdb_nr_registers)
        return gdb_reply(s, "E01");
    gdb_answer_register(s, (unsigned)i);
    return GDB_ANSWERED;
}

static bool write_register(struct gdb_session *s, const struct gdb_register *r, const uint8_t *raw)
{
    uint8_t in[ENGINE_REGISTER_SIZE] = {0};
    memcpy(in, raw, r->bits / 8);
    return engine_write_register(s->m->engine, s->cpu, r->which, in);
}

enum gdb_outcome gdb_do_set_register(struct gdb_session *s, const char *args)
{
    uint64_t i;
    uint8_t raw[ENGINE_REGISTER_SIZE];
    size_t n;
    if (!gdb_number(&args, &i) || i >= gdb_nr_registers || !gdb_literal(&args, '=') ||
        !gdb_bytes(args, raw, sizeof raw, &n) || n != gdb_registers[i].bits / 8)
        return gdb_reply(s, "E01");
    if (!s->outside)
        return GDB_OUTSIDE_FIRST;
    return gdb_reply(s, write_register(s, &gdb_registers[i], raw) ? "OK" : "E02");
}

/* What cannot be written is left as it is. */
enum gdb_outcome gdb_do_set_all_registers(struct gdb_session *s, const char *args)
{
    uint8_t raw[1024];
    size_t n, at = 0;
    if (!gdb_bytes(args, raw, sizeof raw, &n))
        return gdb_reply(s, "E01");
    if (!s->outside)
        return GDB_OUTSIDE_FIRST;
    for (unsigned i = 0; i < gdb_nr_registers && at + gdb_registers[i].bits / 8 <= n; i++) {
        (void)write_register(s, &gdb_registers[i], raw + at);
        at += gdb_registers[i].bits / 8;
    }
    return gdb_reply(s, "OK");
}

/* --- memory ----------------------------------------------------------------------------------------------------- */

#define READ_MAX ((GDB_PACKET_MAX - 8) / 2)

enum gdb_outcome gdb_do_read_memory(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    uint8_t bytes[READ_MAX];
    if (!gdb_range(&args, &at, &n))
        return gdb_reply(s, "E01");
    const size_t got = gdb_memory_read(s, at, bytes, n < READ_MAX ? (size_t)n : READ_MAX);
    if (got == 0 && n != 0)
        return gdb_reply(s, "E0e");
    gdb_answer_hex(s, bytes, got);
    return GDB_ANSWERED;
}

static enum gdb_outcome write_bytes(struct gdb_session *s, uint64_t at, const uint8_t *bytes, size_t n)
{
    if (n != 0 && !s->outside)
        return GDB_OUTSIDE_FIRST;
    return gdb_reply(s, gdb_memory_write(s, at, bytes, n) ? "OK" : "E0e");
}

enum gdb_outcome gdb_do_write_memory(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    size_t given;
    uint8_t bytes[READ_MAX];
    if (!gdb_range(&args, &at, &n) || !gdb_literal(&args, ':') || !gdb_bytes(args, bytes, sizeof bytes, &given) ||
        given != n)
        return gdb_reply(s, "E01");
    return write_bytes(s, at, bytes, given);
}

enum gdb_outcome gdb_do_write_binary(struct gdb_session *s, const char *args)
{
    uint64_t at, n;
    if (!gdb_range(&args, &at, &n) || !gdb_literal(&args, ':') || n != (uint64_t)(s->reader.data + s->reader.n - args))
        return gdb_reply(s, "E01");
    return write_bytes(s, at, (const uint8_t *)args, (size_t)n);
}

/* QEMU's, for clients that know it. */
enum gdb_outcome gdb_do_get_physical(struct gdb_session *s, const char *args)
{
    (void)args;
    return gdb_reply(s, s->physical ? "1" : "0");
}

enum gdb_outcome gdb_do_set_physical(struct gdb_session *s, const char *args)
{
    s->physical = args[0] == '1';
    return gdb_reply(s, "OK");
}
