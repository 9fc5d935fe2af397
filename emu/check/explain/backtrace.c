/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who called whom. Each step takes the best that there is: call frame information where there are symbols; else a
 * return address on the stack, told by the call before it, where the function's code or the frame pointer says that
 * one is, or the nearest. Every frame says how it was found, and a step that nothing supports is not taken.
 */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "check/code/depth.h"
#include "check/explain/explain.h"
#include "check/internal.h"
#include "image/pe.h"
#include "machine/walk.h"

#define RSP UNWIND_RSP
#define RBP UNWIND_RBP
#define CALL_LONGEST 8u
/* Bytes of stack that one function may have before the search gives up. */
#define FRAME_MAX (16 * KIB)
/* Places that are tried as where a function begins. */
#define STARTS_MAX 8u

struct walker {
    struct monitor *mon;
    enum code_width width;
    unsigned slot; /* bytes */
    struct unwind_regs r;
    bool returned; /* r.pc is a return address */
};

static bool read_guest(void *self, uint64_t gva, void *dst, size_t n)
{
    const struct monitor *mon = self;
    return machine_read(mon->m, gva, dst, n);
}

static bool read_slot(const struct walker *w, uint64_t gva, uint64_t *value)
{
    uint8_t raw[8] = {0};
    if (!machine_read(w->mon->m, gva, raw, w->slot))
        return false;
    *value = le64(raw);
    return true;
}

/* The address whose function counts: a return address may lie just past its function's end. */
static uint64_t inside_of(const struct walker *w)
{
    return w->returned ? w->r.pc - 1 : w->r.pc;
}

/* Where functions may begin, at or below an address; the nearest counts. */
struct nearest {
    uint64_t lowest, pc, best;
};

static void consider(struct nearest *s, uint64_t start)
{
    if (start >= s->lowest && start <= s->pc && start > s->best)
        s->best = start;
}

/* Direct calls, addresses that code takes (lea reg, [rip + d]), and pointers in tables, which loading has relocated. */
static void consider_code(struct nearest *s, const uint8_t *code, size_t n, uint64_t base, bool wide)
{
    for (size_t i = 0; i + 8 <= n; i++) {
        const uint8_t *p = code + i;
        if (p[0] == 0xe8)
            consider(s, base + i + 5 + (uint64_t)(int64_t)(int32_t)le32(p + 1));
        else if (wide && (p[0] & 0xfb) == 0x48 && p[1] == 0x8d && (p[2] & 0xc7) == 0x05)
            consider(s, base + i + 7 + (uint64_t)(int64_t)(int32_t)le32(p + 3));
        if (wide && i % 8 == 0)
            consider(s, le64(p));
    }
}

/* Where the function around @pc begins, or one before it: the nearest place that something is known to call. */
static uint64_t nearest_start(const struct walker *w, const struct module *mod, const uint8_t *code, size_t n,
                              uint64_t pc)
{
    struct nearest s = {.lowest = mod->base, .pc = pc};
    struct pe_info pe;
    if (!pe_parse(code, n, &pe))
        return 0;
    s.lowest += pe.code_at; /* headers are no code */
    consider_code(&s, code, n, mod->base, w->width == CODE_64);
    consider(&s, mod->base + pe.entry_rva);
    return s.best;
}

/* The function that runs, without symbols. */
struct shape {
    uint64_t start; /* 0: not known */
    bool has_slot;
    uint64_t slot; /* where its return address must be */
};

/* What speaks for @address being a return address of the function that begins at @start; HERE: nothing. */
static enum frame_found judge(const struct walker *w, uint64_t address, uint64_t start, bool in_its_place)
{
    uint8_t code[CALL_LONGEST];
    struct insn_transfer t;
    static const struct cpu_regs none = {0};
    if (module_known(w->mon, address - 1) == NULL || !machine_read(w->mon->m, address - sizeof code, code, sizeof code))
        return FRAME_HERE;
    unsigned n = insn_call_before(code, sizeof code, w->width);
    if (n == 0 || !insn_decode_transfer(code + sizeof code - n, n, w->width, address - n, &none, &t))
        return FRAME_HERE;
    if (!t.direct)
        return FRAME_LIKELY;
    if (start != 0 && t.target == start)
        return FRAME_PROVEN;
    return in_its_place ? FRAME_LIKELY : FRAME_HERE; /* what was called may have jumped on to this function */
}

