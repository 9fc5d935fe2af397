/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code in a run, for those who look at it from outside. */
#include "check/internal.h"

#define BLOCK_MAX 4096u

void monitor_place(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place_code(mon, gva, out);
}

void monitor_branch(struct monitor *mon, uint64_t pc, uint32_t size, struct code_place *at, char *text, size_t n)
{
    uint8_t code[BLOCK_MAX];
    struct cpu_regs r;
    text[0] = '\0';
    size_t last = 0;
    size_t have = size < sizeof code ? size : sizeof code;
    engine_regs(mon->m->engine, &r);
    if (machine_read(mon->m, pc, code, have)) {
        enum code_width w = width_of(mon, &r);
        last = insn_last(code, have, w);
        insn_text(code + last, have - last, w, pc + last, text, n);
    }
    place_code(mon, pc + last, at);
}
