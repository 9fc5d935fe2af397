/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses that the plan forbids. */
#include <stdio.h>
#include <string.h>

#include "check/explain/explain.h"
#include "check/internal.h"
#include "check/rights/rights.h"

#define NO_RULE RULE_COUNT
#define LARGEST_ACCESS 64u /* bytes: a ZMM register */

/* Which rule an access to a class of memory breaks. */
static const struct {
    enum rule_id read, write;
} broken[CLASS_COUNT] = {
    [CLASS_FREE] = {NO_RULE, NO_RULE},
    [CLASS_NULL] = {RULE_READ_NULL, RULE_WRITE_NULL},
    [CLASS_LIVE] = {NO_RULE, RULE_WRITE_LIVE},
    [CLASS_PRESERVED] = {RULE_READ_RESERVED, RULE_WRITE_PRESERVED},
    [CLASS_RESERVED] = {RULE_READ_RESERVED, RULE_WRITE_RESERVED},
    [CLASS_IMAGE] = {NO_RULE, RULE_WRITE_IMAGE},
    [CLASS_DEVICE] = {RULE_READ_RESERVED, RULE_WRITE_RESERVED},
    [CLASS_HOLE] = {RULE_READ_UNPOPULATED, RULE_WRITE_UNPOPULATED},
};

/* The engine does what is not aligned, or crosses a page, byte by byte, sometimes after the whole: one access. */
static bool is_part(struct monitor *mon, enum engine_fault kind, uint64_t pc, uint64_t gpa, unsigned size,
                    uint64_t value)
{
    struct access_watch *a = &mon->access;
    if (a->f == NULL || a->kind != kind || a->pc != pc || a->blocks != engine_blocks(mon->m->engine) ||
        gpa < a->at.start || gpa > a->at.end || gpa + size - a->at.start > LARGEST_ACCESS)
        return false;
    if (gpa + size <= a->at.end)
        return size == 1;
    unsigned before = (unsigned)span_size(a->at);
    a->at.end = gpa + size;
    if (a->at.end > a->f->touched.end)
        a->f->touched.end = a->at.end;
    if (a->first) {
        a->f->size = before + size;
        if (before + size <= sizeof value)
            a->f->value |= (value & ((1ULL << 8 * size) - 1)) << 8 * before;
    }
    return true;
}

static unsigned need_of(enum access_kind kind)
{
    return kind == ACCESS_WRITE ? ALLOW_W : ALLOW_R;
}

/* Until when the access is forbidden, for the text; "" when it stays so. */
static const char *until(const struct plan_range *r, enum phase now, enum access_kind kind)
{
    static const char *const text[PHASE_COUNT] = {"", ", until PEI", ", until PEI memory is in use", ", until DXE"};
    const unsigned need = need_of(kind);
    for (unsigned p = now; p < PHASE_COUNT; p++)
        if ((r->allow[p] & need) != 0)
            return text[p];
    return "";
}

/* What @f says, when the memory that it is about is called @owner and has the rights of @r. */
static void say(const struct finding *f, const char *owner, const struct plan_range *r, enum phase now,
                char out[sizeof f->text])
{
    (void)snprintf(out, sizeof f->text, "%s at %#llx: %s%s", rules[f->rule].title, (unsigned long long)f->gpa, owner,
                   until(r, now, f->access));
}

bool finding_fits(const struct finding *f, const struct plan_range *r)
{
    char text[sizeof f->text];
    if (f->owner == NULL)
        return true;
    const bool same = r != NULL && r->at.start == f->range.start && r->at.end == f->range.end;
    if (r == NULL || r->cls != f->cls || (!same && (f->touched.start < r->at.start || f->touched.end > r->at.end)))
        return false;
    if (r->owner == f->owner)
        return true;
    say(f, f->owner, r, f->phase, text);
    return f->access != ACCESS_EXEC && (r->allow[f->phase] & need_of(f->access)) == 0 && strcmp(text, f->text) == 0;
}

void finding_quote(struct finding *f, const struct plan_range *r)
{
    if (f->owner == NULL)
        return;
    if (r->owner != f->owner)
        say(f, r->owner, r, f->phase, f->text);
    f->owner = r->owner;
    f->range = r->at;
}

bool guard_access(struct monitor *mon, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                  const struct plan_range *range)
{
    static const struct plan_range nowhere = {.at = {0, UINT64_MAX}, .cls = CLASS_HOLE, .owner = "nothing"};
    /* What lies there is stale, and no other finding for it. */
    static const struct plan_range null_page = {
        .at = {0, PAGE_SIZE}, .kind = PLAN_RAM, .cls = CLASS_NULL, .owner = "page 0"};
    uint64_t pc = engine_pc(mon->m->engine);
    if (range == NULL)
        range = &nowhere;
    if (range->cls == CLASS_NULL && pc < LOW_MEMORY_END)
        return true; /* zeroed pages, run as code, use it: exec-null and exec-low have told of that */
    if (range->cls == CLASS_NULL && mon->m->phase == PHASE_DXE && null_is_fair(mon, kind, pc, gpa, value))
        return true;
    if (range->cls == CLASS_NULL)
        range = &null_page;
    enum rule_id rule = kind == ENGINE_FETCH   ? RULE_EXEC_UNPOPULATED
                        : kind == ENGINE_WRITE ? broken[range->cls].write
                                               : broken[range->cls].read;
    if (rule == NO_RULE)
        return true;
    bool through = rules[rule].then == GO_ON_THROUGH;
    if (is_part(mon, kind, pc, gpa, size, value))
        return through;
    if (known_access(mon, rule, pc, gpa))
        return through;
    bool again;
    struct finding *f = record(mon, rule, pc, range, &again);
    if (f == NULL)
        return through;
    mon->access = (struct access_watch){f, !again, kind, pc, engine_blocks(mon->m->engine), {gpa, gpa + size}};
    if (again) {
        record_touch(f, gpa, size);
        return through;
    }
    f->access = kind == ENGINE_WRITE ? ACCESS_WRITE : kind == ENGINE_READ ? ACCESS_READ : ACCESS_EXEC;
    f->gpa = f->gva = gpa;
    f->size = size;
    f->value = size >= 8 ? value : value & ((1ULL << 8 * size) - 1);
    f->touched = (struct span){gpa, gpa + size};
    if (kind == ENGINE_FETCH && pc == gpa)
        led_here(mon, f, pc);
    say(f, range->owner, range, mon->m->phase, f->text);
    return through;
}
