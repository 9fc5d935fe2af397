/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that stands still, and a hand-off to be looked at: a HOB list out of a good firmware's, changed by a test. */
#ifndef HVMBED_TESTS_CHECKS_KIT_H
#define HVMBED_TESTS_CHECKS_KIT_H

#include "guest_kit.h"

#include "check/handoff/handoff.h"
#include "machine/exits.h"
#include "machine/machine.h"
#include "xen/abi.h"

struct checks {
    struct guest t;
    struct e820_map e820; /* as it was */
    struct plan plan;
    struct cpu_entry entry;
    struct machine m;
    struct monitor mon;
    struct verdict v;
    struct hob h[32];
    struct hob_list hobs;
    struct view view;
};

/* Where the hand-off has what. */
#define PEI_MEMORY 0x2000000u
#define PEI_MEMORY_END 0x3000000u
#define LIST_END 0x2008000u
#define HEAP_END 0x2010000u
#define STACK_TOP 0x2f20000u
#define VOLUME 0x2800000u
enum { PHIT, LOW_RAM, RAM, RESERVED, HOLE, NVS, HEAP, STACK, FREED, CPU, NR_HOBS };

static inline struct hob *checks_add(struct checks *c, uint16_t type, uint32_t kind, uint64_t start, uint64_t end)
{
    struct hob *h = &c->h[c->hobs.nr++];
    *h = (struct hob){.at = PEI_MEMORY + 0x1000 + 0x80 * c->hobs.nr,
                      .type = type,
                      .kind = kind,
                      .size = 48,
                      .attributes = HOB_ATTRIBUTE_TESTED,
                      .range = {start, end}};
    return h;
}

static inline void checks_forget(struct checks *c)
{
    for (size_t i = 0; i < c->v.findings.nr; i++)
        free(c->v.findings.f[i].trace);
    c->v.findings.nr = 0;
}

/* Nothing found, and the list as it should be. */
static inline void checks_reset(struct checks *c)
{
    checks_forget(c);
    c->v.nr_known = 0;
    c->mon.e820_told = true;
    c->t.g.e820 = c->e820;
    memset(c->h, 0, sizeof c->h);
    c->hobs = (struct hob_list){.h = c->h, .complete = true};
    checks_add(c, HOB_HANDOFF, 0, 0, 0)->phit = (struct hob_phit){.memory_bottom = PEI_MEMORY,
                                                                  .memory_top = PEI_MEMORY_END,
                                                                  .free_bottom = HEAP_END,
                                                                  .free_top = 0x2f00000,
                                                                  .end = LIST_END};
    const bool pvh = c->t.l.type == GUEST_PVH;
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RAM, 0, 0xA0000);
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RAM, MIB, c->t.g.low_end);
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RESERVED, pvh ? 0xA0000 : 0xF0000, MIB);
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_MMIO, 0xF0000000, 0xFC000000);
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RESERVED, 0xFC000000, 4 * GIB);
    checks_add(c, HOB_ALLOCATION, 4, PEI_MEMORY, HEAP_END);
    checks_add(c, HOB_ALLOCATION, 4, STACK_TOP - 0x20000, STACK_TOP)->guid = hob_guid_stack;
    checks_add(c, HOB_ALLOCATION, HOB_MEMORY_FREE, 0x2a00000, 0x2a10000);
    struct hob *cpu = checks_add(c, HOB_CPU, 0, 0, 0);
    cpu->mem_bits = 40;
    cpu->io_bits = 16;
    c->view = (struct view){.mon = &c->mon, .m = &c->m, .hobs = &c->hobs};
    c->view.regs.gpr[CPU_RSP] = STACK_TOP - 8;
}

/* The guest is made, and nothing else. @again: memory is of pages.h, as where boots come one after the other. */
static inline void checks_start(struct checks *c, bool again)
{
    struct diag d = {0};
    struct monitor_options o;
    const struct machine_guest g = {&c->t.l, &c->t.g, &c->plan};
    c->e820 = c->t.g.e820;
    guest_plan(&c->t, &c->plan, &c->entry);
    if (!(again ? machine_init_again(&c->m, &g, &c->entry, true, &machine_exits, c->plan.top, &d)
                : machine_init(&c->m, &c->t.l, &c->t.g, &c->plan, &c->entry, true, false, &d)))
        fail_msg("%s", d.message);
    monitor_defaults(&o);
    monitor_init(&c->mon, &c->m, &o, &c->v);
    checks_reset(c);
}

