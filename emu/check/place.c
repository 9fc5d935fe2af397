/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code in a run, for those who look at it from outside. */
#include "check/explain/explain.h"
#include "check/internal.h"

#define BLOCK_MAX 4096u

void monitor_place(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place_code(mon, gva, out);
}

void monitor_place_known(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place_block(mon, gva, out);
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

struct backtrace *monitor_trace(struct monitor *mon, uint64_t pc)
{
    struct finding f = {.vcpu = mon->m->vcpus.current};
    engine_regs(mon->m->engine, &f.regs);
    place_without_source(mon, pc, &f.at);
    find_stub_caller(mon, &f);
    if (f.has_caller) /* what is no module's keeps nothing on the stack, or has no business there */
        f.transfer.kind = TRANSFER_CALL;
    take_backtrace(mon, &f, pc);
    return f.trace;
}

size_t monitor_code(const struct monitor *mon, uint64_t pc, uint8_t *out, size_t n)
{
    while (n > 0 && !machine_read(mon->m, pc, out, n))
        n--;
    return n;
}

enum code_width monitor_width(const struct monitor *mon)
{
    struct cpu_regs r;
    engine_regs(mon->m->engine, &r);
    return width_of(mon, &r);
}
