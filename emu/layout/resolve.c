/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Xen's toolstack and hvmloader make of a layout. Numbers:
 * X:tools/libs/light/libxl_dom.c:libxl__build_hvm, X:tools/libs/light/libxl_x86.c:domain_construct_memmap,
 * X:tools/libs/light/libxl_x86_acpi.c:libxl__dom_load_acpi, X:tools/firmware/hvmloader/{ovmf,util,e820}.c.
 */
#include <inttypes.h>
#include <string.h>

#include "layout/layout.h"
#include "layout/pci_table.h"
#include "layout/rdm.h"

#define GIB4 (4ULL * GIB)

/* X:tools/firmware/hvmloader/config.h and X:tools/libs/guest/xg_dom_x86.c; none is in a public header. */
#define RESERVED_MEMBASE 0xFC000000ULL   /* ACPI info page; hvmloader's tables start one page above */
#define ACPI_TABLES_BASE 0xFC001000ULL   /* ACPI_MEMORY_DYNAMIC_START */
#define SPECIAL_PAGES_BASE 0xFEFF8000ULL /* END_SPECIAL_REGION - NR_SPECIAL_PAGES */
#define SPECIAL_PAGES_END 0xFF000000ULL
#define BIOS_COPY_BASE 0xF0000ULL /* X:ovmf.c:LOWCHUNK_BEGIN */
#define VGA_HOLE_BASE 0xA0000ULL
#define IMAGE_ALIGN MIB                 /* X:ovmf.c:OVMF_MAXOFFSET + 1 */
#define MMIO_START_HVM 0xF0000000ULL    /* X:xen/include/public/hvm/e820.h:HVM_BELOW_4G_MMIO_START */
#define MMIO_START_PVH RESERVED_MEMBASE /* lowest of special pages, LAPIC and ACPI */
#define KERNEL_BASE MIB                 /* hvmloader and PVH firmware are both linked or loaded here */
#define HVMLOADER_SIZE 0x34000ULL       /* page-rounded memsz of Debian's 4.17 hvmloader */
#define RSDP_SIZE 64                    /* X:libxl_x86_acpi.c:RSDP_LEN */
#define TPM_LOG_START 0xFED50000ULL
#define TPM_LOG_END 0xFED60000ULL
#define CMOS_BASE (16 * MIB) /* CMOS 34/35 count 64 KiB units from here */
#define CMOS_UNIT (64 * KIB)

static bool xen_at_least(const struct layout *l, unsigned major, unsigned minor)
{
    return l->xen_major > major || (l->xen_major == major && l->xen_minor >= minor);
}

/*
 * Pages of ACPI tables. HVM: 10, from the qemu_xen DSDT (0x92A3 bytes in 4.17); enough for 128 vCPUs.
 * PVH: X:tools/libacpi/build.c:acpi_build_tables over a DSDT of 0x6C9B bytes up to 4.20, where the tenth
 * vCPU's MADT entry starts another page; 0x4619 bytes from 4.21 on, when it lost its CPU hotplug methods:
 * the same number of pages for up to 128 vCPUs.
 */
static unsigned acpi_pages(const struct layout *l)
{
    if (l->type == GUEST_HVM)
        return l->acpi ? 10 : 0;
    if (xen_at_least(l, 4, 21))
        return 5;
    return l->vcpus <= 9 ? 7 : 8;
}

/* X:libxl_dom.c:libxl__build_hvm: what does not fit below the hole goes above 4 GiB. */
static bool place_ram(const struct layout *l, struct guest_memory *g, struct diag *d)
{
    if (l->maxmem <= l->videoram)
        return diag_fail(d, l->path, 0, "%llu MiB of video RAM leave nothing of %llu MiB of memory", l->videoram / MIB,
                         l->maxmem / MIB);

    uint64_t ram = page_down(l->maxmem - l->videoram);
    g->mmio_start = l->type == GUEST_PVH ? MMIO_START_PVH : MMIO_START_HVM;
    if (l->type == GUEST_HVM && l->mmio_hole != 0 && GIB4 - l->mmio_hole < g->mmio_start)
        g->mmio_start = GIB4 - l->mmio_hole;

    g->low_end = ram;
    g->high_end = 0;
    if (ram > g->mmio_start) {
        g->low_end = g->mmio_start;
        g->high_end = GIB4 + (ram - g->mmio_start);
    }
    if (!rdm_resolve(l, g, d))
        return false;
    g->built_low = g->low_end;
    g->built_end = g->high_end;
    if (g->high_end > 1ULL << l->phys_bits)
        return diag_fail(d, l->path, 0,
                         "RAM would end at 0x%" PRIx64 ", above what %u physical address bits reach; "
                         "lower memory or raise bed_phys_bits",
                         g->high_end, l->phys_bits);
    return true;
}

