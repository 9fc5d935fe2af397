/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/trial.h"

#include <string.h>

#include "why/why.h"

bool trial_prepare(struct trial *t, const struct layout *l, const struct image *im, const struct trial_options *o,
                   struct diag *d)
{
    if (!boot_case_prepare(&t->boot, l, im, &o->choice, d))
        return false;
    t->boot.unchecked = o->unchecked;
    if (o->nr_fills != 0)
        t->boot.layout.fill = o->fill[0];
    return true;
}

static bool power_on(void *self, const struct layout *l, struct machine *m, struct diag *d)
{
    return boot_case_power_on(self, l, m, d);
}

/* *@more: whether further boots may follow, to explain it. */
static bool boot_once(struct trial *t, const struct monitor_options *options, const struct trial_visitor *visitor,
                      bool *more, struct diag *d)
{
    struct monitor own, *monitor = visitor != NULL && visitor->monitor != NULL ? visitor->monitor : &own;
    if (!boot_case_power_on(&t->boot, &t->boot.layout, &t->machine, d))
        return false;
    monitor_init(monitor, &t->machine, options, &t->verdict);
    if (visitor != NULL && !visitor->begins(visitor->self, monitor, d))
        return false;
    monitor_run(monitor);
    *more = visitor == NULL || visitor->ended(visitor->self, monitor);
    t->verdict.debug_log =
        platform_debug_log(&t->machine.platform, &t->verdict.debug_log_size, &t->verdict.debug_log_truncated);
    t->verdict.console.text = console_log(&t->machine.xen, &t->verdict.console.size, &t->verdict.console.truncated);
    return true;
}

static bool boot_with_each(struct trial *t, const struct trial_options *o, const struct monitor_options *options,
                           struct diag *d)
{
    struct monitor_options each = *options;
    each.written = false; /* the engine tells one listener of stores */
    struct compare_setup s = {
        .layout = &t->boot.layout, .nr = o->nr_fills, .options = &each, .power_on = power_on, .self = &t->boot};
    memcpy(s.fill, o->fill, sizeof s.fill);
    bool ok = compare_boots(&s, &t->verdict, &t->compared, d);
    t->boot.layout.fill = o->fill[t->compared.shown];
    return ok;
}

/* Who is to blame. Of several fills the comparison tells that itself. */
static bool ask_why(struct trial *t, const struct trial_options *o, const struct monitor_options *options,
                    struct diag *d)
{
    struct monitor_options again = *options;
    again.written = false; /* the engine tells one listener of stores */
    const struct why_setup s = {.layout = &t->boot.layout, .options = &again, .power_on = power_on, .self = &t->boot};
    return o->no_why || o->nr_fills > 1 || why_ask(&s, &t->verdict, d);
}

bool trial_boot(struct trial *t, const struct trial_options *o, struct diag *d)
{
    struct monitor_options options = o->monitor;
    options.image = t->boot.image;
    options.unpacked = &t->unpacked;
    cache_serve(cache_held(o->cache, t->boot.image->sha256), &t->unpacked);
    t->symbols = o->monitor.symbols;
    bool more = true;
    bool ok = o->nr_fills > 1 ? boot_with_each(t, o, &options, d) : boot_once(t, &options, o->visitor, &more, d);
    return ok && (!more || ask_why(t, o, &options, d));
}

/* machine/memory.c reserves the guest's space, pages.c as much again where pages move; boots follow one another, or two
 * stand side by side (why/, compare/). */
#define MACHINES 4u
uint64_t trial_address_space(uint64_t top, const struct trial_options *o)
{
    return (MACHINES + o->nr_fills) * 2 * top;
}

void trial_input(const struct trial *t, char version[ENGINE_VERSION_SIZE], struct report_input *in)
{
    engine_version(version);
    *in = (struct report_input){
        .image = t->boot.image,
        .layout = &t->boot.layout,
        .guest = &t->boot.guest,
        .plan = &t->boot.plan,
        .verdict = &t->verdict,
        .handoff = t->boot.handoff->name,
        .loader = t->boot.loader.bytes != NULL ? &t->boot.loader : NULL,
        .compared = t->compared.nr_runs != 0 ? &t->compared : NULL,
        .engine_version = version,
        .symbols = t->symbols,
        .exit_code = verdict_exit_code(&t->verdict),
    };
}

void trial_free(struct trial *t)
{
    if (t->machine.engine != NULL)
        machine_exit(&t->machine);
    lzma_memo_free(&t->unpacked);
    compare_free(&t->compared);
    verdict_free(&t->verdict);
    boot_case_free(&t->boot);
}
