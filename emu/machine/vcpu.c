/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/vcpu.h"

#include <string.h>

void vcpus_init(struct vcpus *p, unsigned nr)
{
    p->nr = nr < VCPUS_MAX ? nr : VCPUS_MAX;
    p->current = 0;
    p->changed = p->yield = false;
    memset(p->v, 0, p->nr * sizeof p->v[0]);
    p->v[0].state = VCPU_UP;
    p->v[0].started = true;
}

static void set_state(struct vcpus *p, unsigned i, enum vcpu_state s)
{
    struct vcpu *v = &p->v[i];
    v->state = s;
    v->blocked = false;
    v->halted = false;
    v->started |= s == VCPU_UP;
    p->changed = true;
}

bool vcpus_reset(struct vcpus *p, unsigned i)
{
    if (p->v[i].state == VCPU_ABSENT)
        return false;
    set_state(p, i, VCPU_ABSENT);
    p->v[i].by_sipi = false;
    return true;
}

void vcpus_sipi(struct vcpus *p, unsigned i, uint8_t vector)
{
    struct vcpu *v = &p->v[i];
    if (v->state != VCPU_ABSENT)
        return;
    v->entry = (struct cpu_entry){
        .mode = ENTRY_REAL,
        .cs = (uint16_t)(vector << 8),
        .gdt_limit = 0xFFFF,
        .idt_limit = 0xFFFF,
    };
    v->fresh = true;
    v->by_sipi = true;
    set_state(p, i, VCPU_UP);
}

void vcpus_prepare(struct vcpus *p, unsigned i, const struct cpu_entry *entry)
{
    struct vcpu *v = &p->v[i];
    v->entry = *entry;
    v->fresh = true;
    v->by_sipi = false;
    v->state = VCPU_DOWN;
}

void vcpus_up(struct vcpus *p, unsigned i)
{
    if (p->v[i].state == VCPU_DOWN)
        set_state(p, i, VCPU_UP);
}

void vcpus_down(struct vcpus *p, unsigned i)
{
    if (p->v[i].state == VCPU_UP)
        set_state(p, i, VCPU_DOWN);
}

void vcpus_halt(struct vcpus *p, bool interrupts)
{
    struct vcpu *v = &p->v[p->current];
    if (interrupts) {
        v->blocked = true;
        p->changed = true;
    } else {
        set_state(p, p->current, VCPU_DOWN);
    }
    v->halted = true;
}

void vcpus_wake(struct vcpus *p, unsigned i)
{
    p->v[i].blocked = false;
    p->v[i].halted = false;
    p->changed = true;
}

static bool runnable(const struct vcpu *v)
{
    return v->state == VCPU_UP && !v->blocked;
}

unsigned vcpus_online(const struct vcpus *p)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->nr; i++)
        n += p->v[i].state == VCPU_UP;
    return n;
}

unsigned vcpus_runnable(const struct vcpus *p)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->nr; i++)
        n += runnable(&p->v[i]);
    return n;
}

unsigned vcpus_next(const struct vcpus *p)
{
    for (unsigned n = 1; n <= p->nr; n++) {
        const unsigned i = (p->current + n) % p->nr;
        if (runnable(&p->v[i]))
            return i;
    }
    return p->nr;
}

void vcpus_forget_starts(struct vcpus *p)
{
    for (unsigned i = 0; i < p->nr; i++)
        p->v[i].started = i == 0;
}

unsigned vcpus_started(const struct vcpus *p)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->nr; i++)
        n += p->v[i].started;
    return n;
}
