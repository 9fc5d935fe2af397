/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/handoff/handoff.h"
#include "check/handoff/look.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "xen/abi.h"

/* What a check cannot do without; where it is not there, another rule has said so. */
enum {
    NEEDS_LIST = 1,     /* the whole HOB list */
    NEEDS_XEN_INFO = 2, /* firmware that knows Xen */
    NEEDS_PAGING = 4,
    NEEDS_E820 = 8, /* a firmware that was told the table which the checks know */
};

/* At which of the two looks: when PEI memory is published, for who stops there; at the hand-off. */
enum { PLATFORM = 1, HANDOFF = 2, BOTH = 3 };

static const struct {
    enum rule_id rule;
    unsigned when, needs;
    void (*check)(struct view *v);
} checks[] = {
    {RULE_HOB_LIST, BOTH, 0, check_hob_list},
    {RULE_HOB_RAM, BOTH, NEEDS_E820, check_hob_ram},
    {RULE_HOB_RAM_MISSING, BOTH, NEEDS_LIST | NEEDS_E820, check_hob_ram_missing},
    {RULE_HOB_VGA, BOTH, NEEDS_E820, check_hob_vga},
    {RULE_HOB_RESERVED_MISSING, BOTH, NEEDS_LIST | NEEDS_E820 | NEEDS_XEN_INFO, check_hob_reserved_missing},
    {RULE_HOB_OVERLAP, BOTH, 0, check_hob_overlap},
    {RULE_HOB_MEMORY, HANDOFF, NEEDS_LIST, check_hob_memory}, /* before what was allocated there */
    {RULE_HOB_MEMORY, PLATFORM, NEEDS_E820, check_published},
    {RULE_HOB_ALLOCATION, BOTH, NEEDS_LIST, check_hob_allocation},
    {RULE_HOB_ALLOCATION_OVERLAP, BOTH, 0, check_hob_allocation_overlap},
    {RULE_HOB_STACK, HANDOFF, NEEDS_LIST, check_hob_stack},
    {RULE_HOB_CPU, BOTH, NEEDS_LIST, check_hob_cpu},
    {RULE_HOB_VOLUME, BOTH, NEEDS_LIST, check_hob_volume},
    {RULE_HOB_XEN, BOTH, NEEDS_LIST | NEEDS_XEN_INFO, check_hob_xen},
    {RULE_HYPERCALL_PAGE, HANDOFF, NEEDS_LIST | NEEDS_XEN_INFO, check_hypercall_page},
    {RULE_BUS_CLOCK, HANDOFF, 0, check_bus_clock},
    {RULE_XEN_MAPPING, HANDOFF, 0, check_xen_mapping},
    {RULE_PAGE_TABLES, HANDOFF, NEEDS_LIST | NEEDS_PAGING, check_page_tables},
    {RULE_DESCRIPTOR_TABLES, HANDOFF, NEEDS_LIST, check_descriptor_tables},
    {RULE_INTERRUPTS, HANDOFF, 0, check_interrupts},
    {RULE_BYTES_CHANGED, HANDOFF, 0, check_bytes_changed},
    {RULE_LOW_MEMORY, HANDOFF, 0, check_low_memory},
};

void hob_label(const struct view *v, const struct hob *h, char out[HOB_LABEL_SIZE])
{
    char what[HOB_TEXT_SIZE];
    hob_format(h, what);
    (void)snprintf(out, HOB_LABEL_SIZE, "HOB %zu at %#llx (%.*s)", (size_t)(h - v->hobs->h), (unsigned long long)h->at,
                   HOB_LABEL_SIZE - 48, what);
}

void tell_known(struct verdict *v, enum rule_id rule, const char *text, const char *why)
{
    for (size_t i = 0; i < v->nr_known; i++)
        if (v->known[i].rule == rule && v->known[i].why == why) {
            v->known[i].count++;
            return;
        }
    if (v->nr_known == KNOWN_MAX) /* more than known.c has rows */
        return;
    struct known_difference *k = &v->known[v->nr_known++];
    *k = (struct known_difference){.rule = rule, .why = why, .count = 1};
    (void)snprintf(k->text, sizeof k->text, "%s", text);
}

/* Whose last writer is to blame: the HOB's fields, or the place itself where the rule is about what lies there. */
static struct span blamed(enum rule_id rule, const struct hob *h, struct span at)
{
    static const bool about_place[RULE_COUNT] = {
        [RULE_HOB_LIST] = true,          [RULE_BUS_CLOCK] = true,     [RULE_XEN_MAPPING] = true,
        [RULE_DESCRIPTOR_TABLES] = true, [RULE_BYTES_CHANGED] = true, [RULE_LOW_MEMORY] = true,
    };
    if (about_place[rule])
        return at;
    return h != NULL ? hob_fields(h) : (struct span){0, 0};
}

void handoff_blame(struct view *v, struct span bytes)
{
    struct findings *list = &v->mon->v->findings;
    if (list->nr != 0 && list->dropped == 0)
        list->f[list->nr - 1].bytes = bytes;
}

