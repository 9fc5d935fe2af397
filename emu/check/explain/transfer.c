/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call, jump or return that sent control astray, and where its pointer was. */
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "check/explain/explain.h"
#include "check/internal.h"

#define LONGEST_BLOCK 4096u
#define LONGEST_INSN 15u

static size_t read_insn(const struct monitor *mon, uint64_t pc, uint8_t out[LONGEST_INSN])
{
    size_t n = LONGEST_INSN;
    while (n > 0 && !machine_read(mon->m, pc, out, n))
        n--;
    return n;
}

/* The transfer that ends the block at @from, with the registers as they were before it. */
static bool end_of_block(const struct monitor *mon, const struct cpu_regs *after, uint64_t from, uint64_t *at,
                         struct insn_transfer *t)
{
    enum code_width w = width_of(mon, after);
    uint8_t code[LONGEST_INSN];
    for (*at = from; *at - from < LONGEST_BLOCK; *at += t->length) {
        size_t n = read_insn(mon, *at, code);
        if (!insn_decode_transfer(code, n, w, *at, after, t))
            return false;
        if (t->kind == TRANSFER_NONE)
            continue;
        struct cpu_regs before = *after;
        before.gpr[CPU_RSP] += t->kind == TRANSFER_CALL ? t->stack_use : 0;
        before.gpr[CPU_RSP] -= t->kind == TRANSFER_RETURN ? t->stack_use : 0;
        return insn_decode_transfer(code, n, w, *at, &before, t);
    }
    return false;
}

/* Where the transfer really goes; false when its pointer cannot be read. */
static bool target_of(const struct monitor *mon, const struct cpu_regs *r, const struct insn_transfer *t,
                      uint64_t *pointer, uint64_t *target)
{
    uint8_t raw[8] = {0};
    *pointer = *target = t->target;
    if (t->direct || t->reg != NULL)
        return true;
    if (!t->in_memory || t->size == 0 || t->size > sizeof raw || !machine_read(mon->m, t->gva, raw, t->size))
        return false;
    *pointer = *target = le64(raw);
    if (width_of(mon, r) == CODE_16)
        *target += (uint64_t)r->cs << 4;
    return true;
}

void find_transfer(struct monitor *mon, struct finding *f, uint64_t pc)
{
    struct transfer *out = &f->transfer;
    struct insn_transfer t;
    uint64_t at;
    uint64_t target;
    memset(out, 0, sizeof *out);
    if (!end_of_block(mon, &f->regs, engine_last_block(mon->m->engine), &at, &t) ||
        !target_of(mon, &f->regs, &t, &out->value, &target) || target != pc)
        return;
    uint8_t code[LONGEST_INSN];
    out->kind = t.kind;
    out->direct = t.direct;
    out->size = t.size;
    (void)snprintf(out->reg, sizeof out->reg, "%s", t.reg != NULL ? t.reg : "");
    insn_text(code, read_insn(mon, at, code), width_of(mon, &f->regs), at, out->insn, sizeof out->insn);
    place_code(mon, at, &out->from);
    if (!t.in_memory)
        return;
    struct paging p;
    struct walk w;
    machine_paging(mon->m, &p);
    out->in_memory = walk_gva(&mon->m->memory, &p, t.gva, &w);
    out->gva = t.gva;
    out->gpa = out->in_memory ? w.gpa : 0;
}
