/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks of layouts at their edges: how often each hits (test_lint.c shows that it does, where, and a near miss). No file is
 * read: the table and the guest are what a case makes of them. Most were found by tests/mutation.
 */
#include "guest_kit.h"

#include "layout/lint.h"

#define G4 (4 * GIB)

struct kit {
    struct guest t;
    struct lint_firmware fw;
    struct layout_lines at; /* used where it has notes */
    struct lint lint;
};
static struct kit kit;

static void lint(struct kit *k, bool firmware)
{
    const struct lint_input in = {.layout = &k->t.l,
                                  .guest = &k->t.g,
                                  .firmware = firmware ? &k->fw : NULL,
                                  .at = k->at.nr_notes != 0 ? &k->at : NULL};
    lint_init(&k->lint);
    lint_run(&k->lint, &in);
}

/* HVM, 256 MiB: 0-A0000 RAM, F0000-100000, 100000-10000000 RAM, FC000000-FC00B000 NVS, FC00B000-4G RESERVED. */
enum { LOW, BIOS, RAM, NVS, TOP };
/* PVH, 256 MiB: 0-10000000 RAM, FEFF8000-FF000000 RESERVED, ACPI: FC008000, FC000000, FC001000. */
enum { P_RAM, P_SPECIAL, P_RSDP, P_INFO, P_TABLES };

#define E(i) k->t.g.e820.e[i]
#define END(i) E(i).at.end
#define START(i) E(i).at.start
#define ADD(start, end, type) assert_true(e820_add(&k->t.g.e820, start, end, E820_TYPE_##type))
#define CASE(name, ...)             \
    static void name(struct kit *k) \
    {                               \
        __VA_ARGS__;                \
    }

CASE(nothing, (void)k)
CASE(first_empty, END(LOW) = 0)
CASE(last_reversed, END(TOP) = START(TOP) - 1)
CASE(first_overlaps, END(LOW) = 0xF0001)
CASE(second_before_first, START(LOW) = 0xF0000, END(LOW) = 0xF0000)
CASE(first_behind, E(LOW).at = (struct span){0xF8000, 0xF9000})
CASE(last_before, START(TOP) = 0xFBFFF000)
CASE(same_start, START(TOP) = START(NVS))
CASE(first_type, E(LOW).type = 8)
CASE(last_type, E(TOP).type = 8)
CASE(first_high, k->t.l.phys_bits = 36, E(LOW).at = (struct span){64 * GIB, 64 * GIB + 1})
CASE(last_high, k->t.l.phys_bits = 36, END(TOP) = 64 * GIB + 1)
CASE(ram_high, k->t.l.phys_bits = 36, k->t.g.high_end = 64 * GIB + 1)
CASE(special_pvh, START(P_SPECIAL) = 0xFEFF9000)
CASE(special_pvh_end, END(P_SPECIAL) = 0xFEFFF000)
CASE(special_hvm, START(TOP) = 0xFEFF1000)
CASE(special_hvm_end, END(TOP) = G4 - PAGE_SIZE)
CASE(special_hvm_all, START(TOP) = 0xFEFF0000)
CASE(acpi_short, START(TOP) = 0xFC00C000, END(NVS) = 0xFC00A000)
CASE(acpi_late, START(NVS) = 0xFC001000)
CASE(acpi_rsdp, END(P_RSDP) -= 1)
CASE(acpi_first_entry, E(LOW) = (struct e820_entry){{0xFC000000, 0xFC00B000}, E820_TYPE_ACPI},
     E(NVS).at = (struct span){0x20000000, 0x20001000})
