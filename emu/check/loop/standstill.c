/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops of several processors at once. One that loops proves nothing while another could change what it waits for;
 * but when, from one moment on, each of them in turn comes back to the state it began its turn with, and none has
 * changed memory or asked a device, then all of them will do the same for ever. Proved like one processor's loop
 * (loop.c), over a whole round, first without and then with a look at what is stored. Not where a timer may still
 * interrupt one of them.
 */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "check/loop/loop.h"
#include "machine/interrupt.h"

#define VISITS 3u /* how often a turn must come back to its first state */

static void stop_looking(struct monitor *mon)
{
    mon->standstill.looking = false;
    engine_trace(mon->m->engine, NULL, NULL);
    if (mon->standstill.stores)
        machine_pause(mon->m);
}

static void begin_turn(struct monitor *mon, uint64_t pc)
{
    struct standstill_watch *s = &mon->standstill;
    s->vcpu = mon->m->vcpus.current;
    s->pc = s->lowest = pc;
    s->visits = 0;
    engine_state(mon->m->engine, s->state);
}

static void all_stand(struct monitor *mon)
{
    struct standstill_watch *s = &mon->standstill;
    if (!s->stores) {
        s->stores = s->anew = true; /* once more, and watch what they store */
        machine_pause(mon->m);
        return;
    }
    bool again;
    uint64_t lowest = s->lowest;
    stop_looking(mon);
    struct finding *f = record(mon, RULE_DEAD_LOOP, lowest, plan_find(mon->m->plan, lowest), &again);
    if (f == NULL || again)
        return;
    f->gva = f->gpa = lowest;
    const unsigned others = vcpus_runnable(&mon->m->vcpus) - 1;
    (void)snprintf(f->text, sizeof f->text, "the loop at %#llx can never end: %u other processor%s loop%s as well",
                   (unsigned long long)lowest, others, others == 1 ? "" : "s", others == 1 ? "s" : "");
}

/* The current one's turn has come back to where it began. */
static void stands(struct monitor *mon)
{
    struct standstill_watch *s = &mon->standstill;
    const struct vcpus *p = &mon->m->vcpus;
    if (++s->visits != VISITS)
        return;
    s->proved++;
    /* The finding is vCPU 0's, if it is among them. */
    const bool its_turn = s->vcpu == 0 || p->v[0].state != VCPU_UP || p->v[0].blocked;
    if (s->proved >= vcpus_runnable(p) && its_turn)
        all_stand(mon);
}

static void on_block(void *self, uint64_t pc)
{
    struct monitor *mon = self;
    struct standstill_watch *s = &mon->standstill;
    if (s->anew) {
        s->anew = false;
        s->first = true;
        s->proved = 0;
        begin_turn(mon, pc);
        return;
    }
    if (s->stored || mon->exits != s->exits_at || interrupts_expected(mon->m)) {
        stop_looking(mon);
        return;
    }
    if (mon->m->vcpus.current != s->vcpu) {
        /* Ticks and turns may keep step for ever: then each round begins with the end of a turn. */
        const bool short_turn = s->visits < VISITS && !s->first;
        s->first = false;
        if (short_turn)
            stop_looking(mon);
        else
            begin_turn(mon, pc);
        return;
    }
    if (pc < s->lowest)
        s->lowest = pc;
    if (pc != s->pc)
        return;
    uint8_t now[ENGINE_STATE_SIZE];
    engine_state(mon->m->engine, now);
    if (memcmp(now, s->state, sizeof now) == 0)
        stands(mon);
    else
        stop_looking(mon);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct monitor *mon = self;
    uint64_t old = 0;
    if (size > sizeof old || !memory_read(&mon->m->memory, gpa, &old, size) || memcmp(&old, &value, size) != 0)
        mon->standstill.stored = true;
}

void standstill_tick(struct monitor *mon)
{
    struct standstill_watch *s = &mon->standstill;
    if (s->looking || s->stores || mon->loop.looking || mon->loop.stores || mon->loop.loads || machine_alone(mon->m))
        return;
    *s = (struct standstill_watch){.looking = true, .anew = true, .exits_at = mon->exits};
    engine_trace(mon->m->engine, on_block, mon);
}

void standstill_paused(struct monitor *mon)
{
    struct standstill_watch *s = &mon->standstill;
    if (s->looking && machine_alone(mon->m))
        stop_looking(mon);
    if (s->looking && s->stores)
        engine_watch_stores(mon->m->engine, on_store, mon);
    if (!s->looking && s->stores) {
        engine_watch_stores(mon->m->engine, NULL, NULL);
        s->stores = false;
    }
}
