/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hvmloader leaves in low memory besides tables: X:tools/firmware/hvmloader/hvmloader.c, ovmf.c. */
#include <string.h>

#include "base/le.h"
#include "xen/abi.h"
#include "xen/builder.h"
#include "xen/lay.h"
#include "xen/private.h"

/* hvmloader.c:trampoline_start..trampoline_end: real mode, its IDT, and on to F000:FFF0. */
static const uint8_t trampoline[34] = {
    0x0F, 0x22, 0xC0,                   /* mov %eax,%cr0 */
    0xEA, 0x08, 0x00, 0x00, 0x00,       /* ljmp $0,$8 */
    0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xE0, /* mov %ax,%ds; %es; %fs */
    0x8E, 0xE8, 0x8E, 0xD0,             /* mov %ax,%gs; %ss */
    0x0F, 0x01, 0x1E, 0x1C, 0x00,       /* lidt 0x1c */
    0xEA, 0xF0, 0xFF, 0x00, 0xF0,       /* ljmp $0xf000,$0xfff0 */
    0xFF, 0x03, 0x00, 0x00, 0x00, 0x00, /* limit 3ff, base 0 */
};

/* The builder's table for hvmloader, which takes stolen pages off, but leaves the checksum as it was. */
static void make_hvm_info(uint8_t info[sizeof(struct hvm_info_table)], const struct layout *l,
                          const struct guest_memory *g)
{
    builder_hvm_info(info, l, g);
    put_le32(info + offsetof(struct hvm_info_table, low_mem_pgend), (uint32_t)(g->low_end >> PAGE_SHIFT));
    put_le32(info + offsetof(struct hvm_info_table, high_mem_pgend), (uint32_t)(g->high_end >> PAGE_SHIFT));
}

bool lay_hvmloader_stale(struct plan *p, const struct layout *l, const struct guest_memory *g, struct diag *d)
{
    uint8_t page[4096], info[sizeof(struct hvm_info_table)];
    memset(page, 0xC3, sizeof page); /* hvmloader.c:init_hypercalls fills it with ret first */
    hypercall_page_fill(page, l->vendor);
    make_hvm_info(info, l, g);
    return lay(p,
               (struct lay_range){{HVMLOADER_TRAMPOLINE, HVMLOADER_TRAMPOLINE + sizeof trampoline},
                                  PLAN_RAM,
                                  CLASS_FREE,
                                  "hvmloader trampoline (stale)"},
               trampoline, sizeof trampoline, d) &&
           lay(p,
               (struct lay_range){{HVMLOADER_HYPERCALL_PAGE, HVMLOADER_HYPERCALL_PAGE + sizeof page},
                                  PLAN_RAM,
                                  CLASS_FREE,
                                  "hypercall page (stale)"},
               page, sizeof page, d) &&
           lay(p,
               (struct lay_range){
                   {HVM_INFO_PADDR, HVM_INFO_PADDR + sizeof info}, PLAN_RAM, CLASS_FREE, "hvm_info table (stale)"},
               info, sizeof info, d);
}

/* X:hvmloader/xenbus.c:xenbus_shutdown: requests that nobody can take for real, a vCPU part without time or events. */
bool lay_hvmloader_reserved(struct plan *p, struct diag *d)
{
    const uint64_t store = SPECIAL_XENSTORE_PFN << PAGE_SHIFT;
    uint8_t rings[2 * XENSTORE_RING_SIZE], shared[4096] = {0};
    memset(rings, 0xFF, sizeof rings);
    shared_info_wall_clock(shared);
    return lay(p, (struct lay_range){{store, store + PAGE_SIZE}, PLAN_RAM, CLASS_RESERVED, "Xen special pages"}, rings,
               sizeof rings, d) &&
           lay_rings(p, d) &&
           lay(p,
               (struct lay_range){{HVMLOADER_SHARED_INFO, HVMLOADER_SHARED_INFO + PAGE_SIZE},
                                  PLAN_RAM,
                                  CLASS_RESERVED,
                                  "hvmloader's shared info"},
               shared, sizeof shared, d);
}

/* Since 4.21 cpu_to_apicid[], a word for each vCPU, lies before the array; both are aligned to 16 bytes. */
static uint64_t e820_at(const struct layout *l)
{
    if (!layout_xen_since(l, 4, 21))
        return HVMLOADER_E820;
    return HVMLOADER_E820 + (4 * (uint64_t)l->vcpus + 15) / 16 * 16;
}

bool lay_hvmloader_live(struct plan *p, const struct layout *l, const struct guest_memory *g, struct diag *d)
{
    uint8_t e820[E820_MAX * E820_WIRE_SIZE];
    const uint64_t at = e820_at(l);
    const size_t size = (size_t)g->e820.nr * E820_WIRE_SIZE;
    e820_encode(&g->e820, e820);

    struct ovmf_info info = {
        .signature = "XenHVMOVMF",
        .length = sizeof info,
        .e820 = at,
        .e820_nr = g->e820.nr,
    };
    uint8_t bytes[sizeof info];
    memcpy(bytes, &info, sizeof info);
    bytes[offsetof(struct ovmf_info, checksum)] = lay_checksum(bytes, sizeof bytes);

    const struct lay_range block = {
        {HVMLOADER_OVMF_INFO, HVMLOADER_OVMF_INFO + sizeof bytes}, PLAN_RAM, CLASS_LIVE, "hvmloader info block"};
    const struct lay_range array = {{at, at + size}, PLAN_RAM, CLASS_LIVE, "hvmloader E820"};
    return lay(p, block, bytes, sizeof bytes, d) && (size == 0 || lay(p, array, e820, size, d));
}