CASE(xen_4_14, k->t.l.xen_major = 4, k->t.l.xen_minor = 14, E(NVS).type = E820_TYPE_RESERVED)
CASE(xen_4_14_acpi, k->t.l.xen_major = 4, k->t.l.xen_minor = 14, E(NVS).type = E820_TYPE_ACPI)
CASE(xen_4_15, k->t.l.xen_major = 4, k->t.l.xen_minor = 15, E(NVS).type = E820_TYPE_RESERVED)
CASE(xen_3, k->t.l.xen_major = 3, k->t.l.xen_minor = 20, E(NVS).type = E820_TYPE_RESERVED)
CASE(xen_5, k->t.l.xen_major = 5, k->t.l.xen_minor = 0, E(NVS).type = E820_TYPE_RESERVED)
CASE(pvh_reserved, k->t.l.xen_minor = 20, E(P_INFO).type = E820_TYPE_RESERVED)

static const char *message_of(const struct kit *k, enum lint_id id)
{
    for (unsigned i = 0; i < k->lint.nr; i++)
        if (k->lint.found[i].id == id)
            return k->lint.found[i].message;
    return "";
}

CASE(unaligned_first, START(LOW) = 1)
CASE(unaligned_start, START(RAM) = MIB + 0x800)
CASE(unaligned_end, END(RAM) -= 0x800)
CASE(unaligned_last, ADD(5 * GIB, 5 * GIB + 0x1800, RAM))
CASE(unaligned_within, ADD(5 * GIB + 0x100, 5 * GIB + 0x200, RAM))
CASE(unaligned_empty, ADD(5 * GIB + 0x800, 5 * GIB + 0x1800, RAM))
CASE(unaligned_reserved, END(TOP) -= 0x800)

CASE(over_vga, END(LOW) = 0xA0001)
CASE(over_vga_end, ADD(0xBF000, 0xC0000, RAM))
CASE(over_behind_vga, ADD(0xC0000, 0xEA000, RAM))
CASE(over_rsdp, ADD(0xE9000, 0xEA001, RAM), START(BIOS) = 0xF0000)
CASE(over_two, ADD(0xFEC00000, 0xFED00001, RAM))
CASE(over_three, ADD(0xFEC00000, 0xFED40001, RAM))
CASE(over_io_apic, ADD(0xFEC00FFF, 0xFEC01000, RAM))
CASE(over_behind_io_apic, ADD(0xFEC01000, 0xFED00000, RAM))
CASE(over_behind_hpet, ADD(0xFED01000, 0xFED40000, RAM))
CASE(over_hpet, ADD(0xFED00000, 0xFED01000, RAM))
CASE(over_tpm_end, ADD(0xFED44000, 0xFED45000, RAM))
CASE(over_behind_tpm, ADD(0xFED45000, 0xFEE00000, RAM))
CASE(over_lapic, ADD(0xFEE00000, 0xFEE00001, RAM))
CASE(over_behind_lapic, ADD(0xFEE01000, 0xFEF00000, RAM))
CASE(over_info, ADD(0xFEF00FFF, 0xFEF01000, RAM))
CASE(over_behind_info, ADD(0xFEF01000, 0xFEFF0000, RAM))
CASE(over_special, ADD(0xFEFF0000, 0xFEFF0001, RAM))
CASE(over_special_end, ADD(0xFEFFF000, 0xFF000000, RAM))
CASE(over_behind_special, ADD(0xFF000000, 0xFFE00000, RAM))
CASE(over_image, ADD(0xFFE00000, 0xFFE01000, RAM))
CASE(over_special_pvh, ADD(0xFEFF8000, 0xFEFF9000, RAM))
CASE(over_before_special_pvh, ADD(0xFEFF0000, 0xFEFF8000, RAM))

CASE(hole_first, E(LOW).at = (struct span){0xF0000000, 0xF0001000})
CASE(hole_last, ADD(0xF0000000, 0xF0001000, RAM))
CASE(hole_before, ADD(0xEFFFF000, 0xF0000000, RAM))
CASE(hole_behind, ADD(G4, G4 + PAGE_SIZE, RAM))

