/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HVM: hvmloader has run, has copied the image below 4 GiB and jumps to its reset vector in real mode. */
#include "xen/abi.h"
#include "xen/handoff.h"
#include "xen/lay.h"

#define LOW_COPY_SIZE (64 * KIB)

/* The parts that lie where they lie whatever the guest, over RAM and holes and under what follows. */
static const struct lay_range fixed[] = {
    {{VGA_HOLE_START, VGA_HOLE_END}, PLAN_DEVICE, CLASS_RESERVED, "VGA memory"},
    {{VGA_HOLE_END, HVMLOADER_LOW_COPY}, PLAN_RAM, CLASS_PRESERVED, "BIOS area"},
    {{XEN_AREA_START, 4 * GIB}, PLAN_HOLE, CLASS_RESERVED, "Xen reserved area"},
    {{GUEST_RESERVED_START, GUEST_RESERVED_END}, PLAN_HOLE, CLASS_RESERVED, "reserved for guest use"},
    {{IOAPIC_START, IOAPIC_START + PAGE_SIZE}, PLAN_DEVICE, CLASS_DEVICE, "I/O APIC"},
    {{HPET_START, HPET_START + PAGE_SIZE}, PLAN_DEVICE, CLASS_DEVICE, "HPET"},
    {{TPM_START, TPM_END}, PLAN_DEVICE, CLASS_DEVICE, "TPM (absent)"},
    {{LAPIC_START, LAPIC_START + PAGE_SIZE}, PLAN_DEVICE, CLASS_DEVICE, "local APIC"},
};

static bool lay_ram(const struct guest_memory *g, struct plan *p, struct diag *d)
{
    const struct lay_range base = {{0, VGA_HOLE_START}, PLAN_RAM, CLASS_FREE, "low RAM"};
    const struct lay_range low = {{MIB, g->low_end}, PLAN_RAM, CLASS_FREE, "low RAM"};
    const struct lay_range high = {{4 * GIB, g->high_end}, PLAN_RAM, CLASS_FREE, "high RAM"};
    const struct lay_range gone = {{g->low_end, g->pci_start}, PLAN_HOLE, CLASS_HOLE, "above low RAM"};
    const struct lay_range pci = {{g->pci_start, XEN_AREA_START}, PLAN_HOLE, CLASS_HOLE, "PCI window"};
    const uint64_t top = g->high_end != 0 ? g->high_end : 4 * GIB;
    const struct lay_range taken = {{top, p->top}, PLAN_HOLE, CLASS_HOLE, "above high RAM"};
    return (top >= p->top || lay(p, taken, NULL, 0, d)) && lay(p, base, NULL, 0, d) && lay(p, low, NULL, 0, d) &&
           (g->high_end == 0 || lay(p, high, NULL, 0, d)) && (g->low_end >= g->pci_start || lay(p, gone, NULL, 0, d)) &&
           lay(p, pci, NULL, 0, d);
}

/* What the E820 says about RAM and about the hole up to Xen's own area, and above all RAM. */
static bool lay_rules(const struct guest_memory *g, struct plan *p, struct diag *d)
{
    const uint64_t high = g->high_end != 0 ? g->high_end : 4 * GIB;
    const struct e820_index table = e820_index(&g->e820);
    return lay_e820(p, &table, (struct span){0, VGA_HOLE_START}, true, d) &&
           lay_e820(p, &table, (struct span){MIB, g->low_end}, true, d) &&
           lay_e820(p, &table, (struct span){g->low_end, XEN_AREA_START}, false, d) &&
           lay_e820(p, &table, (struct span){4 * GIB, high}, true, d) &&
           lay_e820(p, &table, (struct span){high, UINT64_MAX}, false, d);
}