static struct shape shape_from(const struct walker *w, const struct module *mod, const uint8_t *code, size_t n,
                               uint64_t start)
{
    struct shape s = {.start = start};
    struct depth depth;
    const size_t skip = (size_t)(start - mod->base);
    if (!depth_at(code + skip, n - skip, (size_t)(w->r.pc - start), start, w->width, &depth))
        return s;
    s.start += depth.start;
    s.has_slot = true;
    s.slot = w->r.gpr[RSP] + depth.bytes;
    return s;
}

/*
 * What looks like a call may be part of another instruction, and so the nearest start none: where nothing speaks for it, those
 * before it are tried, for one whose caller is proven.
 */
static struct shape look_at_function(const struct walker *w)
{
    struct shape nearest = {0};
    size_t n;
    uint64_t below = inside_of(w);
    uint64_t address;
    const struct module *mod = module_known(w->mon, below);
    const uint8_t *code = mod != NULL ? module_bytes(w->mon, mod, &n) : NULL;
    for (unsigned i = 0; code != NULL && i < STARTS_MAX; i++) {
        const uint64_t start = nearest_start(w, mod, code, n, below);
        if (start == 0)
            break;
        const struct shape s = shape_from(w, mod, code, n, start);
        const enum frame_found found =
            s.has_slot && read_slot(w, s.slot, &address) ? judge(w, address, s.start, true) : FRAME_HERE;
        if (found == FRAME_PROVEN || (found != FRAME_HERE && i == 0))
            return s;
        if (i == 0)
            nearest = s;
        below = start - 1;
    }
    return nearest;
}

static void return_to(struct walker *w, uint64_t address, uint64_t slot_at)
{
    w->r.pc = address;
    w->r.gpr[RSP] = slot_at + w->slot;
    w->r.known = 1u << RSP | (w->r.known & 1u << RBP);
    w->returned = true;
}

static bool by_cfi(struct walker *w)
{
    struct unwind_regs caller;
    struct unwind_memory mem = {read_guest, w->mon};
    const struct module *mod = module_known(w->mon, inside_of(w));
    const struct symbols_match *match = mod != NULL ? module_symbols(w->mon, mod) : NULL;
    if (match == NULL || !debug_file_unwind(match->file, inside_of(w) - match->bias, &w->r, &mem, &caller) ||
        caller.gpr[RSP] <= w->r.gpr[RSP] || module_known(w->mon, caller.pc - 1) == NULL)
        return false;
    w->r = caller;
    w->returned = true;
    return true;
}

/* What the loader has left for the firmware is nobody's stack, until it may be written. */
static bool is_left(const struct machine *m, uint64_t gva)
{
    struct paging p;
    struct walk at;
    machine_paging(m, &p);
    const struct plan_range *r = walk_gva(&m->memory, &p, gva, &at) ? plan_find(m->plan, at.gpa) : NULL;
    return r != NULL && r->cls == CLASS_LIVE && (r->allow[m->phase] & ALLOW_W) == 0;
}

/* A piece of the stack within a page. */
struct stack_piece {
    struct span at; /* gva; what could be read of it */
    uint8_t bytes[PAGE_SIZE];
};

/* The slot at @gva; false where there is none, or no stack. */
static bool stack_slot(const struct walker *w, struct stack_piece *s, uint64_t gva, uint64_t *value)
{
    uint8_t raw[8] = {0};
    if (gva < s->at.start || gva + w->slot > s->at.end) {
        const uint64_t end = page_down(gva) + PAGE_SIZE;
        if (page_down(gva) != page_down(s->at.start) && is_left(w->mon->m, gva))
            return false;
        s->at = (struct span){gva, end};
        if (gva + w->slot > end || !machine_read(w->mon->m, gva, s->bytes, end - gva)) {
            s->at.end = gva; /* across two pages, or near the end of what is there */
            return read_slot(w, gva, value);
        }
    }
    memcpy(raw, s->bytes + (gva - s->at.start), w->slot);
    *value = le64(raw);
    return true;
}

/* A return address on the stack, and where. */
struct on_stack {
    enum frame_found found;
    uint64_t address, at;
};

