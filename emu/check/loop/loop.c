/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops, proved and not guessed. Every so many blocks the state of the CPU is taken; when the same block is
 * reached again with the same registers, and nothing was stored in between that changed memory, and no device was
 * asked, then the machine, which is deterministic, will do the same for ever. A loop that asks a device is dead
 * when its state, in registers and in memory, stays the same over seconds of virtual time.
 *
 * Where interrupts come in between, they alone can end such a loop: by changing what it loads. So that is noted, and
 * then time goes on from one timer to the next, with one turn of the loop in between, until in a minute none has
 * changed it, nor the registers. No firmware waits that long for an event without looking at anything else.
 */
#include <stdio.h>
#include <string.h>

#include "check/explain/explain.h"
#include "check/internal.h"
#include "check/loop/loop.h"
#include "machine/interrupt.h"

/* Blocks that one turn of a loop may take; a longer one is left to the budget. The same for serving an interrupt. */
#define LOOP_BLOCKS_MAX 4096u
#define SERVING_BLOCKS_MAX (1u << 20)
#define STATE_VISITS 2u
#define STORES_VISITS 5u
#define LOADS_VISITS 3u
#define POLL_VISITS 1000u
#define POLL_NS 2000000000ULL
#define POLL_SKIP 100000u /* instructions, 50 us a turn */
#define INTERRUPTED_NS 60000000000ULL
#define INTERRUPTED_SKIP_MAX 2000000u /* a millisecond */

static void stop_looking(struct monitor *mon)
{
    mon->loop.looking = false;
    engine_trace(mon->m->engine, NULL, NULL);
    if (mon->loop.stores || mon->loop.loads)
        machine_pause(mon->m);
}

static void go_on_with(struct monitor *mon, enum loop_stage stage)
{
    struct loop_watch *l = &mon->loop;
    l->stage = stage;
    l->visits = 0;
    if (stage == LOOP_TIME) {
        l->since_ns = machine_virtual_ns(mon->m);
        l->served = 0;
        l->skip = POLL_SKIP;
    }
    machine_pause(mon->m); /* memory is watched otherwise from now on */
}

static void describe(const struct monitor *mon, struct finding *f, bool polls)
{
    const struct loop_watch *l = &mon->loop;
    const unsigned long long at = l->lowest;
    const char *device = polls ? ": it waits for a device that does not answer" : "";
    if (l->stage != LOOP_TIME)
        (void)snprintf(f->text, sizeof f->text, "the loop at %#llx can never end%s", at, device);
    else
        (void)snprintf(f->text, sizeof f->text,
                       "the loop at %#llx does not end%s; %llu interrupts in %llu s changed nothing that it reads", at,
                       device, (unsigned long long)l->served, INTERRUPTED_NS / 1000000000u);
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
    describe(mon, f, polls);
    explain(mon, f);
}

/* Only time can end this: let it fly. */
static void let_fly(struct monitor *mon, bool polls)
{
    struct loop_watch *l = &mon->loop;
    if (l->stage != LOOP_TIME) {
        machine_charge(mon->m, POLL_SKIP);
    } else if (polls) { /* devices change at any time */
        machine_charge(mon->m, l->skip);
        l->skip += l->skip < INTERRUPTED_SKIP_MAX ? l->skip / 8 : 0;
    } else if (l->visits >= STATE_VISITS) {
        interrupts_skip(mon->m);
    }
}

/* Back at the block where we look from, with the same state. */
static void same_state(struct monitor *mon)
{
    struct loop_watch *l = &mon->loop;
    const bool polls = mon->exits != l->exits_at, interrupted = l->open && interrupts_armed(mon->m);
    l->visits++;
    if (l->stored || l->too_many) {
        stop_looking(mon);
        return;
    }
    switch (l->stage) {
    case LOOP_STATE:
        if (l->visits >= (polls ? POLL_VISITS : STATE_VISITS))
            go_on_with(mon, LOOP_STORES); /* its state may lie in memory, such as a counter */
        break;
    case LOOP_STORES:
        if (interrupted && l->visits >= STORES_VISITS)
            go_on_with(mon, LOOP_LOADS);
        else if (!interrupted && !polls && l->visits >= STORES_VISITS)
            dead(mon, false);
        else if (!interrupted && polls && machine_virtual_ns(mon->m) - l->since_ns >= POLL_NS)
            dead(mon, true);
        else if (!interrupted && polls)
            let_fly(mon, true);
        break;
    case LOOP_LOADS:
        if (l->visits >= LOADS_VISITS)
            go_on_with(mon, LOOP_TIME);
        break;
    case LOOP_TIME:
        if (machine_virtual_ns(mon->m) - l->since_ns >= INTERRUPTED_NS)
            dead(mon, polls);
        else if (!interrupted) /* the last timer has run out */
            go_on_with(mon, LOOP_STORES);
        else
            let_fly(mon, polls);
        break;
    }
}

static bool is_state(struct monitor *mon, const uint8_t state[ENGINE_STATE_SIZE])
{
    uint8_t now[ENGINE_STATE_SIZE];
    engine_state(mon->m->engine, now);
    return memcmp(now, state, sizeof now) == 0;
}

/* True when the interrupt has been served and the loop goes on with this block. */
static bool is_back(struct monitor *mon, uint64_t pc)
{
    struct loop_watch *l = &mon->loop;
    if (pc != l->back_pc || !is_state(mon, l->back)) {
        if (++l->blocks > SERVING_BLOCKS_MAX)
            stop_looking(mon);
        return false;
    }
    l->serving = false;
    l->served++;
    l->blocks = 0;
    if (l->stage == LOOP_TIME)
        l->visits = 0;
    l->exits_at += mon->exits - l->back_exits;
    if (loop_memory_same(mon))
        return true;
    stop_looking(mon);
    return false;
}

static void on_block(void *self, uint64_t pc)
{
    struct monitor *mon = self;
    struct loop_watch *l = &mon->loop;
    if (l->serving && !is_back(mon, pc))
        return;
    l->open = l->open || engine_interrupts(mon->m->engine);
    if (pc < l->lowest)
        l->lowest = pc;
    if (++l->blocks > LOOP_BLOCKS_MAX) {
        stop_looking(mon);
        return;
    }
    if (pc != l->pc)
        return;
    l->blocks = 0;
    if (is_state(mon, l->state))
        same_state(mon);
    else
        stop_looking(mon);
}

void loop_tick(struct monitor *mon, uint64_t pc)
{
    struct loop_watch *l = &mon->loop;
    if (l->looking || l->stores || l->loads || !machine_alone(mon->m) || mon->standstill.stores)
        return; /* others could change what this one waits for: standstill.c */
    *l = (struct loop_watch){.looking = true, .pc = pc, .lowest = pc, .exits_at = mon->exits};
    l->since_ns = machine_virtual_ns(mon->m);
    engine_state(mon->m->engine, l->state);
    engine_trace(mon->m->engine, on_block, mon);
}

void loop_interrupted(struct monitor *mon)
{
    struct loop_watch *l = &mon->loop;
    if (!l->looking || l->serving)
        return;
    l->serving = true;
    l->blocks = 0;
    l->back_pc = engine_pc(mon->m->engine);
    l->back_exits = mon->exits;
    engine_state(mon->m->engine, l->back);
}

void loop_paused(struct monitor *mon)
{
    if (mon->loop.looking && !machine_alone(mon->m))
        stop_looking(mon);
    loop_memory_paused(mon);
}
