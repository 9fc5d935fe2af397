/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warm/warm.h"

#include <stdlib.h>
#include <string.h>

#include "machine/demand.h"
#include "warm/base.h"

/* Each is a machine of its own, with translated code and some 30 MiB of memory. */
#define BASES_MAX 8
/* So many for layouts that are told apart only by what memory is where. */
#define ALIKE_MAX 3u
/* So many boots at reset cost several times what another beginning does. */
#define MISFITS 16u
/*
 * A boot that nothing kept serves is chance, until so many have come among as many others: one at reset costs a tenth of what a
 * beginning does.
 */
#define STRAY 16u
#define STRAYS_MAX (3 * STRAY)
/* One that has not served for so many runs makes room for another. */
#define BASE_IDLE 256u
_Static_assert(WARM_ADDRESS_SPACE >= BASE_RESERVE * 2 * (BASES_MAX + GUEST_PVH + 1), "what is told of it");

struct warm {
    struct monitor_options options;
    struct lzma_memo unpacked;
    struct base *base[BASES_MAX];
    size_t nr_bases;
    struct base *reset[GUEST_PVH + 1]; /* by enum guest_type: before the first instruction; NULL: not needed yet */
    uint64_t runs;
    uint64_t made;    /* machines */
    unsigned misfits; /* boots at reset, since the last beginning, that none of ALIKE_MAX served */
    unsigned strays;  /* STRAY for each boot that nothing kept served, one less for each other */

    /* Of the last run. */
    struct machine cold;
    bool cold_on;
    struct monitor monitor;
    struct verdict verdict;

    const struct warm_trace *trace;
    void *trace_self;
    uint64_t last; /* block of a machine of its own */
};

struct warm *warm_open(const struct image *im, const struct monitor_options *o, struct diag *d)
{
    struct warm *w = calloc(1, sizeof *w);
    if (w == NULL) {
        (void)diag_fail(d, "", 0, "out of memory");
        return NULL;
    }
    w->options = *o;
    w->options.image = im;
    w->options.unpacked = &w->unpacked;
    return w;
}

static void cold_off(struct warm *w)
{
    if (w->cold_on)
        machine_exit(&w->cold);
    w->cold_on = false;
}

void warm_close(struct warm *w)
{
    if (w == NULL)
        return;
    cold_off(w);
    verdict_free(&w->verdict);
    lzma_memo_free(&w->unpacked);
    for (size_t i = 0; i < w->nr_bases; i++) {
        base_off(w->base[i]);
        free(w->base[i]);
    }
    for (size_t i = 0; i <= GUEST_PVH; i++)
        if (w->reset[i] != NULL) {
            base_off(w->reset[i]);
            free(w->reset[i]);
        }
    free(w);
}

void warm_trace(struct warm *w, const struct warm_trace *t, void *self)
{
    w->trace = t;
    w->trace_self = self;
}

/* --- from reset --------------------------------------------------------------------------------------------------- */

static void on_repeated(void *self, uint64_t pc, uint64_t times)
{
    struct warm *w = self;
    w->trace->edge(w->trace_self, w->last, pc, 1);
    if (times > 1)
        w->trace->edge(w->trace_self, pc, pc, times - 1);
    w->last = pc;
}

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    (void)size;
    on_repeated(self, pc, 1);
}

static void trace_cold(struct warm *w)
{
    static const struct engine_spy spy = {.block = on_block, .repeated = on_repeated};
    if (w->trace == NULL)
        return;
    w->last = 0;
    w->trace->begin(w->trace_self);
    engine_spy(w->cold.engine, &spy, w);
}

static bool run_cold(struct warm *w, const struct boot_case *c, struct diag *d)
{
    if (!boot_case_power_on(c, &c->layout, &w->cold, d))
        return false;
    w->cold_on = true;
    w->made++;
    monitor_init(&w->monitor, &w->cold, &w->options, &w->verdict);
    trace_cold(w);
    monitor_run(&w->monitor);
    return true;
}

/* From reset too. */
static bool run_base(struct warm *w, struct base *b, const struct boot_case *c, struct diag *d)
{
    if (!base_begin(b, c, d))
        return false;
    w->made++;
    base_trace(b, w->trace, w->trace_self);
    monitor_init(&w->monitor, &b->machine, &w->options, &w->verdict);
    base_run(b, &w->monitor);
    engine_tell_edges(b->machine.engine);
    return true;
}

/* --- from what is kept -------------------------------------------------------------------------------------------- */

/*
 * To the platform alone: what is taken over leaves no trace in the accessed bits of page tables, which the hand-off is looked at
 * for. And not where each block is wanted.
 */
