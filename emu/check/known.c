/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences that are known and no reason for a finding, each with its reason: the only place where the checks at the
 * hand-off, and those of what DXE does, make an exception. They are listed with --hobs.
 */
#include <stdio.h>
#include <string.h>

#include "check/handoff/handoff.h"

enum firmware { ANY_FIRMWARE, KNOWS_XEN, NO_XEN_CODE };
enum guest { ANY_GUEST, ONLY_HVM, ONLY_PVH };

static const struct span nowhere;

static struct span above_cmos(const struct view *v, struct span at)
{
    (void)at;
    const struct guest_memory *g = v->m->guest;
    return (struct span){g->cmos_low_ram, g->cmos_low_ram < g->low_end ? g->low_end : g->cmos_low_ram};
}
/* What 1 GiB pages in one table reach, and the processor does not. */
static struct span wide_pages(const struct view *v, struct span at)
{
    (void)at;
    return (struct span){1ULL << v->m->layout->phys_bits, 512 * GIB};
}
/* What is declared twice there is never RAM; where a HOB says that it is, the overlap matters. */
static struct span legacy_area(const struct view *v, struct span at)
{
    const struct span area = {0xA0000, MIB};
    (void)at;
    for (size_t i = 0; i < v->hobs->nr; i++)
        if (hob_is_resource(&v->hobs->h[i], HOB_RESOURCE_RAM) && span_overlaps(v->hobs->h[i].range, area))
            return nowhere;
    return area;
}
/* OvmfXen looks at entries of type RAM, ACPI and RESERVED (E:OvmfPkg/XenPlatformPei/Xen.c:XenPublishRamRegions). */
static struct span other_types(const struct view *v, struct span at)
{
    const struct e820_entry *e = e820_find(&v->m->guest->e820, at.start);
    return e != NULL && (e->type == E820_TYPE_ACPI || e->type == E820_TYPE_RESERVED) ? nowhere : at;
}
static struct span part_of_page(const struct view *v, struct span at)
{
    (void)v;
    return page_up(at.start) < page_down(at.end) ? nowhere : at;
}
static struct span image(const struct view *v, struct span at)
{
    (void)at;
    return v->m->guest->image;
}

static const struct known {
    enum rule_id rule;
    enum firmware firmware;
    enum guest guest;
    struct span at; /* that the difference must lie in */
    /* Instead, where it depends on the guest, or on what @at is. */
    struct span (*where)(const struct view *v, struct span at);
    const char *why;
} rows[] = {
    {RULE_HOB_OVERLAP,
     KNOWS_XEN,
     ANY_GUEST,
     {0, 0},
     legacy_area,
     "OvmfXen declares A0000-100000 reserved (Xen.c:XenPublishRamRegions) and MMIO (Platform.c:MemMapInitialization): "
     "neither is RAM"},
    {RULE_HOB_RAM_MISSING,
     ANY_FIRMWARE,
     ONLY_PVH,
     {0xA0000, 0x100000},
     NULL,
     "OVMF keeps A0000-100000 away from DXE on PVH too, where it is RAM"},
    {RULE_HOB_RAM_MISSING,
     NO_XEN_CODE,
     ONLY_HVM,
     {0, 0},
     above_cmos,
     "firmware without Xen code takes the end of low RAM from CMOS 34/35, in steps of 64 KiB"},
    {RULE_HOB_RAM_MISSING,
     NO_XEN_CODE,
     ONLY_HVM,
     {4 * GIB, UINT64_MAX},
     NULL,
     "firmware without Xen code takes RAM above 4 GiB from CMOS 5B-5D, which hvmloader does not write"},
    {RULE_HOB_RESERVED_MISSING,
     KNOWS_XEN,
     ANY_GUEST,
     {0, 0},
     other_types,
     "OvmfXen passes over what is not RAM, ACPI or RESERVED (Xen.c:XenPublishRamRegions): those entries of Xen's lie "
     "above all PCI windows"},
    {RULE_HOB_RESERVED_MISSING,
     KNOWS_XEN,
     ANY_GUEST,
     {0, 0},
     part_of_page,
     "OvmfXen rounds every entry inwards to pages: a part of a page is in no HOB, and so is the RSDP of a PVH guest"},
    {RULE_HOB_CPU_NARROW,
     NO_XEN_CODE,
     ANY_GUEST,
     {0, UINT64_MAX},
     NULL,
     "firmware without Xen code sizes the address space by the RAM and PCI window that it knows of"},
    {RULE_HYPERCALL_PAGE,
     KNOWS_XEN,
     ANY_GUEST,
     {0x810000, 0x820000},
     NULL,
     "OvmfXen before 202411 keeps the address in temporary RAM of a page that PEI has moved since (repaired by removing "
     "the page, E:0e6f6c715c): DXE's hypercalls go through memory that nothing reserves"},
    {RULE_PAGE_TABLES,
     ANY_FIRMWARE,
     ANY_GUEST,
     {0, 0},
     wide_pages,
     "DxeIpl fills its whole table of 1 GiB pages, 512 of them, however narrow the processor is: nobody uses those"},
    {RULE_PROCESSOR_TABLES,
     ANY_FIRMWARE,
     ANY_GUEST,
     {0, 0},
     wide_pages,
     "DxeIpl fills its whole table of 1 GiB pages, 512 of them, however narrow the processor is: nobody uses those"},
    {RULE_DESCRIPTOR_TABLES,
     ANY_FIRMWARE,
     ONLY_PVH,
     {0, 0},
     image,
     "on PVH the image lies in RAM that no HOB reserves, and DXE takes over with its GDT until CpuDxe loads another"},
};

