/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "compare/internal.h"

#define HOB_LIST_MAX (1u << 20)

/* What is kept of each run. */
struct finished {
    struct verdict verdict;
    struct trace trace;
    uint8_t *hobs; /* NULL when it did not come to the hand-off */
    size_t nhobs;
    struct cpu_regs regs; /* at its end */
};

bool lane_run(struct lane *lane, const struct compare_setup *s, uint64_t fill, const struct trace_want *want,
              struct diag *d)
{
    lane->layout = *s->layout;
    lane->layout.fill = fill;
    if (!s->power_on(s->self, &lane->layout, &lane->machine, d))
        return false;
    monitor_init(&lane->monitor, &lane->machine, s->options, &lane->verdict);
    trace_begin(&lane->trace, want, &lane->monitor);
    monitor_run(&lane->monitor);
    trace_end(&lane->trace);
    if (!lane->trace.failed)
        return true;
    lane_off(lane);
    return diag_fail(d, "", 0, "out of memory");
}

void lane_off(struct lane *lane)
{
    verdict_free(&lane->verdict);
    machine_exit(&lane->machine);
}

/* The list with its end HOB, copied: page by page, since nobody has checked it yet. */
static bool copy_hobs(const struct lane *lane, struct finished *k)
{
    if (lane->verdict.ending != END_HANDOFF)
        return true;
    const struct memory *mem = &lane->machine.memory;
    uint8_t h[8];
    size_t n = 0;
    uint64_t at = lane->verdict.hob_list;
    while (n < HOB_LIST_MAX && memory_read(mem, at + n, h, sizeof h)) {
        size_t length = le16(h + 2);
        if (length < sizeof h)
            break;
        n += length;
        if (le16(h) == HOB_END)
            break;
    }
    k->hobs = calloc(1, n + 1);
    if (k->hobs == NULL)
        return false;
    if (memory_read(mem, at, k->hobs, n))
        k->nhobs = n;
    return true;
}

/* A copy of @log in *@kept, instead of what was there. False: out of memory. */
static bool keep_log(char **kept, const char *log, size_t n)
{
    free(*kept);
    *kept = malloc(n + 1);
    if (*kept != NULL && n != 0)
        memcpy(*kept, log, n);
    return *kept != NULL;
}

static bool first_look(const struct compare_setup *s, unsigned i, struct lane *lane, struct finished *k,
                       struct compare_result *r, struct diag *d)
{
    const struct trace_want want = {.blocks_window = TRACE_NEVER, .stop = TRACE_NEVER};
    memset(lane, 0, sizeof *lane);
    bool ok = lane_run(lane, s, s->fill[i], &want, d);
    k->trace = lane->trace;
    if (!ok)
        return false;
    ok = copy_hobs(lane, k);
    engine_regs(lane->machine.engine, &k->regs);
    k->verdict = lane->verdict;
    memset(&lane->verdict, 0, sizeof lane->verdict); /* what it owns has changed hands */
    struct compare_run *run = &r->run[r->nr_runs++];
    *run = (struct compare_run){
        .fill = s->fill[i], .blocks = k->trace.blocks, .ending = k->verdict.ending, .phase = k->verdict.phase};
    bool bad = !ending_arrived(k->verdict.ending);
    if (i == 0 || (bad && ending_arrived(r->run[r->shown].ending))) {
        struct verdict *v = &k->verdict;
        const char *log = platform_debug_log(&lane->machine.platform, &v->debug_log_size, &v->debug_log_truncated);
        ok = keep_log(&r->debug_log, log, v->debug_log_size) && ok;
        v->debug_log = r->debug_log;
        log = console_log(&lane->machine.xen, &v->console.size, &v->console.truncated);
        ok = keep_log(&r->console_log, log, v->console.size) && ok;
        v->console.text = r->console_log;
        r->shown = i;
    }
    lane_off(lane);
    return ok || diag_fail(d, "", 0, "out of memory");
}

