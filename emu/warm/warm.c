/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warm/warm.h"

#include <stdlib.h>
#include <string.h>

#include "warm/base.h"

/* Each is a machine of its own, with translated code and some MiB of memory. */
#define BASES_MAX 6
_Static_assert(WARM_ADDRESS_SPACE >= BASES_MAX * BASE_RESERVE, "what is told of it");

struct warm {
    struct monitor_options options;
    struct base *base[BASES_MAX];
    size_t nr_bases;

    /* Of the last run. */
    struct machine cold;
    bool cold_on;
    struct monitor monitor;
    struct verdict verdict;

    void (*trace)(void *self, uint64_t pc);
    void *trace_self;
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
    for (size_t i = 0; i < w->nr_bases; i++) {
        base_off(w->base[i]);
        free(w->base[i]);
    }
    free(w);
}

void warm_trace(struct warm *w, void (*fn)(void *self, uint64_t pc), void *self)
{
    w->trace = fn;
    w->trace_self = self;
}

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct warm *w = self;
    (void)size;
    if (w->trace != NULL)
        w->trace(w->trace_self, pc);
}

static const struct engine_spy spy = {.block = on_block};

/* --- from reset --------------------------------------------------------------------------------------------------- */

static bool run_cold(struct warm *w, const struct boot_case *c, struct diag *d)
{
    if (!boot_case_power_on(c, &c->layout, &w->cold, d))
        return false;
    w->cold_on = true;
    monitor_init(&w->monitor, &w->cold, &w->options, &w->verdict);
    if (w->trace != NULL)
        engine_spy(w->cold.engine, &spy, w);
    monitor_run(&w->monitor);
    return true;
}

/* From reset too. */
static bool run_base(struct warm *w, struct base *b, const struct boot_case *c, struct diag *d)
{
    if (!base_begin(b, c, d))
        return false;
    base_trace(b, w->trace != NULL ? &spy : NULL, w);
    monitor_init(&w->monitor, &b->machine, &w->options, &w->verdict);
    base_run(b, &w->monitor);
    return true;
}

/* --- from what is kept -------------------------------------------------------------------------------------------- */

static const char *run_warm(struct warm *w, struct base *b, const struct boot_case *c)
{
    const char *why = base_go_back(b, c);
    if (why != NULL)
        return why;
    base_trace(b, w->trace != NULL ? &spy : NULL, w);
    monitor_resume(&w->monitor, &b->monitor, &b->machine, &w->verdict);
    base_quote(&w->verdict, &c->plan);
    monitor_end(&w->monitor, machine_run(&b->machine));
    why = engine_doubt(b->machine.engine);
    if (why != NULL)
        verdict_clear(&w->verdict);
    return why;
}

/* The beginning that serves @c and is kept, or is to be; NULL with @why when it is to begin at reset. */
static struct base *choose(struct warm *w, const struct boot_case *c, enum warm_tier tier, const char **why)
{
    struct base *next = NULL;
    if (c->handoff->first_stage) {
        *why = "a first stage depends on the layout from its first instruction on";
        return NULL;
    }
    if (w->options.written) {
        *why = "what memory the guest writes is told from reset on";
        return NULL;
    }
    if (tier == WARM_HANDOFF && w->options.until.kind != UNTIL_HANDOFF) {
        *why = "it goes on past the hand-off";
        return NULL;
    }
    if (c->plan.top > BASE_RESERVE) {
        *why = "the guest's addresses go further than those reserved";
        return NULL;
    }
    for (size_t i = 0; i < w->nr_bases; i++) {
        struct base *b = w->base[i];
        if (!base_serves(b, c, tier))
            continue;
        if (b->state == BASE_HOPELESS) {
            *why = "where this firmware looks at the layout could not be told";
            return NULL;
        }
        if (b->state != BASE_KEPT) {
            next = b;
            continue;
        }
        *why = run_warm(w, b, c);
        if (*why == NULL)
            return b;
        if (!b->answered)
            return NULL;
    }
    if (*why == NULL)
        *why = "nothing was kept yet";
    if (next != NULL || w->nr_bases == BASES_MAX)
        return next;
    next = calloc(1, sizeof *next);
    if (next != NULL) {
        base_init(next, c, tier);
        w->base[w->nr_bases++] = next;
    }
    return next;
}

bool warm_run(struct warm *w, const struct boot_case *c, enum warm_tier tier, struct warm_result *out, struct diag *d)
{
    const char *why = NULL;
    cold_off(w);
    verdict_clear(&w->verdict);
    w->options.platform = tier == WARM_PLATFORM;
    struct base *b = choose(w, c, tier, &why);
    if (why != NULL && !(b != NULL ? run_base(w, b, c, d) : run_cold(w, c, d)))
        return false;
    const struct machine *m = b != NULL ? &b->machine : &w->cold;
    struct verdict *v = &w->verdict;
    v->debug_log = platform_debug_log(&m->platform, &v->debug_log_size, &v->debug_log_truncated);
    *out = (struct warm_result){.verdict = v, .machine = m, .warm = why == NULL, .why_cold = why != NULL ? why : ""};
    return true;
}