CASE(unpopulated_first, E(LOW).at = (struct span){0x20000000, 0x20001000})
CASE(unpopulated_last, ADD(5 * GIB, 5 * GIB + PAGE_SIZE, RAM))
CASE(unpopulated_lost, ADD(G4, G4 + PAGE_SIZE, RAM)) /* hvmloader's own: lost-page tells */
CASE(unpopulated_own, k->t.l.has_e820 = true, ADD(G4, G4 + PAGE_SIZE, RAM))
CASE(lost_reserved, ADD(G4, G4 + PAGE_SIZE, RESERVED))
CASE(lost_first, E(LOW).at = (struct span){G4, G4 + PAGE_SIZE})
CASE(populated_high, k->t.g.high_end = 5 * GIB, ADD(G4, 5 * GIB, RAM))
CASE(undeclared_low, START(LOW) = PAGE_SIZE)
CASE(undeclared_high, k->t.g.high_end = 5 * GIB)
CASE(undeclared_two, START(LOW) = PAGE_SIZE, END(RAM) -= PAGE_SIZE)
CASE(undeclared_middle, END(RAM) = 0x5000000, ADD(0x5001000, 0x10000000, RAM))
CASE(pvh_undeclared, START(P_RAM) = 0xC0000)
CASE(pvh_image_lost, START(P_RAM) = MIB)

CASE(cmos_unit, k->t.g.cmos_low_ram = 0x10000000 - 64 * KIB)
CASE(cmos_less, k->t.g.cmos_low_ram = 0x10000000 - 64 * KIB + 1)
CASE(cmos_more, k->t.g.cmos_low_ram = 0x10000001)
CASE(cmos_two_units, k->t.g.cmos_low_ram = 0x10000000 - 128 * KIB)
CASE(cmos_other_ram, k->t.g.cmos_low_ram = 0x10000000, START(TOP) = 0xFC00B000, ADD(0x8000000, 0x8001000, RAM))
CASE(ram_to_4g, E(TOP).type = E820_TYPE_RAM, k->t.g.cmos_low_ram = UINT32_MAX)
CASE(work_not_populated, k->t.g.low_end = 0x150F000)
CASE(work_first, START(RAM) = 0x801000)
CASE(work_last, END(RAM) = 0x150F000)
CASE(pei_no_room, k->t.g.cmos_low_ram = 0x1000000)
CASE(pei_half_a_page, END(P_RAM) -= 0x800)
CASE(pvh_hole, ADD(0xFD000000, 0xFD001000, RAM))
CASE(wide, k->t.l.phys_bits = 49)
CASE(filled, k->t.l.fill = 1)
CASE(many_vcpus, k->t.l.vcpus = 65)
CASE(elf_other, k->fw = (struct lint_firmware){.file = "x", .size = 2 * MIB, .pvh = true, .pvh_filesz = MIB})
CASE(elf_same, k->fw = (struct lint_firmware){.file = "x", .size = 2 * MIB, .pvh = true, .pvh_filesz = 2 * MIB})

CASE(elf_less, k->fw = (struct lint_firmware){.file = "x", .size = 3 * MIB / 2, .pvh = true, .pvh_filesz = MIB})
CASE(noted, k->at = (struct layout_lines){.nr_notes = 2, .note = {{.unknown = true}, {.unknown = false}}})
CASE(pei_lost, END(P_RAM) = 0xF000000, ADD(0xF001000, 0x10000000, RAM))
CASE(pei_all, k->t.g.cmos_low_ram = 48 * MIB, END(k->t.l.type == GUEST_PVH ? P_RAM : RAM) = 48 * MIB)

static void many(struct kit *k, unsigned nr)
{
    while (k->t.g.e820.nr < nr)
        ADD(5 * GIB + k->t.g.e820.nr * 2 * PAGE_SIZE, 5 * GIB + (k->t.g.e820.nr * 2 + 1) * PAGE_SIZE, RESERVED);
}
CASE(entries_16, many(k, 16))
CASE(entries_17, many(k, 17))
CASE(entries_full, many(k, E820_MAX))
CASE(entries_most, many(k, E820_MAX - 1))

