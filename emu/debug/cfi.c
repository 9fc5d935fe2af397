/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One step up the stack by call frame information (.debug_frame, .eh_frame): DWARF 5, section 6.4. */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "debug/internal.h"

#define EVAL_DEPTH 16u
#define OPS_MAX 64u

/* DWARF's numbers in encoding order: the AMD64 ABI's differ, i386's do not. */
static const uint8_t amd64_gpr[16] = {0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

/* Registers that a function may leave changed without a word about it: rax, rcx, rdx, r8 to r11, in both ABIs. */
#define VOLATILE 0x0f07u

struct step {
    const struct unwind_regs *r;
    const struct unwind_memory *mem;
    bool wide; /* 64-bit */
    bool has_cfa;
    uint64_t cfa;
};

static bool load(const struct step *s, uint64_t gva, uint64_t *value)
{
    uint8_t raw[8] = {0};
    if (!s->mem->read(s->mem->self, gva, raw, s->wide ? 8 : 4))
        return false;
    *value = le64(raw);
    return true;
}

static bool reg(const struct step *s, uint64_t dwarf_nr, uint64_t *value)
{
    unsigned nr = s->wide ? 16 : 8;
    if (dwarf_nr >= nr)
        return false;
    unsigned gpr = s->wide ? amd64_gpr[dwarf_nr] : (unsigned)dwarf_nr;
    *value = s->r->gpr[gpr];
    return (s->r->known >> gpr & 1) != 0;
}

struct stack {
    uint64_t v[EVAL_DEPTH];
    unsigned nr;
};

static bool push(struct stack *s, uint64_t v)
{
    if (s->nr == EVAL_DEPTH)
        return false;
    s->v[s->nr++] = v;
    return true;
}

static bool one_op(const struct step *s, struct stack *st, const Dwarf_Op *op)
{
    uint64_t v;
    if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
        return push(st, (uint64_t)op->atom - DW_OP_lit0);
    if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
        return reg(s, (uint64_t)op->atom - DW_OP_breg0, &v) && push(st, v + op->number);
    switch (op->atom) {
    case DW_OP_bregx:
        return reg(s, op->number, &v) && push(st, v + op->number2);
    case DW_OP_call_frame_cfa:
        return s->has_cfa && push(st, s->cfa);
    case DW_OP_const1u:
    case DW_OP_const1s:
    case DW_OP_const2u:
    case DW_OP_const2s:
    case DW_OP_const4u:
    case DW_OP_const4s:
    case DW_OP_const8u:
    case DW_OP_const8s:
    case DW_OP_constu:
    case DW_OP_consts:
        return push(st, op->number);
    case DW_OP_plus_uconst:
        if (st->nr < 1)
            return false;
        st->v[st->nr - 1] += op->number;
        return true;
    case DW_OP_deref:
        return st->nr >= 1 && load(s, st->v[st->nr - 1], &st->v[st->nr - 1]);
    case DW_OP_plus:
    case DW_OP_minus:
    case DW_OP_and:
        if (st->nr < 2)
            return false;
        st->nr--;
        v = st->v[st->nr];
        st->v[st->nr - 1] = op->atom == DW_OP_plus    ? st->v[st->nr - 1] + v
                            : op->atom == DW_OP_minus ? st->v[st->nr - 1] - v
                                                      : st->v[st->nr - 1] & v;
        return true;
    default:
        return false; /* nothing that gcc or clang write for firmware needs more */
    }
}

/* What the operations give; *@is_value: that is the value itself, and not where it lies. */
static bool evaluate(const struct step *s, const Dwarf_Op *ops, size_t nr, uint64_t *out, bool *is_value)
{
    struct stack st = {.nr = 0};
    *is_value = false;
    if (nr == 0 || nr > OPS_MAX)
        return false;
    for (size_t i = 0; i < nr; i++) {
        if (ops[i].atom >= DW_OP_reg0 && ops[i].atom <= DW_OP_reg31 && nr == 1) {
            *is_value = true;
            return reg(s, (uint64_t)ops[i].atom - DW_OP_reg0, out);
        }
        if (ops[i].atom == DW_OP_stack_value && i + 1 == nr)
            *is_value = true;
        else if (!one_op(s, &st, &ops[i]))
            return false;
    }
    if (st.nr == 0)
        return false;
    *out = st.v[st.nr - 1];
    return true;
}

/* The caller's value of a register. */
static bool restore(const struct step *s, Dwarf_Frame *frame, int dwarf_nr, uint64_t *out)
{
    Dwarf_Op mem[3];
    Dwarf_Op *ops = NULL;
    size_t nr = 0;
    bool is_value;
    if (dwarf_frame_register(frame, dwarf_nr, mem, &ops, &nr) != 0)
        return false;
    if (nr == 0) /* no operations: the same value where there is no list, else undefined */
        return ops == NULL && reg(s, (uint64_t)dwarf_nr, out);
    return evaluate(s, ops, nr, out, &is_value) && (is_value || load(s, *out, out));
}

static bool step_by(Dwarf_Frame *frame, struct step *s, struct unwind_regs *caller)
{
    Dwarf_Op *ops = NULL;
    size_t nr = 0;
    bool is_value;
    bool signal;
    int return_reg = dwarf_frame_info(frame, NULL, NULL, &signal);
    if (return_reg < 0 || dwarf_frame_cfa(frame, &ops, &nr) != 0 || !evaluate(s, ops, nr, &s->cfa, &is_value))
        return false;
    s->has_cfa = true;
    memset(caller, 0, sizeof *caller);
    if (!restore(s, frame, return_reg, &caller->pc))
        return false;
    for (int i = 0; i < (s->wide ? 16 : 8); i++) {
        unsigned gpr = s->wide ? amd64_gpr[i] : (unsigned)i;
        if (gpr != UNWIND_RSP && (VOLATILE >> gpr & 1) == 0 && restore(s, frame, i, &caller->gpr[gpr]))
            caller->known |= (uint16_t)(1u << gpr);
    }
    caller->gpr[UNWIND_RSP] = s->cfa;
    caller->known |= 1u << UNWIND_RSP;
    return true;
}

bool debug_file_unwind(struct debug_file *f, uint64_t address, const struct unwind_regs *r,
                       const struct unwind_memory *mem, struct unwind_regs *caller)
{
    struct step s = {.r = r, .mem = mem, .wide = f->header.e_machine == EM_X86_64};
    (void)debug_file_dwarf(f);
    Dwarf_CFI *const tables[] = {f->frame, f->eh_frame};
    for (size_t i = 0; i < 2; i++) {
        Dwarf_Frame *frame = NULL;
        if (tables[i] == NULL || dwarf_cfi_addrframe(tables[i], address, &frame) != 0)
            continue;
        bool ok = step_by(frame, &s, caller);
        free(frame);
        return ok;
    }
    return false;
}