/* X:hvmloader.c:main: cleared, but the rest of the page is as it was, should it have been moved there. */
static bool lay_vm86_tss(const struct layout *l, const struct guest_memory *g, struct plan *p, struct diag *d)
{
    static const uint8_t tss[HVMLOADER_VM86_TSS_SIZE];
    const struct lay_range r = {
        {HVMLOADER_VM86_TSS, HVMLOADER_VM86_TSS + PAGE_SIZE}, PLAN_RAM, CLASS_RESERVED, "VM86 TSS"};
    return lay_page(p, r, tss, sizeof tss, g->stolen_pages > 0 ? l->fill : 0, d);
}

/* What hvmloader takes from the holes of Xen's area for some guests: the OpRegion's pages are the host's. */
static bool lay_options(const struct layout *l, struct plan *p, struct diag *d)
{
    static const char signature[] = "IntelGraphicsMem";
    const struct lay_range opregion = {
        {IGD_OPREGION_START, IGD_OPREGION_END}, PLAN_RAM, CLASS_PRESERVED, "IGD OpRegion"};
    const struct lay_range log = {tpm_log_area(l), PLAN_RAM, CLASS_PRESERVED, "TPM 2.0 log area"};
    return (!l->dev.igd || lay(p, opregion, signature, sizeof signature - 1, d)) &&
           (span_size(log.at) == 0 || lay(p, log, "", 0, d));
}

static bool lay_image(const struct guest_memory *g, const struct image *im, struct plan *p, struct diag *d)
{
    if (im->size < LOW_COPY_SIZE || im->size != span_size(g->image) || g->image.end != 4 * GIB)
        return diag_fail(d, im->path, 0,
                         "an image of %zu bytes does not end at 4 GiB when hvmloader has placed it, so its reset "
                         "vector leads nowhere; give a whole flash image, a multiple of 1 MiB",
                         im->size);
    const struct span low = {HVMLOADER_LOW_COPY, MIB};
    return plan_lend(p, g->image, PLAN_RAM, CLASS_IMAGE, "OVMF image", im->bytes, im->size, d) != NULL &&
           plan_lend(p, low, PLAN_RAM, CLASS_IMAGE, "low copy of the image", im->bytes + im->size - LOW_COPY_SIZE,
                     LOW_COPY_SIZE, d) != NULL;
}

static bool plan_hvm(const struct layout *l, const struct guest_memory *g, const struct image *im, struct plan *p,
                     struct cpu_entry *entry, struct diag *d)
{
    struct smbios smbios;
    uint64_t rsdp;
    /* X:hvmloader.c: real mode through the trampoline, all registers zero, its GDT still loaded. */
    *entry = (struct cpu_entry){
        .mode = ENTRY_REAL,
        .cs = 0xF000,
        .eip = 0xFFF0,
        .eflags = 0x46, /* ZF and PF, of the XOR that clears the last register */
        .gdt_base = HVMLOADER_GDT,
        .gdt_limit = HVMLOADER_GDT_LIMIT,
        .idt_limit = 0x3FF,
    };
    return lay_ram(g, p, d) && lay_hvmloader_stale(p, l, g, d) && smbios_build(&smbios, l, g, d) &&
           lay_smbios_scratch(p, &smbios, d) && lay_null_page(p, d) && lay_rules(g, p, d) &&
           lay_ranges(p, fixed, sizeof fixed / sizeof fixed[0], d) && lay_vm86_tss(l, g, p, d) &&
           lay_special_pages(p, true, d) && lay_options(l, p, d) && lay_hvmloader_reserved(p, d) &&
           (!l->acpi || lay_acpi(p, l, g, &rsdp, d)) && lay_smbios(p, &smbios, d) && lay_image(g, im, p, d) &&
           lay_hvmloader_live(p, l, g, d);
}

const struct handoff handoff_hvm = {
    .name = "hvm",
    .type = GUEST_HVM,
    .help = "HVM guest after hvmloader: real mode at F000:FFF0, info block at 0x1000",
    .plan = plan_hvm,
};