static const struct {
    const char *what;
    enum guest_type type;
    void (*spoil)(struct kit *k);
    enum lint_id id;
    unsigned hits;
    const char *says; /* NULL: anything */
} cases[] = {
    {"empty, first", GUEST_HVM, first_empty, LINT_E820_WRAP, 1, NULL},
    {"reversed, last", GUEST_HVM, last_reversed, LINT_E820_WRAP, 1, NULL},
    {"overlap, first", GUEST_HVM, first_overlaps, LINT_E820_OVERLAP, 1, NULL},
    {"after: nothing more", GUEST_HVM, last_reversed, LINT_SPECIAL_UNDECLARED, 0, NULL},
    {"sorted", GUEST_HVM, nothing, LINT_E820_UNSORTED, 0, NULL},
    {"second", GUEST_HVM, second_before_first, LINT_E820_UNSORTED, 0, NULL},
    {"first behind the second", GUEST_HVM, first_behind, LINT_E820_UNSORTED, 1, NULL},
    {"last", GUEST_HVM, last_before, LINT_E820_UNSORTED, 1, NULL},
    {"equal", GUEST_HVM, same_start, LINT_E820_UNSORTED, 0, NULL},
    {"type of the first", GUEST_HVM, first_type, LINT_E820_TYPE, 1, NULL},
    {"type of the last", GUEST_HVM, last_type, LINT_E820_TYPE, 1, NULL},
    {"first too high", GUEST_HVM, first_high, LINT_PHYS_BITS, 1, NULL},
    {"last too high", GUEST_HVM, last_high, LINT_PHYS_BITS, 1, NULL},
    {"RAM too high", GUEST_HVM, ram_high, LINT_PHYS_BITS, 1, NULL},
    {"special pages", GUEST_PVH, nothing, LINT_SPECIAL_UNDECLARED, 0, NULL},
    {"special pages, first", GUEST_PVH, special_pvh, LINT_SPECIAL_UNDECLARED, 1, "0xfeff8000-0xfeff9000"},
    {"special pages, last", GUEST_PVH, special_pvh_end, LINT_SPECIAL_UNDECLARED, 1, "0xfefff000-0xff000000"},
    {"special pages, HVM", GUEST_HVM, special_hvm, LINT_SPECIAL_UNDECLARED, 1, "0xfeff0000-0xfeff1000"},
    {"image", GUEST_HVM, special_hvm_end, LINT_SPECIAL_UNDECLARED, 1, "0xfffff000-0x100000000"},
    {"no more than that", GUEST_HVM, special_hvm_all, LINT_SPECIAL_UNDECLARED, 0, NULL},
    {"ACPI, last page", GUEST_HVM, acpi_short, LINT_ACPI_UNDECLARED, 1, "0xfc00a000-0xfc00b000"},
    {"ACPI, first page", GUEST_HVM, acpi_late, LINT_ACPI_UNDECLARED, 1, "0xfc000000-0xfc001000"},
    {"ACPI, PVH", GUEST_PVH, nothing, LINT_ACPI_UNDECLARED, 0, NULL},
    {"RSDP", GUEST_PVH, acpi_rsdp, LINT_ACPI_UNDECLARED, 1, "0xfc00803f-0xfc008040"},
    {"ACPI type, first entry", GUEST_HVM, acpi_first_entry, LINT_ACPI_TYPE, 1, NULL},
    {"4.14: reserved", GUEST_HVM, xen_4_14, LINT_ACPI_TYPE, 0, NULL},
    {"4.14: not ACPI", GUEST_HVM, xen_4_14_acpi, LINT_ACPI_TYPE, 1, NULL},
    {"4.15: not reserved", GUEST_HVM, xen_4_15, LINT_ACPI_TYPE, 1, NULL},
    {"3: reserved", GUEST_HVM, xen_3, LINT_ACPI_TYPE, 0, NULL},
    {"5: not reserved", GUEST_HVM, xen_5, LINT_ACPI_TYPE, 1, NULL},
    {"PVH: not reserved", GUEST_PVH, pvh_reserved, LINT_ACPI_TYPE, 1, NULL},
    {"unaligned, first", GUEST_HVM, unaligned_first, LINT_RAM_UNALIGNED, 1, "say 0x1000-0xa0000"},
    {"unaligned start", GUEST_HVM, unaligned_start, LINT_RAM_UNALIGNED, 1, "say 0x101000-0x10000000"},
    {"unaligned end", GUEST_HVM, unaligned_end, LINT_RAM_UNALIGNED, 1, "say 0x100000-0xffff000"},
    {"unaligned, last", GUEST_HVM, unaligned_last, LINT_RAM_UNALIGNED, 1, "say 0x140000000-0x140001000"},
    {"within a page", GUEST_HVM, unaligned_within, LINT_RAM_UNALIGNED, 1, "remove"},
    {"no whole page", GUEST_HVM, unaligned_empty, LINT_RAM_UNALIGNED, 1, "remove"},
    {"no RAM", GUEST_HVM, unaligned_reserved, LINT_RAM_UNALIGNED, 0, NULL},
    {"VGA", GUEST_HVM, over_vga, LINT_RAM_OVER_DEVICE, 1, "the VGA window at 0xa0000-0xc0000;"},
    {"VGA, last page", GUEST_HVM, over_vga_end, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"behind VGA", GUEST_HVM, over_behind_vga, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"RSDP", GUEST_HVM, over_rsdp, LINT_RAM_OVER_DEVICE, 1, "at 0xea000-0x100000;"},
    {"two", GUEST_HVM, over_two, LINT_RAM_OVER_DEVICE, 1, "the I/O APIC at 0xfec00000-0xfec01000 and 1 more;"},
    {"three", GUEST_HVM, over_three, LINT_RAM_OVER_DEVICE, 1, "and 2 more;"},
    {"I/O APIC", GUEST_HVM, over_io_apic, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"behind it", GUEST_HVM, over_behind_io_apic, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"behind the HPET", GUEST_HVM, over_behind_hpet, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"TPM", GUEST_HVM, over_tpm_end, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"behind the TPM", GUEST_HVM, over_behind_tpm, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"LAPIC", GUEST_HVM, over_lapic, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"behind the LAPIC", GUEST_HVM, over_behind_lapic, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"shared info", GUEST_HVM, over_info, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"behind it", GUEST_HVM, over_behind_info, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"special pages", GUEST_HVM, over_special, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"special pages, last", GUEST_HVM, over_special_end, LINT_RAM_OVER_DEVICE, 1, "at 0xfeff0000-0xff000000;"},
    {"behind them", GUEST_HVM, over_behind_special, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"image", GUEST_HVM, over_image, LINT_RAM_OVER_DEVICE, 1, "the firmware image at 0xffe00000-0x100000000;"},
    {"HPET", GUEST_HVM, over_hpet, LINT_RAM_OVER_DEVICE, 1, NULL},
    {"no I/O APIC, PVH", GUEST_PVH, over_io_apic, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"no TPM, PVH", GUEST_PVH, over_tpm_end, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"special pages, PVH", GUEST_PVH, over_special_pvh, LINT_RAM_OVER_DEVICE, 1, "at 0xfeff8000-0xff000000;"},
    {"before them, PVH", GUEST_PVH, over_before_special_pvh, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"no VGA, PVH", GUEST_PVH, nothing, LINT_RAM_OVER_DEVICE, 0, NULL},
    {"hole, first", GUEST_HVM, hole_first, LINT_RAM_IN_HOLE, 1, NULL},
    {"hole, last", GUEST_HVM, hole_last, LINT_RAM_IN_HOLE, 1, NULL},
    {"before the hole", GUEST_HVM, hole_before, LINT_RAM_IN_HOLE, 0, NULL},
    {"behind the hole", GUEST_HVM, hole_behind, LINT_RAM_IN_HOLE, 0, NULL},
    {"after: not told twice", GUEST_HVM, hole_first, LINT_RAM_UNPOPULATED, 0, NULL},
    {"unpopulated, first", GUEST_HVM, unpopulated_first, LINT_RAM_UNPOPULATED, 1, NULL},
    {"unpopulated, last", GUEST_HVM, unpopulated_last, LINT_RAM_UNPOPULATED, 1, NULL},
    {"lost page", GUEST_HVM, unpopulated_lost, LINT_RAM_UNPOPULATED, 0, NULL},
    {"lost page", GUEST_HVM, unpopulated_lost, LINT_LOST_PAGE, 1, NULL},
    {"lost page, first", GUEST_HVM, lost_first, LINT_LOST_PAGE, 1, NULL},
    {"one's own", GUEST_HVM, unpopulated_own, LINT_RAM_UNPOPULATED, 1, NULL},
    {"one's own", GUEST_HVM, unpopulated_own, LINT_LOST_PAGE, 0, NULL},
    {"reserved", GUEST_HVM, lost_reserved, LINT_LOST_PAGE, 0, NULL},
    {"PVH", GUEST_PVH, unpopulated_lost, LINT_RAM_UNPOPULATED, 1, NULL},
    {"populated", GUEST_HVM, populated_high, LINT_RAM_UNPOPULATED, 0, NULL},
    {"populated", GUEST_HVM, populated_high, LINT_LOST_PAGE, 0, NULL},
    {"undeclared, low", GUEST_HVM, undeclared_low, LINT_RAM_UNDECLARED, 1, "0x0-0x1000 "},
    {"undeclared, high", GUEST_HVM, undeclared_high, LINT_RAM_UNDECLARED, 1, "0x100000000-0x140000000 "},
    {"undeclared, two", GUEST_HVM, undeclared_two, LINT_RAM_UNDECLARED, 2, NULL},
    {"undeclared, between", GUEST_HVM, undeclared_middle, LINT_RAM_UNDECLARED, 1, "0x5000000-0x5001000 "},
    {"C0000 in PVH", GUEST_PVH, pvh_undeclared, LINT_RAM_UNDECLARED, 1, "0x0-0xc0000 "},
    {"1 MiB in PVH", GUEST_PVH, pvh_image_lost, LINT_RAM_UNDECLARED, 1, "0x0-0x100000 "},
    {"CMOS, as much", GUEST_HVM, nothing, LINT_CMOS_BELOW_RAM, 0, NULL},
    {"CMOS, as much", GUEST_HVM, nothing, LINT_CMOS_ROUNDING, 0, NULL},
    {"CMOS, a unit less", GUEST_HVM, cmos_unit, LINT_CMOS_BELOW_RAM, 1, NULL},
    {"CMOS, a unit less", GUEST_HVM, cmos_unit, LINT_CMOS_ROUNDING, 0, NULL},
    {"CMOS, less than a unit", GUEST_HVM, cmos_less, LINT_CMOS_BELOW_RAM, 0, NULL},
    {"CMOS, less than a unit", GUEST_HVM, cmos_less, LINT_CMOS_ROUNDING, 1, NULL},
    {"CMOS, two units less", GUEST_HVM, cmos_two_units, LINT_CMOS_ROUNDING, 0, NULL},
    {"CMOS, more", GUEST_HVM, cmos_more, LINT_CMOS_ABOVE_RAM, 1, NULL},
    {"CMOS, more", GUEST_HVM, cmos_more, LINT_CMOS_BELOW_RAM, 0, NULL},
    {"the highest entry counts", GUEST_HVM, cmos_other_ram, LINT_CMOS_ABOVE_RAM, 0, NULL},
    {"RAM to 4 GiB counts", GUEST_HVM, ram_to_4g, LINT_CMOS_ABOVE_RAM, 0, NULL},
    {"work area", GUEST_HVM, work_not_populated, LINT_WORK_AREA, 1, "0x150f000-0x1510000 is not populated"},
    {"work area, first", GUEST_HVM, work_first, LINT_WORK_AREA, 1, "0x800000-0x801000 is not RAM in the E820"},
    {"work area, last", GUEST_HVM, work_last, LINT_WORK_AREA, 1, "0x150f000-0x1510000 is not RAM in the E820"},
    {"no room for PEI", GUEST_HVM, pei_no_room, LINT_PEI_MEMORY, 1, "gets 0 MiB"},
    {"PEI, to half a page", GUEST_PVH, pei_half_a_page, LINT_PEI_NOT_RAM, 0, NULL},
    {"empty, PVH", GUEST_PVH, first_empty, LINT_E820_WRAP, 1, NULL},
    {"unsorted, each guest's own check", GUEST_PVH, nothing, LINT_PVH_UNSORTED, 1, NULL},
    {"unsorted, each guest's own check", GUEST_PVH, nothing, LINT_E820_UNSORTED, 0, NULL},
    {"unsorted, each guest's own check", GUEST_HVM, last_before, LINT_PVH_UNSORTED, 0, NULL},
    {"type, PVH", GUEST_PVH, first_type, LINT_E820_TYPE, 1, NULL},
    {"too high, PVH", GUEST_PVH, first_high, LINT_PHYS_BITS, 1, NULL},
    {"49 bits, PVH", GUEST_PVH, wide, LINT_PHYS_BITS_OVER_48, 1, NULL},
    {"half a page, PVH", GUEST_PVH, pei_half_a_page, LINT_RAM_UNALIGNED, 1, NULL},
    {"in the hole, PVH", GUEST_PVH, pvh_hole, LINT_RAM_IN_HOLE, 1, NULL},
    {"no CMOS, PVH", GUEST_PVH, cmos_more, LINT_CMOS_ABOVE_RAM, 0, NULL},
    {"no CMOS, PVH", GUEST_PVH, cmos_less, LINT_CMOS_ROUNDING, 0, NULL},
    {"no hvmloader, PVH", GUEST_PVH, unpopulated_lost, LINT_LOST_PAGE, 0, NULL},
    {"filled, PVH", GUEST_PVH, filled, LINT_FILL, 1, NULL},
    {"vCPUs, PVH", GUEST_PVH, many_vcpus, LINT_VCPUS_OVER_64, 1, NULL},
    {"ELF header", GUEST_PVH, elf_other, LINT_PVH_ELF_SHORT, 1, NULL},
    {"ELF header", GUEST_PVH, elf_same, LINT_PVH_ELF_SHORT, 0, NULL},
    {"hvmloader does not look at it", GUEST_HVM, elf_other, LINT_PVH_ELF_SHORT, 0, NULL},
    {"half a MiB", GUEST_HVM, elf_less, LINT_IMAGE_SIZE, 1, NULL},
    {"no hvmloader, PVH", GUEST_PVH, elf_less, LINT_IMAGE_SIZE, 0, NULL},
    {"17 entries", GUEST_HVM, entries_17, LINT_E820_OVER_16, 1, NULL},
    {"16 entries", GUEST_HVM, entries_16, LINT_E820_OVER_16, 0, NULL},
    {"no hvmloader, PVH", GUEST_PVH, entries_17, LINT_E820_OVER_16, 0, NULL},
    {"128 entries", GUEST_HVM, entries_full, LINT_E820_FULL, 1, NULL},
    {"128 entries, PVH", GUEST_PVH, entries_full, LINT_E820_FULL, 1, NULL},
    {"127 entries", GUEST_PVH, entries_most, LINT_E820_FULL, 0, NULL},
    {"PEI, not RAM, PVH", GUEST_PVH, pei_lost, LINT_PEI_NOT_RAM, 1, "0xf000000-0xf001000 is not RAM in the E820"},
    {"PEI, all that there is", GUEST_HVM, pei_all, LINT_PEI_CAP, 1, NULL},
    {"PEI, all that there is, PVH", GUEST_PVH, pei_all, LINT_PEI_CAP, 1, NULL},
    {"key", GUEST_HVM, noted, LINT_UNKNOWN_KEY, 1, NULL},
    {"key, PVH", GUEST_PVH, noted, LINT_UNKNOWN_KEY, 1, NULL},
    {"key", GUEST_HVM, noted, LINT_NOT_HONOURED, 1, NULL},
    {"key, PVH", GUEST_PVH, noted, LINT_NOT_HONOURED, 1, NULL},
};