/* Findings without content. */
#define FINDINGS_MAX LIMIT_FINDINGS_DEFAULT
static inline void checks_found(struct checks *c, size_t nr)
{
    checks_forget(c);
    while (nr-- > 0)
        (void)verdict_add_finding(&c->v);
}

static inline void checks_init(struct checks *c, enum guest_type type)
{
    memset(c, 0, sizeof *c);
    guest_init(&c->t, type, 1024, 0, AMPLE, 2);
    checks_start(c, false);
}

static inline void checks_exit(struct checks *c)
{
    c->v.hobs = (struct hob_list){0};
    verdict_free(&c->v);
    machine_exit(&c->m);
    plan_exit(&c->plan);
}

/* A sound volume of 64 KiB in memory, and its HOB. */
static inline struct hob *checks_volume(struct checks *c, uint64_t gpa)
{
    uint8_t h[72] = {0};
    uint16_t sum = 0;
    put_le64(h + 32, 0x10000);
    put_le32(h + 40, 0x4856465F);
    put_le16(h + 48, sizeof h);
    for (size_t i = 0; i < sizeof h; i += 2)
        sum = (uint16_t)(sum + le16(h + i));
    put_le16(h + 50, (uint16_t)-sum);
    assert_true(memory_write(&c->m.memory, gpa, h, sizeof h));
    return checks_add(c, HOB_FV, 0, gpa, gpa + 0x10000);
}

static inline void checks_poke(struct checks *c, uint64_t gpa, uint32_t value)
{
    uint8_t raw[4];
    put_le32(raw, value);
    assert_true(memory_write(&c->m.memory, gpa, raw, sizeof raw));
}

/* Xen's HOB as it is since 202411: version and RSDP. */
static inline struct hob *checks_xen(struct checks *c, unsigned major, unsigned minor, uint64_t rsdp)
{
    struct hob *h = checks_add(c, HOB_GUID, 0, 0, 0);
    h->guid = hob_guid_xen_info;
    h->data_size = 16;
    put_le16(h->data, (uint16_t)major);
    put_le16(h->data + 2, (uint16_t)minor);
    put_le64(h->data + 8, rsdp);
    c->view.xen_info = h;
    return h;
}
/* Before: the hypercall page comes first. */
static inline struct hob *checks_old_xen(struct checks *c, unsigned major, unsigned minor, uint64_t page)
{
    struct hob *h = checks_xen(c, major, minor, 0);
    memmove(h->data + 8, h->data, 16);
    put_le64(h->data, page);
    h->data_size = 24;
    return h;
}

/* What a case says, and what it must come to. */
struct checks_case {
    const char *what;
    void (*check)(struct view *v);
    void (*spoil)(struct checks *c); /* NULL: nothing */
    size_t findings;
    enum rule_id rule; /* of the first */
    struct span at;    /* {0, 0}: wherever */
};

static inline void checks_run(struct checks *c, const struct checks_case *cases, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        const struct checks_case *k = &cases[i];
        checks_reset(c);
        if (k->spoil != NULL)
            k->spoil(c);
        k->check(&c->view);
        const struct findings *found = &c->v.findings;
        if (found->nr != k->findings)
            fail_msg("%s: %zu findings, not %zu: %s", k->what, found->nr, k->findings,
                     found->nr != 0 ? found->f[0].text : "none");
        if (found->nr == 0)
            continue;
        if (found->f[0].rule != k->rule)
            fail_msg("%s: %s, not %s", k->what, rules[found->f[0].rule].name, rules[k->rule].name);
        if (k->at.end != 0 && (found->f[0].touched.start != k->at.start || found->f[0].touched.end != k->at.end))
            fail_msg("%s: about %#llx-%#llx, not %#llx-%#llx", k->what, (unsigned long long)found->f[0].touched.start,
                     (unsigned long long)found->f[0].touched.end, (unsigned long long)k->at.start,
                     (unsigned long long)k->at.end);
    }
}
#define CHECKS_RUN(c, ...)                                   \
    checks_run(c, (const struct checks_case[]){__VA_ARGS__}, \
               sizeof((const struct checks_case[]){__VA_ARGS__}) / sizeof(struct checks_case))

#endif
