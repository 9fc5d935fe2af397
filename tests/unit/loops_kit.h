/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops of a few bytes: a PVH guest's processors, run until a loop is proved to be dead or the budget is spent. */
#ifndef HVMBED_TESTS_LOOPS_KIT_H
#define HVMBED_TESTS_LOOPS_KIT_H

#include "checks_kit.h"

#include "check/internal.h"

#define CODE 0x900000u
#define DATA 0x5000000u
#define PLACE(cpu) (CODE + 0x10000u * (cpu))
#define CPUS 3u

struct program {
    const char *what;
    const char *code[CPUS]; /* as hex digits; NULL: not that many processors */
    bool dead;
    uint64_t at;      /* where the finding is; 0: anywhere */
    const char *says; /* NULL: anything */
};

static struct checks kit;
static struct checks *const c = &kit;

static inline size_t hex(const char *text, uint8_t *out)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        if (*text != ' ') {
            const char digits[] = {text[0], text[1], '\0'};
            out[n++] = (uint8_t)strtoul(digits, NULL, 16);
            text++;
        }
    return n;
}

static inline void start(unsigned cpus, uint64_t budget)
{
    memset(c, 0, sizeof *c);
    guest_init(&c->t, GUEST_PVH, 256, 0, AMPLE, 2);
    c->t.l.vcpus = cpus;
    checks_start(c, false);
    c->mon.options.budget = budget;
    *verdict_add_module(&c->v) = (struct module){.name = "Loops", .base = CODE, .size = CPUS * 0x10000};
    for (unsigned i = 1; i < cpus; i++) {
        struct cpu_entry entry = c->entry;
        entry.eip = PLACE(i);
        vcpus_prepare(&c->m.vcpus, i, &entry);
        vcpus_up(&c->m.vcpus, i);
    }
    if (cpus > 1)
        engine_slice(c->m.engine, 4096); /* as where one of them has started the others */
    engine_jump(c->m.engine, CODE);
}

static inline void finish(const struct program *p)
{
    const struct finding *f = NULL;
    monitor_run(&c->mon);
    for (size_t i = 0; i < c->v.findings.nr; i++)
        if (c->v.findings.f[i].rule == RULE_DEAD_LOOP)
            f = &c->v.findings.f[i];
    if ((f != NULL) != p->dead)
        fail_msg("%s: %sdead: %s", p->what, p->dead ? "not " : "", f != NULL ? f->text : c->v.detail);
    if (c->v.ending != (p->dead ? END_FINDING : END_BUDGET))
        fail_msg("%s: ending %s: %s", p->what, ending_name(c->v.ending), c->v.detail);
    if (f != NULL && p->at != 0 && (f->gpa != p->at || f->gva != p->at || f->at.gva != p->at))
        fail_msg("%s: at %#llx", p->what, (unsigned long long)f->gpa);
    if (f != NULL && p->says != NULL && strstr(f->text, p->says) == NULL)
        fail_msg("%s: %s", p->what, f->text);
    checks_exit(c);
}

#endif