/* At an earlier look, of the same place. */
static bool told_before(const struct view *v, enum rule_id rule, struct span at)
{
    const struct findings *list = &v->mon->v->findings;
    for (size_t i = 0; v->later && i < list->nr; i++)
        if (list->f[i].rule == rule && list->f[i].touched.start == at.start && list->f[i].touched.end == at.end)
            return true;
    return false;
}

bool handoff_tell(struct view *v, enum rule_id rule, const struct hob *h, struct span at, const char *fmt, ...)
{
    char label[HOB_LABEL_SIZE] = "";
    char text[sizeof((struct finding *)0)->text];
    va_list args;
    if (h != NULL)
        hob_label(v, h, label);
    int n = snprintf(text, sizeof text, "%s%s", label, h != NULL ? ": " : "");
    va_start(args, fmt);
    (void)vsnprintf(text + n, sizeof text - (size_t)n, fmt, args);
    va_end(args);
    const char *why = known_why(v, rule, at);
    if (why != NULL) {
        tell_known(v->mon->v, rule, text, why);
        return false;
    }
    if (told_before(v, rule, at))
        return false;
    struct finding *f = record_new(v->mon, rule, v->pc, plan_find(v->m->plan, at.start));
    if (f == NULL)
        return true;
    f->gpa = f->gva = at.start;
    f->touched = at;
    f->bytes = blamed(rule, h, at);
    if (h != NULL)
        f->hob = (struct finding_hob){true, (size_t)(h - v->hobs->h), h->at, h->range, h->type, h->kind};
    (void)snprintf(f->text, sizeof f->text, "%s", text);
    return true;
}

const struct hob *hob_ram_around(const struct view *v, struct span at)
{
    for (size_t i = 0; i < v->hobs->nr; i++)
        if (hob_is_resource(&v->hobs->h[i], HOB_RESOURCE_RAM) && span_contains(v->hobs->h[i].range, at))
            return &v->hobs->h[i];
    return NULL;
}

const struct hob *hob_allocation_around(const struct view *v, struct span at)
{
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (hob_is_allocation(h) && h->kind != HOB_MEMORY_FREE && span_contains(h->range, at))
            return h;
    }
    return NULL;
}

bool hob_is_kept(const struct view *v, struct span at)
{
    if (hob_allocation_around(v, at) != NULL)
        return true;
    for (size_t i = 0; i < v->hobs->nr; i++)
        if (hob_is_resource(&v->hobs->h[i], HOB_RESOURCE_RAM) && span_overlaps(v->hobs->h[i].range, at))
            return false;
    return true;
}

bool handoff_tells_e820(const struct monitor *mon)
{
    const struct memory *mem = &mon->m->memory;
    const struct e820_map *m = &mon->m->guest->e820;
    const size_t size = (size_t)m->nr * E820_WIRE_SIZE;
    uint8_t told[E820_MAX * E820_WIRE_SIZE], expected[E820_MAX * E820_WIRE_SIZE];
    struct ovmf_info info;
    if (mon->m->layout->type != GUEST_HVM)
        return true; /* Xen itself tells it */
    e820_encode(m, expected);
    return memory_read(mem, HVMLOADER_OVMF_INFO, &info, sizeof info) && memcmp(info.signature, "XenHVMOVMF", 11) == 0 &&
           info.e820_nr == m->nr && memory_read(mem, info.e820, told, size) && memcmp(told, expected, size) == 0;
}

static void look(struct monitor *mon, unsigned when, uint64_t pc)
{
    struct verdict *verdict = mon->v;
    const struct hob_reader r = boot_hob_reader(mon);
    (void)hob_list_read(&r, verdict->hob_list, (size_t)limit(mon->m->limits, LIMIT_HOBS), &verdict->hobs);
    limit_reach(&verdict->reached, LIMIT_HOBS, mon->m->limits, verdict->hobs.cut);
    if (!mon->m->guard_firmware)
        return;
    struct view v = {.mon = mon, .m = mon->m, .hobs = &verdict->hobs, .pc = pc};
    v.xen_info = hob_find(v.hobs, HOB_GUID, &hob_guid_xen_info);
    engine_regs(mon->m->engine, &v.regs);
    const unsigned has = (v.hobs->complete ? NEEDS_LIST : 0u) | (v.xen_info != NULL ? NEEDS_XEN_INFO : 0u) |
                         ((v.regs.cr0 >> 31 & 1) != 0 ? NEEDS_PAGING : 0u) | (mon->e820_told ? NEEDS_E820 : 0u);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if ((checks[i].when & when) != 0 && (checks[i].needs & ~has) == 0)
            checks[i].check(&v);
}

void handoff_reached(struct monitor *mon)
{
    look(mon, HANDOFF, mon->v->dxe_entry);
}

void handoff_platform(struct monitor *mon)
{
    look(mon, PLATFORM, engine_pc(mon->m->engine));
}
