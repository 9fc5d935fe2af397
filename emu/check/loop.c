/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops, proved and not guessed. Every so many blocks the state of the CPU is taken; when the same block is
 * reached again with the same registers, and nothing was stored in between that changed memory, and no device was
 * asked, then the machine, which is deterministic, will do the same for ever. A loop that asks a device is dead
 * when its state, in registers and in memory, stays the same over seconds of virtual time.
 */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "machine/interrupt.h"

/* Blocks that one turn of a loop may take; a longer one is left to the budget. */
#define LOOP_BLOCKS_MAX 4096u
#define POLL_NS 2000000000ULL
#define POLL_VISITS 1000u
#define POLL_SKIP 100000u /* instructions, 50 us a turn */

static void stop_looking(struct monitor *mon)
{
    mon->loop.looking = false;
    engine_trace(mon->m->engine, NULL, NULL);
    if (mon->loop.stores)
        machine_pause(mon->m);
}

static void dead(struct monitor *mon, bool polls)
{
    struct loop_watch *l = &mon->loop;
    bool again;
    uint64_t lowest = l->lowest;
    stop_looking(mon);
    struct finding *f = record(mon, RULE_DEAD_LOOP, lowest, plan_find(mon->m->plan, lowest), &again);
    if (f == NULL || again)
        return;
    f->gva = f->gpa = lowest;
    take_backtrace(mon, f, l->pc);
    (void)snprintf(f->text, sizeof f->text, "the loop at %#llx can never end%s", (unsigned long long)lowest,
                   polls ? ": it waits for a device that does not answer" : "");
    explain(mon, f);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct monitor *mon = self;
    uint64_t old = 0;
    if (size > sizeof old || !memory_read(&mon->m->memory, gpa, &old, size) || memcmp(&old, &value, size) != 0)
        mon->loop.stored = true;
}

/* Back at the block where we look from, with the same state. */
static void same_state(struct monitor *mon)
{
    struct loop_watch *l = &mon->loop;
    l->visits++;
    if (mon->exits != l->exits_at) {
        if (l->visits < POLL_VISITS)
            return;
        if (!l->stores) { /* its state may lie in memory, such as a counter */
            l->stores = true;
            machine_pause(mon->m);
        } else if (l->stored)
            stop_looking(mon);
        else if (machine_virtual_ns(mon->m) - l->since_ns >= POLL_NS)
            dead(mon, true);
        else
            machine_charge(mon->m, POLL_SKIP); /* only time can end this: let it fly */
    } else if (!l->stores) {
        if (l->visits >= 2) {
            l->stores = true; /* the last step: watch what it stores, for a few turns */
            machine_pause(mon->m);
        }
    } else if (l->stored) {
        stop_looking(mon);
    } else if (l->visits >= 5) {
        dead(mon, false);
    }
}

static void on_block(void *self, uint64_t pc)
{
    struct monitor *mon = self;
    struct loop_watch *l = &mon->loop;
    if (pc < l->lowest)
        l->lowest = pc;
    if (++l->blocks > LOOP_BLOCKS_MAX) {
        stop_looking(mon);
        return;
    }
    if (pc != l->pc)
        return;
    uint8_t now[ENGINE_STATE_SIZE];
    engine_state(mon->m->engine, now);
    l->blocks = 0;
    if (memcmp(now, l->state, sizeof now) == 0)
        same_state(mon);
    else
        stop_looking(mon);
}

void loop_tick(struct monitor *mon, uint64_t pc)
{
    struct loop_watch *l = &mon->loop;
    if (interrupts_expected(mon->m) || l->looking || l->stores || !machine_alone(mon->m) || mon->standstill.stores)
        return; /* others could change what this one waits for: standstill.c */
    *l = (struct loop_watch){.looking = true, .pc = pc, .lowest = pc, .exits_at = mon->exits};
    l->since_ns = machine_virtual_ns(mon->m);
    engine_state(mon->m->engine, l->state);
    engine_trace(mon->m->engine, on_block, mon);
}

void loop_paused(struct monitor *mon)
{
    struct loop_watch *l = &mon->loop;
    if (l->looking && !machine_alone(mon->m))
        stop_looking(mon);
    if (l->looking && l->stores)
        engine_watch_stores(mon->m->engine, on_store, mon);
    if (!l->looking && l->stores) {
        engine_watch_stores(mon->m->engine, NULL, NULL);
        l->stores = false;
    }
}