/* The first one below @end that is proven; else the first that is likely. */
static struct on_stack scan(const struct walker *w, uint64_t start, uint64_t end)
{
    struct stack_piece piece = {.at = {UINT64_MAX, UINT64_MAX}};
    struct on_stack first = {.found = FRAME_HERE}, s;
    for (s.at = w->r.gpr[RSP]; s.at < end && stack_slot(w, &piece, s.at, &s.address); s.at += w->slot) {
        s.found = judge(w, s.address, start, false);
        if (s.found == FRAME_PROVEN)
            return s;
        if (s.found != FRAME_HERE && first.found == FRAME_HERE)
            first = s;
    }
    return first;
}

/* A frame pointer is only believed when a return address lies above it, and no proven one is skipped. */
static bool by_pointer(struct walker *w, uint64_t start)
{
    uint64_t rbp = w->r.gpr[RBP];
    uint64_t saved;
    uint64_t address;
    if ((w->r.known >> RBP & 1) == 0 || rbp % w->slot != 0 || rbp - w->r.gpr[RSP] >= FRAME_MAX ||
        !read_slot(w, rbp, &saved) || !read_slot(w, rbp + w->slot, &address) || (saved <= rbp && saved != 0) ||
        judge(w, address, start, true) == FRAME_HERE || scan(w, start, rbp).found == FRAME_PROVEN)
        return false;
    return_to(w, address, rbp + w->slot);
    w->r.gpr[RBP] = saved;
    return true;
}

static enum frame_found step(struct walker *w)
{
    uint64_t address;
    if (by_cfi(w))
        return FRAME_CFI;
    struct shape shape = look_at_function(w);
    enum frame_found found = FRAME_HERE;
    if (shape.has_slot && read_slot(w, shape.slot, &address))
        found = judge(w, address, shape.start, true);
    if (found != FRAME_HERE) {
        return_to(w, address, shape.slot);
        return found;
    }
    if (by_pointer(w, shape.start))
        return FRAME_POINTER;
    const struct on_stack s = scan(w, shape.start, w->r.gpr[RSP] + FRAME_MAX);
    if (s.found != FRAME_HERE)
        return_to(w, s.address, s.at);
    return s.found;
}

static void add(struct backtrace *b, struct walker *w, enum frame_found found)
{
    struct frame *f = &b->frame[b->nr++];
    f->found = found;
    if (w->returned)
        place_return(w->mon, w->r.pc, &f->at);
    else
        place_code(w->mon, w->r.pc, &f->at);
}

/* A transfer that is known says what is below it; true when the walk can go on from there. */
static bool past_transfer(struct walker *w, const struct transfer *t, struct backtrace *b)
{
    uint64_t address;
    if (t->kind == TRANSFER_CALL && read_slot(w, w->r.gpr[RSP], &address)) {
        uint64_t known = w->r.known; /* nothing has run since */
        return_to(w, address, w->r.gpr[RSP]);
        w->r.known = (uint16_t)known;
        add(b, w, FRAME_CALL);
        return true;
    }
    w->r.pc = t->from.gva;
    add(b, w, FRAME_JUMP);
    return t->kind == TRANSFER_JUMP; /* what a return leaves behind is not there any more */
}

void take_backtrace(struct monitor *mon, struct finding *f, uint64_t pc)
{
    if (mon->options.no_chains)
        return;
    enum code_width width = width_of(mon, &f->regs);
    struct walker w = {.mon = mon, .width = width, .slot = width == CODE_64 ? 8 : width == CODE_32 ? 4 : 2};
    free(f->trace);
    f->trace = calloc(1, sizeof *f->trace);
    struct backtrace *b = f->trace;
    if (b == NULL)
        return;
    memcpy(w.r.gpr, f->regs.gpr, sizeof w.r.gpr);
    w.r.known = UINT16_MAX;
    w.r.pc = pc;
    add(b, &w, FRAME_HERE);
    if (f->transfer.kind != TRANSFER_NONE && !past_transfer(&w, &f->transfer, b))
        return;
    if (width == CODE_16)
        return;
    for (enum frame_found found; (found = step(&w)) != FRAME_HERE;) {
        if (b->nr == FRAMES_MAX) {
            b->cut = true;
            return;
        }
        add(b, &w, found);
    }
}
