/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a loop does to memory: whether it changes any, and what it loads, which interrupts may change. */
#include <string.h>

#include "base/le.h"
#include "check/internal.h"
#include "check/loop/loop.h"

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct monitor *mon = self;
    uint64_t old = 0;
    if (mon->loop.serving)
        return;
    if (size > sizeof old || !memory_read(&mon->m->memory, gpa, &old, size) || memcmp(&old, &value, size) != 0)
        mon->loop.stored = true;
}

static void note(struct monitor *mon, uint64_t gpa)
{
    struct loop_watch *l = &mon->loop;
    uint8_t raw[8];
    for (size_t i = 0; i < l->nr_loads; i++)
        if (l->load[i].gpa == gpa)
            return;
    if (!memory_read(&mon->m->memory, gpa, raw, sizeof raw))
        return; /* a device's */
    if (l->nr_loads == LOOP_LOADS_MAX)
        l->too_many = true;
    else
        l->load[l->nr_loads++] = (struct loop_load){gpa, le64(raw)};
}

static void on_load(void *self, uint64_t gpa, unsigned size)
{
    struct monitor *mon = self;
    if (mon->loop.serving)
        return;
    for (uint64_t at = gpa & ~7ull; at < gpa + size; at += 8)
        note(mon, at);
}

bool loop_memory_same(const struct monitor *mon)
{
    const struct loop_watch *l = &mon->loop;
    for (size_t i = 0; i < l->nr_loads; i++) {
        uint8_t raw[8];
        if (!memory_read(&mon->m->memory, l->load[i].gpa, raw, sizeof raw) || le64(raw) != l->load[i].value)
            return false;
    }
    return true;
}

void loop_memory_paused(struct monitor *mon)
{
    struct loop_watch *l = &mon->loop;
    const bool stores = l->looking && l->stage != LOOP_STATE, loads = l->looking && l->stage == LOOP_LOADS;
    if (stores != l->stores)
        engine_watch_stores(mon->m->engine, stores ? on_store : NULL, mon);
    if (loads != l->loads)
        engine_watch_loads(mon->m->engine, loads ? on_load : NULL, mon);
    l->stores = stores;
    l->loads = loads;
}