static bool run_on(struct warm *w, struct base *b)
{
    const bool allowed = w->options.platform && w->options.ran == NULL;
    const bool watched = b->stretches != NULL && stretches_begin(b->stretches, allowed);
    if (watched)
        stretches_watch(b->stretches);
    const bool ran = machine_run(&b->machine);
    engine_tell_edges(b->machine.engine);
    if (watched) {
        engine_spy(b->machine.engine, NULL, NULL);
        stretches_learn(b->stretches);
    }
    return ran;
}

static const char *run_from(struct warm *w, struct base *b, const struct boot_case *c)
{
    const char *why = base_go_back(b, c);
    if (why != NULL)
        return why;
    base_trace(b, w->trace, w->trace_self);
    monitor_resume(&w->monitor, &b->monitor, &b->machine, &w->verdict);
    monitor_judge(&w->monitor, &w->options);
    base_quote(&w->verdict, &c->plan);
    monitor_end(&w->monitor, run_on(w, b));
    why = base_doubt(b);
    if (why != NULL)
        verdict_clear(&w->verdict);
    return why;
}

/* Once more where the guest took a page fault: only the library's own walk delivers it. NULL, or why not. */
static const char *run_warm(struct warm *w, struct base *b, const struct boot_case *c)
{
    struct engine *e = b->machine.engine;
    const char *why = run_from(w, b, c);
    if (why == NULL || why != engine_doubt(e) || !engine_doubts_walk(e) || !engine_walk_itself(e, true))
        return why;
    why = run_from(w, b, c);
    return engine_walk_itself(e, false) ? why : "out of memory";
}

/* From reset, in a machine that has been there before; NULL with @d where only a new one will do. */
static struct base *run_at_reset(struct warm *w, const struct boot_case *c, struct diag *d)
{
    struct base **slot = &w->reset[c->layout.type], *b = *slot;
    if (b == NULL)
        *slot = b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    if (!b->on || !base_same_start(b, c)) {
        base_off(b);
        memset(b, 0, sizeof *b);
        base_init(b, c, NULL);
        monitor_init(&w->monitor, &b->machine, &w->options, &w->verdict);
        if (!base_at_reset(b, c, &w->monitor, d))
            return NULL;
        w->made++;
    }
    return run_warm(w, b, c) == NULL ? b : NULL;
}

/* A beginning that has shown where this firmware looks at the layout, in guests that are handed over as @c; NULL for none. */
static const struct base *shown(const struct warm *w, const struct boot_case *c)
{
    for (size_t i = 0; i < w->nr_bases; i++)
        if (w->base[i]->handoff == c->handoff && (w->base[i]->state == BASE_LOOKED || w->base[i]->state == BASE_KEPT))
            return w->base[i];
    return NULL;
}

/* @b, which is NULL, empty or begun already. */
static struct base *begun(const struct warm *w, const struct boot_case *c, struct base *b)
{
    if (b != NULL && b->handoff == NULL) {
        base_init(b, c, shown(w, c));
        b->used = w->runs;
    }
    return b;
}

/* Makes room of it where it has not served for long; else NULL. */
static struct base *empty(const struct warm *w, struct base *b)
{
    if (b == NULL || w->runs - b->used < BASE_IDLE)
        return NULL;
    base_off(b);
    memset(b, 0, sizeof *b);
    return b;
}

/* For another beginning; NULL where all that are there are in use. The first one shows the others where to begin. */
static struct base *room(struct warm *w)
{
    struct base *oldest = NULL;
    if (w->nr_bases < BASES_MAX) {
        struct base *b = calloc(1, sizeof *b);
        if (b != NULL)
            w->base[w->nr_bases++] = b;
        return b;
    }
    for (size_t i = 1; i < w->nr_bases; i++)
        if (oldest == NULL || w->base[i]->used < oldest->used)
            oldest = w->base[i];
    return empty(w, oldest);
}

/* Why only a new machine can boot @c; NULL when others can. */
static const char *only_anew(const struct warm *w, const struct boot_case *c, enum warm_tier tier)
{
    if (c->handoff->first_stage)
        return "a first stage depends on the layout from its first instruction on";
    if (w->options.written)
        return "what memory the guest writes is told from reset on";
    if (tier == WARM_HANDOFF && w->options.until.kind != UNTIL_HANDOFF)
        return "it goes on past the hand-off";
    if (c->plan.top > BASE_REACH)
        return "the guest's addresses go further than those of a process";
    return NULL;
}