static void edges(void **state)
{
    (void)state;
    struct kit *k = &kit;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guest_init(&k->t, cases[i].type, 256, 0, AMPLE, 2);
        k->fw = (struct lint_firmware){0};
        k->at.nr_notes = 0;
        cases[i].spoil(k);
        lint(k, k->fw.file != NULL);
        assert_null(k->lint.in);
        for (unsigned j = 0; j < k->lint.nr; j++)
            assert_int_equal(k->lint.found[j].line, 0); /* none is known */
        if (k->lint.hits[cases[i].id] != cases[i].hits)
            fail_msg("%s: %s hits %u times, not %u: %s", cases[i].what, lint_checks[cases[i].id].name,
                     k->lint.hits[cases[i].id], cases[i].hits, message_of(k, cases[i].id));
        if (cases[i].says != NULL && strstr(message_of(k, cases[i].id), cases[i].says) == NULL)
            fail_msg("%s: %s says \"%s\"", cases[i].what, lint_checks[cases[i].id].name, message_of(k, cases[i].id));
    }
}

/* The worst counts, of this run alone. */
static void worst(void **state)
{
    (void)state;
    struct kit *k = &kit;
    guest_init(&k->t, GUEST_HVM, 256, 0, AMPLE, 2);
    k->t.l.fill = 1; /* a note, after the error */
    hole_last(k);
    lint(k, false);
    assert_int_equal(k->lint.hits[LINT_FILL], 1);
    assert_int_equal(k->lint.worst, LINT_ERROR);
    guest_init(&k->t, GUEST_HVM, 256, 0, AMPLE, 2);
    const struct lint_input in = {.layout = &k->t.l, .guest = &k->t.g};
    lint_run(&k->lint, &in);
    assert_int_equal(k->lint.worst, LINT_OFF);
}