static bool same_way(const struct finished *a, const struct finished *b)
{
    return trace_differ(&a->trace, &b->trace) == TRACE_NEVER;
}

/* --- HOB lists -------------------------------------------------------------------------------------------------- */

static bool read_list(const void *self, uint64_t gpa, void *dst, size_t n)
{
    const struct finished *f = self;
    const uint64_t offset = gpa - f->verdict.hob_list;
    if (offset > f->nhobs || n > f->nhobs - offset)
        return false;
    memcpy(dst, f->hobs + offset, n);
    return true;
}

static void name_hob(const struct finished *in, struct compare_hob *h)
{
    const struct hob_reader r = {read_list, in};
    struct hob hob;
    (void)hob_read(&r, h->gpa, &hob); /* what is damaged is told by its type */
    hob_format(&hob, h->what);
    hob_field_format(h->type, h->offset, h->size, h->field);
}

static void describe_hobs(const struct finished *a, const struct finished *b, const struct hob_differences *all,
                          struct compare_result *r)
{
    for (size_t i = 0; i < all->nr; i++) {
        const struct hob_difference *d = &all->d[i];
        struct compare_hob *h = &r->hob[i];
        *h = (struct compare_hob){.index = d->index,
                                  .gpa = a->verdict.hob_list + d->hob.offset,
                                  .type = d->hob.type,
                                  .length = d->hob.length,
                                  .offset = d->offset,
                                  .size = d->size};
        size_t n = d->size < COMPARE_BYTES_MAX ? d->size : COMPARE_BYTES_MAX;
        memcpy(h->bytes[0], a->hobs + d->hob.offset + d->offset, n);
        memcpy(h->bytes[1], b->hobs + d->hob.offset + d->offset, n);
        h->has_guid = h->type == HOB_GUID && h->length >= 24;
        if (h->has_guid)
            memcpy(h->guid.b, a->hobs + d->hob.offset + 8, sizeof h->guid.b);
        name_hob(a, h);
    }
    r->nr_hobs = all->nr;
    r->hobs_dropped = all->dropped;
    r->hob_bytes = all->bytes;
    r->hobs_shape = all->shape;
}

static void compare_two(const struct finished *kept, unsigned i, unsigned j, struct compare_result *r)
{
    struct hob_difference room[COMPARE_HOBS_MAX];
    struct hob_differences all = {.d = room, .max = COMPARE_HOBS_MAX};
    bool traced = same_way(&kept[i], &kept[j]);
    hob_compare(kept[i].hobs, kept[i].nhobs, kept[j].hobs, kept[j].nhobs, &all);
    if (r->hobs_compared && (traced == r->hobs_traced ? all.bytes <= r->hob_bytes : r->hobs_traced))
        return;
    describe_hobs(&kept[i], &kept[j], &all, r);
    r->hobs_compared = true;
    r->hobs_traced = traced;
    r->hob_runs[0] = i;
    r->hob_runs[1] = j;
}

/*
 * The two runs whose lists differ most, of those that went the same way: where they did not, bytes differ because
 * something else was done, which the flow tells.
 */
static void compare_hobs(const struct finished *kept, unsigned nr, struct compare_result *r)
{
    for (unsigned i = 0; i < nr; i++)
        for (unsigned j = i + 1; j < nr; j++)
            if (kept[i].hobs != NULL && kept[j].hobs != NULL)
                compare_two(kept, i, j, r);
}

/* --- all together ----------------------------------------------------------------------------------------------- */