/* Where none serves @c: @next, which is begun, or another. @many: those that differ by memory alone are enough, but for @oldest. */
static struct base *another(struct warm *w, const struct boot_case *c, struct base *next, bool many,
                            struct base *oldest)
{
    if (many && ++w->misfits < MISFITS) /* too few layouts would have another one in common */
        return NULL;
    struct base *b = begun(w, c, next != NULL ? next : many ? empty(w, oldest) : room(w));
    if (b == NULL)
        return NULL;
    w->strays = 0;
    w->misfits = many ? 0 : w->misfits;
    return b;
}

/* The beginning that serves @c and is kept, or is to be; NULL with @why when it is to begin at reset. */
static struct base *choose(struct warm *w, const struct boot_case *c, const char **why)
{
    struct base *next = NULL, *oldest = NULL;
    bool other = false; /* something kept is told apart by more than an answer */
    bool kept = false;  /* there is something for guests that are handed over as this one */
    unsigned alike = 0;
    for (size_t i = 0; i < w->nr_bases; i++) {
        struct base *b = w->base[i];
        kept |= b->handoff == c->handoff && b->state == BASE_KEPT;
        if (!base_serves(b, c))
            continue;
        alike++;
        if (i != 0 && (oldest == NULL || b->used < oldest->used))
            oldest = b;
        if (b->state == BASE_HOPELESS) {
            *why = "where this firmware looks at the layout could not be told";
            continue;
        }
        if (b->state != BASE_KEPT) {
            next = b;
            continue;
        }
        *why = run_warm(w, b, c);
        if (*why == NULL) {
            b->used = w->runs;
            w->strays -= w->strays != 0;
            return b;
        }
        other |= !b->answered;
    }
    if (*why == NULL)
        *why = "nothing was kept yet";
    if (c->plan.top > BASE_RESERVE) /* what is folded cannot be kept */
        return NULL;
    w->strays = w->strays < STRAYS_MAX ? w->strays + STRAY : STRAYS_MAX;
    if (kept && next == NULL && w->strays < STRAYS_MAX)
        return NULL;
    return another(w, c, next, other && alike >= ALIKE_MAX, oldest);
}

size_t warm_fixed(const struct warm *w, struct span *out, size_t max)
{
    for (size_t i = 0; i < w->nr_bases; i++)
        if (w->base[i]->state == BASE_KEPT)
            return demand_kept(&w->base[i]->machine, MIB, out, max);
    return 0;
}

bool warm_run(struct warm *w, const struct boot_case *c, enum warm_tier tier, struct warm_result *out, struct diag *d)
{
    const char *why = only_anew(w, c, tier);
    w->runs++;
    cold_off(w);
    verdict_clear(&w->verdict);
    w->options.platform = tier == WARM_PLATFORM;
    struct base *b = NULL;
    bool ran = false;
    if (why == NULL && (b = choose(w, c, &why)) == NULL)
        ran = (b = run_at_reset(w, c, d)) != NULL;
    else if (b != NULL)
        ran = why == NULL || run_base(w, b, c, d);
    if (!ran && (b != NULL || !run_cold(w, c, d)))
        return false;
    const struct machine *m = b != NULL ? &b->machine : &w->cold;
    struct verdict *v = &w->verdict;
    v->debug_log = platform_debug_log(&m->platform, &v->debug_log_size, &v->debug_log_truncated);
    *out = (struct warm_result){.verdict = v,
                                .machine = m,
                                .warm = why == NULL,
                                .why_cold = why != NULL ? why : "",
                                .spared = b != NULL && b->stretches != NULL ? stretches_spared(b->stretches) : 0};
    return true;
}

bool warm_replay(struct warm *w, const struct boot_case *c, const struct monitor_options *o, struct verdict *v,
                 struct diag *d)
{
    const struct monitor_options usual = w->options;
    struct verdict last = w->verdict;
    last.debug_log = NULL; /* its machine runs again, or is gone */
    last.debug_log_size = 0;
    w->verdict = (struct verdict){0};
    w->options = *o;
    w->options.image = usual.image;
    w->options.unpacked = usual.unpacked;
    cold_off(w);
    const bool anew = only_anew(w, c, o->platform ? WARM_PLATFORM : WARM_HANDOFF) != NULL ||
                      c->layout.nr_disks != 0; /* which no kept machine has */
    const bool ran = (!anew && run_at_reset(w, c, d) != NULL) || run_cold(w, c, d);
    cold_off(w);
    *v = w->verdict;
    w->verdict = last;
    w->options = usual;
    return ran;
}

uint64_t warm_machines(const struct warm *w)
{
    return w->made;
}