/* What PEI needs for page tables: E:MemDetect.c:GetPeiMemoryCap; from how many MiB on it has enough. */
static void page_tables(void **state)
{
    (void)state;
    struct kit *k = &kit;
    static const struct {
        unsigned bits;
        bool page_1g;
        uint64_t pages; /* of tables */
    } sizes[] = {
        {36, false, 66}, {38, false, 258}, {39, false, 514}, {40, false, 1027}, {41, false, 2053},
        {39, true, 2},   {40, true, 3},    {41, true, 5},    {48, true, 513},   {52, true, 513},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint64_t need = 0x1300000 + 4 * MIB + sizes[i].pages * PAGE_SIZE;
        for (unsigned less = 0; less < 2; less++) {
            guest_init(&k->t, GUEST_HVM, 256, 0, AMPLE, 2);
            k->t.l.phys_bits = sizes[i].bits;
            k->t.l.page_1g = sizes[i].page_1g;
            k->t.g.cmos_low_ram = need - less * PAGE_SIZE;
            lint(k, false);
            if (k->lint.hits[LINT_PEI_MEMORY] != less)
                fail_msg("%u bits, %s: %u hits with %llx", sizes[i].bits, sizes[i].page_1g ? "1 GiB" : "2 MiB",
                         k->lint.hits[LINT_PEI_MEMORY], (unsigned long long)k->t.g.cmos_low_ram);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(edges), cmocka_unit_test(worst), cmocka_unit_test(page_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
