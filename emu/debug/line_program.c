/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/line_program.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/le.h"

#define ROWS_MAX (1u << 20)

struct program {
    const uint8_t *p, *end;
    bool bad;
    bool wide; /* 64-bit DWARF */
    /* the header */
    uint8_t min_instruction, line_range, opcode_base;
    int8_t line_base;
    uint8_t operands[256]; /* of the standard opcodes */
    /* the state */
    struct line_row now;
    struct line_row *row;
    size_t nr, room;
};

static uint64_t take(struct program *g, unsigned n)
{
    uint8_t raw[8] = {0};
    if ((size_t)(g->end - g->p) < n) {
        g->bad = true;
        g->p = g->end;
        return 0;
    }
    for (unsigned i = 0; i < n; i++)
        raw[i] = *g->p++;
    return le64(raw);
}

static uint64_t take_uleb(struct program *g)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint64_t byte = take(g, 1);
        if (shift < 64)
            v |= (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return v;
    }
}

static uint64_t take_sleb(struct program *g)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint64_t byte = take(g, 1);
        if (shift < 64)
            v |= (byte & 0x7f) << shift;
        if ((byte & 0x80) != 0)
            continue;
        if ((byte & 0x40) != 0 && shift + 7 < 64)
            v |= UINT64_MAX << (shift + 7);
        return v;
    }
}

/* Ends with @p at the first opcode and @end behind the last. */
static bool read_header(struct program *g)
{
    uint64_t length = take(g, 4);
    g->wide = length == 0xffffffffu;
    if (g->wide)
        length = take(g, 8);
    if (g->bad || length > (uint64_t)(g->end - g->p))
        return false;
    g->end = g->p + length;
    const uint64_t version = take(g, 2);
    if (version < 2 || version > 5)
        return false;
    if (version >= 5)
        (void)take(g, 2); /* sizes of addresses and segment selectors */
    const uint64_t header = take(g, g->wide ? 8 : 4);
    if (g->bad || header > (uint64_t)(g->end - g->p))
        return false;
    const uint8_t *first = g->p + header;
    g->min_instruction = (uint8_t)take(g, 1);
    if (version >= 4)
        (void)take(g, 1); /* operations in an instruction: 1 on x86 */
    (void)take(g, 1);     /* what is_stmt starts as */
    g->line_base = (int8_t)take(g, 1);
    g->line_range = (uint8_t)take(g, 1);
    g->opcode_base = (uint8_t)take(g, 1);
    for (unsigned i = 1; i < g->opcode_base; i++)
        g->operands[i] = (uint8_t)take(g, 1);
    if (g->bad || g->line_range == 0 || g->opcode_base == 0 || g->p > first)
        return false;
    g->p = first;
    return true;
}

static void begin_sequence(struct program *g)
{
    g->now = (struct line_row){.file = 1, .line = 1};
    g->nr = 0;
}

static void add_row(struct program *g)
{
    if (g->nr == g->room) {
        const size_t room = g->room != 0 ? 2 * g->room : 512;
        struct line_row *grown = room <= ROWS_MAX ? realloc(g->row, room * sizeof *grown) : NULL;
        if (grown == NULL) {
            g->bad = true;
            return;
        }
        g->row = grown;
        g->room = room;
    }
    g->row[g->nr++] = g->now;
}

static void advance(struct program *g, uint64_t operations)
{
    g->now.address += operations * g->min_instruction;
}

/* Returns true at the end of a sequence. */
static bool extended(struct program *g)
{
    const uint64_t length = take_uleb(g);
    if (length == 0 || length > (uint64_t)(g->end - g->p)) {
        g->bad = true;
        return false;
    }
    const uint8_t *next = g->p + length;
    const uint64_t op = take(g, 1);
    if (op == DW_LNE_set_address && length <= 9)
        g->now.address = take(g, (unsigned)length - 1);
    g->p = next;
    return op == DW_LNE_end_sequence;
}

static void standard(struct program *g, uint8_t op)
{
    switch (op) {
    case DW_LNS_copy:
        add_row(g);
        break;
    case DW_LNS_advance_pc:
        advance(g, take_uleb(g));
        break;
    case DW_LNS_advance_line:
        g->now.line += take_sleb(g);
        break;
    case DW_LNS_set_file:
        g->now.file = take_uleb(g);
        break;
    case DW_LNS_const_add_pc:
        advance(g, (255u - g->opcode_base) / g->line_range);
        break;
    case DW_LNS_fixed_advance_pc:
        g->now.address += take(g, 2);
        break;
    default:
        for (unsigned i = 0; i < g->operands[op]; i++)
            (void)take_uleb(g);
        break;
    }
}

static void special(struct program *g, uint8_t op)
{
    const unsigned adjusted = (unsigned)op - g->opcode_base;
    advance(g, adjusted / g->line_range);
    g->now.line += (uint64_t)(int64_t)(g->line_base + (int)(adjusted % g->line_range));
    add_row(g);
}

bool line_program_read(const uint8_t *section, size_t size, uint64_t offset,
                       void (*sequence)(void *self, const struct line_row *row, size_t nr, uint64_t end), void *self)
{
    if (offset > size)
        return false;
    struct program g = {.p = section + offset, .end = section + size};
    if (!read_header(&g))
        return false;
    begin_sequence(&g);
    while (!g.bad && g.p < g.end) {
        const uint8_t op = *g.p++;
        if (op >= g.opcode_base) {
            special(&g, op);
        } else if (op != 0) {
            standard(&g, op);
        } else if (extended(&g)) {
            if (g.nr != 0)
                sequence(self, g.row, g.nr, g.now.address);
            begin_sequence(&g);
        }
    }
    free(g.row);
    return !g.bad;
}
