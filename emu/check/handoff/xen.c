/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware that knows Xen tells DXE about it, and what it leaves of its dealings with Xen. */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "check/handoff/handoff.h"
#include "xen/abi.h"

/*
 * EFI_XEN_INFO (E:OvmfPkg/Include/Guid/XenInfo.h): major u16, minor u16, RSDP of PVH u64 at 8; before 202411 the
 * address of the hypercall page, u64, comes before all that.
 */
#define XEN_INFO_SIZE 16u
#define OLD_XEN_INFO_SIZE 24u

static uint64_t hypercall_page(const struct hob *h)
{
    return h->data_size >= OLD_XEN_INFO_SIZE ? le64(h->data) : 0;
}

/* The RSDP's address as the toolstack tells it: in the start info (PVH); on HVM there is none to tell. */
uint64_t handoff_rsdp(const struct plan *p)
{
    for (size_t i = 0; i < p->nr; i++) {
        const struct plan_range *r = &p->r[i];
        if (r->cls == CLASS_LIVE && r->nbytes >= sizeof(struct hvm_start_info) &&
            le32(r->bytes) == XEN_HVM_START_MAGIC_VALUE)
            return le64(r->bytes + offsetof(struct hvm_start_info, rsdp_paddr));
    }
    return 0;
}

void check_hob_xen(struct view *v)
{
    const struct hob *h = v->xen_info;
    const struct span at = {h->at, h->at + h->size};
    if (h->data_size < XEN_INFO_SIZE) {
        handoff_tell(v, RULE_HOB_XEN, h, at, "it is too small to be Xen's");
        return;
    }
    const uint8_t *p = h->data + (h->data_size >= OLD_XEN_INFO_SIZE ? 8 : 0);
    const struct layout *l = v->m->layout;
    const uint64_t rsdp = l->type == GUEST_PVH ? handoff_rsdp(v->m->plan) : 0;
    if (le16(p) != l->xen_major || le16(p + 2) != l->xen_minor)
        handoff_tell(v, RULE_HOB_XEN, h, at, "it says Xen %u.%u, CPUID says %u.%u", le16(p), le16(p + 2), l->xen_major,
                     l->xen_minor);
    if (le64(p + 8) != rsdp)
        handoff_tell(v, RULE_HOB_XEN, h, at, "it says that the RSDP is at %#llx; the toolstack says %#llx",
                     (unsigned long long)le64(p + 8), (unsigned long long)rsdp);
}

void check_hypercall_page(struct view *v)
{
    const uint64_t page = hypercall_page(v->xen_info);
    const struct span at = {page_down(page), page_down(page) + PAGE_SIZE};
    if (page != 0 && !hob_is_kept(v, at))
        handoff_tell(v, RULE_HYPERCALL_PAGE, v->xen_info, at,
                     "the hypercall page %#llx is in memory that no HOB allocates", (unsigned long long)page);
}

/*
 * PcdFSBClock, which XenPlatformPei sets to what it has measured. Its number in the PCD database differs from build to
 * build, but PEI's driver leaves two databases: the live one, and one with the values of the build
 * (E:MdeModulePkg/Universal/PCD/Pei/Pcd.c:EndOfPeiSignalPpiNotifyCallback). OvmfXen's default is 100 MHz, and no
 * other value is: where exactly one 32-bit value is, that is the one.
 */
#define DEFAULT_CLOCK 100000000u
/* X:xen/arch/x86/include/asm/hvm/vlapic.h: APIC_BUS_CYCLE_NS is 10; dev/lapic.c */
#define LAPIC_HZ 100000000u

static uint8_t *read_data(const struct view *v, const struct hob *h)
{
    uint8_t *p = malloc(h->data_size != 0 ? h->data_size : 1);
    if (p != NULL && !memory_read(&v->m->memory, h->at + 24, p, h->data_size)) {
        free(p);
        p = NULL;
    }
    return p;
}

/* Where the only 32-bit value of @defaults that is the default clock lies, 0 for nowhere. */
static size_t find_clock(const uint8_t *defaults, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i + 4 <= size; i += 4) {
        if (le32(defaults + i) != DEFAULT_CLOCK)
            continue;
        if (at != 0)
            return 0;
        at = i;
    }
    return at;
}

static void compare_clock(struct view *v, const struct hob *live, const struct hob *defaults)
{
    uint8_t *a = read_data(v, live);
    uint8_t *b = read_data(v, defaults);
    const size_t at =
        a != NULL && b != NULL && defaults->data_size <= live->data_size ? find_clock(b, defaults->data_size) : 0;
    const struct span place = {live->at + 24 + at, live->at + 28 + at};
    const uint32_t hz = at != 0 ? le32(a + at) : LAPIC_HZ;
    if (hz < LAPIC_HZ - LAPIC_HZ / 100 || hz > LAPIC_HZ + LAPIC_HZ / 100)
        handoff_tell(v, RULE_BUS_CLOCK, live, place,
                     "PcdFSBClock at %#llx is %u Hz, the local APIC's timer runs at %u Hz",
                     (unsigned long long)place.start, hz, LAPIC_HZ);
    free(a);
    free(b);
}

void check_bus_clock(struct view *v)
{
    const struct hob *two[2] = {NULL, NULL};
    size_t nr = 0;
    for (size_t i = 0; i < v->hobs->nr; i++)
        if (v->hobs->h[i].type == HOB_GUID && guid_equal(&v->hobs->h[i].guid, &hob_guid_pcd_database)) {
            if (nr < 2)
                two[nr] = &v->hobs->h[i];
            nr++;
        }
    if (nr == 2)
        compare_clock(v, two[0], two[1]);
}

/* The first part of @at that was there when the firmware was entered; empty when nothing was. */
static struct span was_there(const struct view *v, struct span at)
{
    const struct preserve *p = &v->mon->preserve;
    for (size_t i = 0; i < p->nr_gone; i++) {
        if (span_has(p->gone[i], at.start))
            at.start = p->gone[i].end < at.end ? p->gone[i].end : at.end;
        else if (p->gone[i].start > at.start && p->gone[i].start < at.end)
            at.end = p->gone[i].start;
    }
    return at;
}

void check_xen_mapping(struct view *v)
{
    const struct xen *x = &v->m->xen;
    const uint64_t first = v->m->layout->type == GUEST_HVM ? HVMLOADER_SHARED_INFO : XEN_UNMAPPED;
    const uint64_t now = x->shared_info_gpa;
    if (now != XEN_UNMAPPED && now != first)
        handoff_tell(v, RULE_XEN_MAPPING, NULL, (struct span){now, now + PAGE_SIZE},
                     "the shared info page is still mapped, at %#llx", (unsigned long long)now);
    const struct memory *mem = &v->m->memory;
    for (size_t i = 0; i < mem->nr_over; i++) {
        const struct span at = was_there(v, mem->over[i].at);
        const struct e820_entry *e = e820_find(&v->m->guest->e820, at.start);
        if (mem->over[i].page == NULL && strcmp(mem->over[i].owner, MEMORY_REMOVED) == 0 && at.start < at.end &&
            e != NULL && e->type == E820_TYPE_RAM)
            handoff_tell(v, RULE_XEN_MAPPING, NULL, at,
                         "memory at %#llx-%#llx is gone from the p2m, and the E820 has RAM there",
                         (unsigned long long)at.start, (unsigned long long)at.end);
    }
}