const char *known_why(const struct view *v, enum rule_id rule, struct span at)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct known *k = &rows[i];
        if (k->rule == rule && (k->firmware == ANY_FIRMWARE || (k->firmware == KNOWS_XEN) == (v->xen_info != NULL)) &&
            (k->guest == ANY_GUEST || (k->guest == ONLY_HVM) == (v->m->layout->type == GUEST_HVM)) &&
            span_contains(k->where != NULL ? k->where(v, at) : k->at, at))
            return k->why;
    }
    return NULL;
}

/* What DXE drivers do that is no harm. */
static const struct {
    enum rule_id rule;
    const char *guid; /* of the driver's file */
    const char *why;
} accesses[] = {
    {RULE_WRITE_IMAGE, "733CBAC2-B23F-4B92-BC8E-FB01CE5907B7",
     "QemuFlashFvb writes a flash command to the image's first byte and puts the byte back when that did nothing "
     "(E:QemuFlash.c:QemuFlashDetected): under Xen the image is RAM"},
    {RULE_WRITE_IMAGE, "60740CF3-D428-4500-80E6-04A5798241ED",
     "VirtHstiDxe looks the same way, when ready to boot is signalled, whether the firmware's code is flash that can be "
     "written (E:VirtHstiDxe/Flash.c:VirtHstiQemuFirmwareFlashCheck, in 202502)"},
    {RULE_READ_UNPOPULATED, "733CBAC2-B23F-4B92-BC8E-FB01CE5907B7",
     "QemuFlashFvb looks for flash below 4 GiB, where a PVH guest has nothing"},
    {RULE_WRITE_UNPOPULATED, "733CBAC2-B23F-4B92-BC8E-FB01CE5907B7",
     "QemuFlashFvb looks for flash below 4 GiB, where a PVH guest has nothing"},
};

bool known_access(struct monitor *mon, enum rule_id rule, uint64_t pc, uint64_t gpa)
{
    if (mon->dxe == NULL)
        return false;
    const struct module *mod = module_at(mon, pc);
    for (size_t i = 0; mod != NULL && i < sizeof accesses / sizeof accesses[0]; i++) {
        char text[128];
        if (accesses[i].rule != rule || strcmp(accesses[i].guid, mod->guid) != 0)
            continue;
        (void)snprintf(text, sizeof text, "%s at %#llx by %s", rules[rule].title, (unsigned long long)gpa, mod->name);
        tell_known(mon->v, rule, text, accesses[i].why);
        return true;
    }
    return false;
}