/* The builder lays hvmloader, the image as its module and the start info one after the other from 1 MiB. */
static bool place_image(const struct layout *l, uint64_t size, struct guest_memory *g, struct diag *d)
{
    if (size == 0)
        return diag_fail(d, l->path, 0, "the image is empty");

    uint64_t load = KERNEL_BASE + (l->type == GUEST_HVM ? HVMLOADER_SIZE : 0);
    if (size > g->low_end || load + page_up(size) + PAGE_SIZE > g->low_end)
        return diag_fail(d, l->path, 0,
                         "an image of %llu KiB does not fit into RAM from 1 MiB to 0x%" PRIx64
                         ", where Xen's builder puts it; give the guest more memory",
                         size / KIB, g->low_end);
    if (l->type == GUEST_PVH) {
        g->image = (struct span){KERNEL_BASE, KERNEL_BASE + size};
        return true;
    }

    uint64_t room = GIB4 - SPECIAL_PAGES_END;
    if (size > room)
        return diag_fail(d, l->path, 0,
                         "an image of %llu KiB below 4 GiB would cover Xen's special pages, which "
                         "end at 0xff000000; at most %llu MiB fit",
                         size / KIB, room / MIB);
    uint64_t start = GIB4 - (size + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
    g->image = (struct span){start, start + size};
    return true;
}

/* X:hvmloader/util.c:hvmloader_acpi_build_tables, X:libacpi/acpi2_0.h:TPM_LOG_AREA_ADDRESS; new in 4.18. */
struct span tpm_log_area(const struct layout *l)
{
    const bool there = l->type == GUEST_HVM && l->acpi && l->tpm_version == 2 && xen_at_least(l, 4, 18);
    return (struct span){TPM_LOG_START, there ? TPM_LOG_END : TPM_LOG_START};
}

/*
 * X:util.c:mem_hole_populate_ram: once Xen grants no further page, each one that hvmloader wants is moved
 * from the top of high RAM, and of low RAM when that is used up. It wants the image, the ACPI info page and
 * tables, the log of a TPM 2.0, and one page for the VM86 TSS.
 */
static bool steal(const struct layout *l, struct guest_memory *g, struct diag *d)
{
    uint64_t want = (span_size(g->image) >> PAGE_SHIFT) + 1 + (l->acpi ? 1 + g->acpi_pages : 0) +
                    (span_size(tpm_log_area(l)) >> PAGE_SHIFT);
    g->stolen_pages = want > l->slack_pages ? want - l->slack_pages : 0;

    uint64_t left = g->stolen_pages << PAGE_SHIFT;
    uint64_t high = g->high_end != 0 ? g->high_end - GIB4 : 0;
    uint64_t from_high = left < high ? left : high;
    g->high_end = from_high < high ? g->high_end - from_high : 0;
    left -= from_high;
    /* X:e820.c:build_e820_table stops the guest below 2 MiB of low RAM. */
    if (g->low_end < 2 * MIB + left)
        return diag_fail(d, l->path, 0,
                         "hvmloader would have to take %" PRIu64 " pages from RAM that ends at 0x%" PRIx64
                         "; give the guest more memory or bed_slack_pages",
                         g->stolen_pages, g->low_end);
    g->low_end -= left;
    return true;
}

/* X:hvmloader.c:cmos_write_memory_size, as 34/35 can hold it. */
static uint64_t cmos_low_ram(const struct layout *l, const struct guest_memory *g)
{
    uint64_t top = l->has_cmos_low_ram ? l->cmos_low_ram : g->low_end;
    return top < CMOS_BASE ? top : top - (top - CMOS_BASE) % CMOS_UNIT;
}

/* X:hvmloader/e820.c:build_e820_table over the builder's map; @high is high_end before stealing. */
static void e820_hvm(const struct layout *l, const struct guest_memory *g, uint64_t high, struct e820_map *m)
{
    e820_add(m, 0, VGA_HOLE_BASE, E820_TYPE_RAM);
    e820_add(m, BIOS_COPY_BASE, MIB, E820_TYPE_RESERVED);
    e820_add(m, MIB, g->low_end, E820_TYPE_RAM);

    /* The NVS entry is new in 4.15 (also in 4.14.1 and later). */
    uint64_t reserved = RESERVED_MEMBASE;
    if (l->acpi && xen_at_least(l, 4, 15)) {
        reserved = ACPI_TABLES_BASE + ((uint64_t)g->acpi_pages << PAGE_SHIFT);
        e820_add(m, RESERVED_MEMBASE, reserved, E820_TYPE_NVS);
    }
    if (l->dev.igd) {
        e820_add(m, reserved, IGD_OPREGION_START, E820_TYPE_RESERVED);
        e820_add(m, IGD_OPREGION_START, IGD_OPREGION_END, E820_TYPE_NVS);
        reserved = IGD_OPREGION_END;
    }
    e820_add(m, reserved, GIB4, E820_TYPE_RESERVED);
    for (unsigned i = 0; i < g->nr_rdms; i++)
        e820_add(m, g->rdm[i].start, g->rdm[i].end, E820_TYPE_RESERVED);

    /*
     * X:e820.c:adjust_memory_map does nothing once high RAM is gone, so the entry keeps its last page
     * although nothing is behind it any more.
     */
    if (g->high_end != 0)
        e820_add(m, GIB4, g->high_end, E820_TYPE_RAM);
    else if (high != 0)
        e820_add(m, GIB4, GIB4 + PAGE_SIZE, E820_TYPE_RAM);
    e820_sort(m);
}

/* X:libxl_x86.c:domain_construct_memmap: in this order, unsorted. acpi=0 changes nothing for PVH. */
static void e820_pvh(const struct layout *l, const struct guest_memory *g, struct e820_map *m)
{
    uint32_t acpi = xen_at_least(l, 4, 21) ? E820_TYPE_NVS : E820_TYPE_ACPI;
    uint64_t rsdp = ACPI_TABLES_BASE + ((uint64_t)g->acpi_pages << PAGE_SHIFT);

    e820_add(m, 0, g->low_end, E820_TYPE_RAM);
    for (unsigned i = 0; i < g->nr_rdms; i++)
        e820_add(m, g->rdm[i].start, g->rdm[i].end, E820_TYPE_RESERVED);
    e820_add(m, SPECIAL_PAGES_BASE, SPECIAL_PAGES_END, E820_TYPE_RESERVED);
    e820_add(m, rsdp, rsdp + RSDP_SIZE, acpi);
    e820_add(m, RESERVED_MEMBASE, ACPI_TABLES_BASE, acpi);
    e820_add(m, ACPI_TABLES_BASE, rsdp, acpi);
    e820_add(m, GIB4, g->high_end, E820_TYPE_RAM); /* refused, as it should be, when there is none */
}

/* Before pages are stolen: pci_setup comes first. */
static void place_bars(const struct layout *l, struct guest_memory *g)
{
    struct pci_desc desc[PCI_MAX_FUNCTIONS];
    struct pci_windows w;
    pci_place(desc, pci_table(desc, l), l, g, &w);
    g->pci_start = w.start;
    g->pci_high = w.high;
}

bool layout_resolve(const struct layout *l, uint64_t image_size, struct guest_memory *g, struct diag *d)
{
    memset(g, 0, sizeof *g);
    if (!place_ram(l, g, d) || !place_image(l, image_size, g, d))
        return false;
    g->acpi_pages = acpi_pages(l);

    if (l->type == GUEST_PVH) {
        e820_pvh(l, g, &g->e820);
    } else {
        uint64_t high = g->high_end;
        place_bars(l, g);
        if (!steal(l, g, d))
            return false;
        g->cmos_low_ram = cmos_low_ram(l, g);
        e820_hvm(l, g, high, &g->e820);
    }
    if (l->has_e820)
        g->e820 = l->e820;
    return true;
}

uint64_t guest_top(const struct guest_memory *g)
{
    uint64_t top = g->built_end > GIB4 ? g->built_end : GIB4;
    for (unsigned i = 0; i < g->e820.nr; i++)
        if (g->e820.e[i].at.end > top)
            top = g->e820.e[i].at.end;
    return page_up(top);
}
