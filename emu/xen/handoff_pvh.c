/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PVH: the toolstack loads the image as an ELF file and enters it in flat 32-bit mode with a start_info. */
#include <stdlib.h>
#include <string.h>

#include "xen/abi.h"
#include "xen/handoff.h"
#include "xen/lay.h"

/*
 * The start_info segment (X:tools/libs/guest/xg_dom_x86.c:alloc_magic_pages_hvm, add_module_to_list): the structure,
 * room for HVMLOADER_MODULE_MAX_COUNT modules and their command lines, then the memory map. No command line.
 */
#define MEMMAP_OFFSET (sizeof(struct hvm_start_info) + 2 * sizeof(struct hvm_modlist_entry) + (size_t)2 * 1024)
_Static_assert(MEMMAP_OFFSET == 2168, "where the toolstack puts the memory map");
#define START_INFO_SIZE (MEMMAP_OFFSET + E820_MAX * sizeof(struct hvm_memmap_table_entry))

/* Whatever hvmloader and devices would have, a PVH guest has not. */
static const struct lay_range fixed[] = {
    {{LAPIC_START, LAPIC_START + PAGE_SIZE}, PLAN_DEVICE, CLASS_DEVICE, "local APIC"},
};

static bool check_header(const struct image *im, const struct guest_memory *g, struct diag *d)
{
    const struct pvh_header *h = &im->pvh;
    if (!h->present)
        return diag_fail(d, im->path, 0,
                         "the image has no PVH entry (an ELF header with a XEN_ELFNOTE_PHYS32_ENTRY note), so Xen "
                         "cannot boot it as PVH; give an OvmfXen image, or use --handoff hvm");
    if (h->filesz < im->size)
        return diag_fail(d, im->path, 0,
                         "the image's ELF header covers %u KiB of %zu KiB, so Xen would load only that part and enter "
                         "it at the wrong place: an OvmfXen built with FD_SIZE_4MB keeps the header of 2 MiB; build "
                         "it with FD_SIZE_2MB, or use --handoff hvm",
                         h->filesz / 1024u, im->size / 1024u);
    const uint64_t end = (uint64_t)h->load_paddr + h->memsz;
    if (h->filesz > im->size || h->memsz < h->filesz)
        return diag_fail(d, im->path, 0, "the image's ELF header loads %u bytes of %zu into %u", h->filesz, im->size,
                         h->memsz);
    if (h->load_paddr != page_down(h->load_paddr) || h->load_paddr < MIB ||
        page_up(end) + page_up(START_INFO_SIZE) > g->low_end)
        return diag_fail(d, im->path, 0,
                         "the image's ELF header wants 0x%x-0x%llx, where this guest has no RAM to load "
                         "it and the start info",
                         h->load_paddr, (unsigned long long)end);
    if (h->entry < h->load_paddr || h->entry >= end)
        return diag_fail(d, im->path, 0, "the image's PVH entry 0x%x is outside what its ELF header loads", h->entry);
    return true;
}

static bool lay_ram(const struct guest_memory *g, struct plan *p, struct diag *d)
{
    const uint64_t high_end = g->high_end != 0 ? g->high_end : 4 * GIB;
    const struct lay_range low = {{0, g->low_end}, PLAN_RAM, CLASS_FREE, "low RAM"};
    /* Firmware declares it reserved although it is RAM here. */
    const struct lay_range vga = {{VGA_HOLE_START, MIB}, PLAN_RAM, CLASS_FREE, "RAM (VGA hole, declared reserved)"};
    const struct lay_range high = {{4 * GIB, high_end}, PLAN_RAM, CLASS_FREE, "high RAM"};
    const struct lay_range gone = {{g->low_end, 4 * GIB}, PLAN_HOLE, CLASS_HOLE, "above low RAM"};
    const struct e820_index table = e820_index(&g->e820);
    return lay(p, low, NULL, 0, d) && lay(p, vga, NULL, 0, d) && (g->high_end == 0 || lay(p, high, NULL, 0, d)) &&
           lay(p, gone, NULL, 0, d) && lay_null_page(p, d) &&
           lay_e820(p, &table, (struct span){0, g->low_end}, true, d) &&
           lay_e820(p, &table, (struct span){g->low_end, 4 * GIB}, false, d) &&
           lay_e820(p, &table, (struct span){4 * GIB, high_end}, true, d) &&
           lay_e820(p, &table, (struct span){high_end, UINT64_MAX}, false, d);
}

static bool lay_image(const struct image *im, struct plan *p, struct diag *d)
{
    const struct span at = {im->pvh.load_paddr, (uint64_t)im->pvh.load_paddr + im->pvh.memsz};
    struct plan_range *r = plan_lend(p, at, PLAN_RAM, CLASS_IMAGE, "OVMF image", im->bytes, im->pvh.filesz, d);
    if (r == NULL)
        return false;
    /* The reset vector patches the base of its GDT (E:OvmfPkg/XenResetVector/Ia32/XenPVHMain.asm). */
    r->allow[PHASE_SEC] |= ALLOW_W;
    return true;
}

static bool lay_start_info(uint64_t at, uint64_t rsdp, const struct e820_map *m, struct plan *p, struct diag *d)
{
    uint8_t *bytes = calloc(1, START_INFO_SIZE);
    if (bytes == NULL)
        return diag_fail(d, "", 0, "out of memory for the start info");
    const struct hvm_start_info info = {
        .magic = XEN_HVM_START_MAGIC_VALUE,
        .version = 1,
        .rsdp_paddr = rsdp,
        .memmap_paddr = at + MEMMAP_OFFSET,
        .memmap_entries = m->nr,
    };
    memcpy(bytes, &info, sizeof info);
    for (unsigned i = 0; i < m->nr; i++) {
        const struct hvm_memmap_table_entry e = {
            .addr = m->e[i].at.start,
            .size = span_size(m->e[i].at),
            .type = m->e[i].type,
        };
        memcpy(bytes + MEMMAP_OFFSET + i * sizeof e, &e, sizeof e);
    }
    const size_t size = MEMMAP_OFFSET + m->nr * sizeof(struct hvm_memmap_table_entry);
    const struct lay_range r = {{at, at + size}, PLAN_RAM, CLASS_LIVE, "PVH start info"};
    const bool ok = lay(p, r, bytes, size, d);
    free(bytes);
    return ok;
}

static bool plan_pvh(const struct layout *l, const struct guest_memory *g, const struct image *im, struct plan *p,
                     struct cpu_entry *entry, struct diag *d)
{
    if (!check_header(im, g, d))
        return false;
    const uint64_t start_info = page_up((uint64_t)im->pvh.load_paddr + im->pvh.memsz);
    /* X:xg_dom_x86.c:vcpu_hvm. The stack pointer is 0: nothing is promised about it. */
    *entry = (struct cpu_entry){
        .mode = ENTRY_FLAT32,
        .eip = im->pvh.entry,
        .ebx = (uint32_t)start_info,
    };
    uint64_t rsdp;
    return lay_ram(g, p, d) && lay_ranges(p, fixed, sizeof fixed / sizeof fixed[0], d) &&
           lay_special_pages(p, false, d) && lay_acpi(p, l, g, &rsdp, d) && lay_image(im, p, d) &&
           lay_start_info(start_info, rsdp, &g->e820, p, d);
}

const struct handoff handoff_pvh = {
    .name = "pvh",
    .type = GUEST_PVH,
    .help = "PVH guest: the image's ELF entry in flat 32-bit mode, EBX = start_info",
    .plan = plan_pvh,
};