/* Where the runs go different ways first, and what is in the HOBs. */
static bool compare_kept(const struct compare_setup *s, const struct finished *kept, struct compare_result *r,
                         struct diag *d)
{
    uint64_t first = TRACE_NEVER;
    r->blocks = kept[0].trace.blocks;
    for (unsigned i = 1; i < s->nr; i++) {
        uint64_t differ = trace_differ(&kept[0].trace, &kept[i].trace);
        if (differ >= first)
            continue;
        first = differ;
        r->flow.other = i;
    }
    compare_hobs(kept, s->nr, r);
    const unsigned flow[2] = {0, r->flow.other};
    if (first != TRACE_NEVER && !zoom(s, flow, first, r, d))
        return false;
    return !r->hobs_traced || r->hob_bytes == 0 || zoom(s, r->hob_runs, TRACE_NEVER, r, d);
}

static bool any_two_alike(const struct finished *kept, unsigned nr)
{
    for (unsigned i = 0; i < nr; i++)
        for (unsigned j = i + 1; j < nr; j++)
            if (same_way(&kept[i], &kept[j]))
                return true;
    return false;
}

/* A pattern that no byte of the last one agrees with, and that is not there yet. */
static void add_fill(struct compare_setup *s)
{
    static const uint64_t change[] = {0x5A5A5A5A5A5A5A5A, 0xA5A5A5A5A5A5A5A5, 0x3C3C3C3C3C3C3C3C, 0xC3C3C3C3C3C3C3C3,
                                      0x6969696969696969, 0x9696969696969696, 0x0F0F0F0F0F0F0F0F, 0xF0F0F0F0F0F0F0F0};
    bool taken = true;
    for (size_t i = 0; taken && i < sizeof change / sizeof change[0]; i++) {
        s->fill[s->nr] = s->fill[s->nr - 1] ^ change[i];
        taken = false;
        for (unsigned j = 0; j < s->nr; j++)
            taken = taken || s->fill[j] == s->fill[s->nr];
    }
    s->nr++;
}

static bool boot_all(struct compare_setup *s, struct finished *kept, struct compare_result *r, struct diag *d)
{
    struct lane *lane = malloc(sizeof *lane);
    if (lane == NULL)
        return diag_fail(d, "", 0, "out of memory");
    bool ok = true;
    for (unsigned i = 0; ok && i < s->nr; i++)
        ok = first_look(s, i, lane, &kept[i], r, d);
    if (ok && s->nr < COMPARE_FILLS_MAX && !any_two_alike(kept, s->nr)) {
        add_fill(s);
        ok = first_look(s, s->nr - 1, lane, &kept[s->nr - 1], r, d);
        r->run[s->nr - 1].added = true;
    }
    free(lane);
    return ok;
}

bool compare_boots(const struct compare_setup *asked, struct verdict *v, struct compare_result *r, struct diag *d)
{
    struct compare_setup setup = *asked;
    struct compare_setup *s = &setup;
    struct finished *kept = calloc(COMPARE_FILLS_MAX, sizeof *kept);
    if (kept == NULL)
        return diag_fail(d, "", 0, "out of memory");
    memset(r, 0, sizeof *r);
    bool ok = boot_all(s, kept, r, d) && compare_kept(s, kept, r, d);
    if (ok) {
        struct verdict *all[COMPARE_FILLS_MAX];
        for (unsigned i = 0; i < s->nr; i++)
            all[i] = &kept[i].verdict;
        *v = kept[r->shown].verdict;
        for (unsigned i = 0; i < s->nr; i++)
            limits_merge(&v->reached, &kept[i].verdict.reached);
        findings_merge(s, all, r, v);
        findings_add(s, r, &kept[0].regs, v);
        memset(&kept[r->shown].verdict, 0, sizeof kept[r->shown].verdict); /* @v owns it */
    }
    for (unsigned i = 0; i < COMPARE_FILLS_MAX; i++) {
        verdict_free(&kept[i].verdict);
        trace_free(&kept[i].trace);
        free(kept[i].hobs);
    }
    free(kept);
    return ok;
}

void compare_free(struct compare_result *r)
{
    free(r->debug_log);
    free(r->console_log);
    r->debug_log = r->console_log = NULL;
}
