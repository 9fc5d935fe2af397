/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of what DXE leaves, at their edges: what is just wrong, and what is just right (as test_handoff_checks.c). */
#include "checks_kit.h"

#include "check/leave/leave.h"

static struct checks hvm, pvh;
static struct efi_map map, gcd;
static struct leave leave;

static bool read_guest(const void *self, uint64_t gva, void *dst, size_t n)
{
    return memory_read(self, gva, dst, n);
}

static struct efi_range *add(struct efi_map *m, uint32_t type, uint64_t start, uint64_t end)
{
    struct efi_range *r = &m->r[m->nr++];
    *r = (struct efi_range){{start, end}, type, 0, {0x2000000 + 0x40 * m->nr, 0x2000028 + 0x40 * m->nr}};
    if (efi_type_is_runtime(type))
        r->attributes = EFI_ATTRIBUTE_RUNTIME;
    return r;
}

/* In the map of a good firmware, and in its GCD. */
enum { LOW, VGA, FREE, LOADER, BOOT, RUNTIME, ACPI, REST, NR_MAP };
enum { G_LOW, G_VGA, G_RAM, G_HOLE, G_TOP };

static void leave_reset(struct checks *c)
{
    checks_reset(c);
    memset(&map, 0, sizeof map);
    memset(&gcd, 0, sizeof gcd);
    add(&map, EFI_CONVENTIONAL, 0, 0xA0000);
    add(&map, EFI_RESERVED, 0xA0000, MIB);
    add(&map, EFI_CONVENTIONAL, MIB, 0x2000000);
    add(&map, EFI_LOADER_DATA, 0x2000000, 0x2100000);
    add(&map, EFI_BOOT_DATA, 0x2100000, 0x2200000);
    add(&map, EFI_RUNTIME_DATA, 0x2200000, 0x2300000);
    add(&map, EFI_ACPI_RECLAIM, 0x2300000, 0x2400000);
    add(&map, EFI_CONVENTIONAL, 0x2400000, 0x40000000);
    add(&gcd, GCD_RAM, 0, 0xA0000);
    add(&gcd, GCD_RESERVED, 0xA0000, MIB);
    add(&gcd, GCD_RAM, MIB, 0x40000000);
    add(&gcd, GCD_NONE, 0x40000000, 0xF0000000);
    add(&gcd, GCD_MMIO, 0xF0000000, 1ULL << 40);
    leave = (struct leave){.v = c->view, .r = {read_guest, &c->m.memory}, .map = &map, .gcd = &gcd};
    leave.v.later = true;
    leave.config = (struct efi_configuration){.at = {0x2200000, 0x2200000}, .readable = true};
}

struct leave_case {
    const char *what;
    void (*check)(struct leave *l);
    void (*spoil)(struct checks *c);
    size_t findings;
    enum rule_id rule;
    struct span at;
};

static void run(struct checks *c, const struct leave_case *cases, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        const struct leave_case *k = &cases[i];
        leave_reset(c);
        const size_t before = c->v.findings.nr;
        if (k->spoil != NULL)
            k->spoil(c);
        const size_t told = c->v.findings.nr - before; /* by the spoiler, as an earlier rule */
        k->check(&leave);
        const struct findings *found = &c->v.findings;
        const struct finding *f = &found->f[told];
        if (found->nr - told != k->findings)
            fail_msg("%s: %zu findings, not %zu: %s", k->what, found->nr - told, k->findings,
                     found->nr != told ? f->text : "none");
        if (k->findings == 0)
            continue;
        if (f->rule != k->rule)
            fail_msg("%s: %s", k->what, rules[f->rule].name);
        if (k->at.end != 0 && (f->touched.start != k->at.start || f->touched.end != k->at.end))
            fail_msg("%s: about %#llx-%#llx", k->what, (unsigned long long)f->touched.start,
                     (unsigned long long)f->touched.end);
    }
}
#define RUN(c, ...)                                  \
    run(c, (const struct leave_case[]){__VA_ARGS__}, \
        sizeof((const struct leave_case[]){__VA_ARGS__}) / sizeof(struct leave_case))
#define CASE(name, ...)                \
    static void name(struct checks *c) \
    {                                  \
        (void)c;                       \
        __VA_ARGS__;                   \
    }
#define TOLD(c, id, start, end) (record_new(&(c)->mon, id, 0, NULL)->touched = (struct span){start, end})

/* --- the GCD */

CASE(gcd_damaged, gcd.damage = "x", gcd.damage_at = 0x2000000, gcd.r[G_RAM].at.start += PAGE_SIZE)
CASE(gcd_gap, gcd.r[G_RAM].at.start += PAGE_SIZE, gcd.r[G_TOP].at.end = 1ULL << 39) /* and short: told once */
CASE(gcd_first_gap, gcd.r[G_LOW].at.start = PAGE_SIZE)
CASE(gcd_empty, gcd.r[G_VGA].at = (struct span){0xA0000, 0xA0000}, gcd.r[G_RAM].at.start = 0xA0000)
CASE(gcd_type, gcd.r[G_TOP].type = 99)
CASE(gcd_short, gcd.r[G_TOP].at.end = 1ULL << 39)
CASE(gcd_short_no_cpu, {
    gcd.r[G_TOP].at.end = 1ULL << 39;
    c->h[CPU].type = HOB_UNUSED;
})
CASE(gcd_short_64, {
    gcd.r[G_TOP].at.end = 1ULL << 39;
    c->h[CPU].mem_bits = 64;
})
CASE(gcd_none, gcd.nr = 0)

static void gcd_list(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_GCD_LIST;
    RUN(&hvm, {"good", check_gcd_list, NULL, 0, 0, {0, 0}},
        {"damaged", check_gcd_list, gcd_damaged, 1, rule, {0x2000000, 0x2000008}},
        {"gap", check_gcd_list, gcd_gap, 1, rule, {MIB + PAGE_SIZE, MIB + PAGE_SIZE + 1}},
        {"gap at 0", check_gcd_list, gcd_first_gap, 1, rule, {PAGE_SIZE, PAGE_SIZE + 1}},
        {"empty", check_gcd_list, gcd_empty, 1, rule, {0xA0000, 0xA0001}},
        {"type", check_gcd_list, gcd_type, 1, rule, {0xF0000000, 0xF0000001}},
        {"too short", check_gcd_list, gcd_short, 1, rule, {1ULL << 39, (1ULL << 39) + 1}},
        {"nobody says how long", check_gcd_list, gcd_short_no_cpu, 0, 0, {0, 0}},
        {"64 bits", check_gcd_list, gcd_short_64, 0, 0, {0, 0}}, {"nothing", check_gcd_list, gcd_none, 0, 0, {0, 0}});
}

CASE(gcd_ram_more, gcd.r[G_RAM].at.end += PAGE_SIZE)
CASE(gcd_ram_reliable, gcd.r[G_HOLE].type = GCD_RELIABLE)
CASE(gcd_ram_persistent, gcd.r[G_HOLE].type = GCD_PERSISTENT)
CASE(gcd_ram_unaccepted, gcd.r[G_HOLE].type = GCD_UNACCEPTED)
CASE(gcd_ram_told, {
    gcd.r[G_RAM].at.end += PAGE_SIZE;
    TOLD(c, RULE_HOB_RAM, 0x40000000, 0x40001000);
})
CASE(gcd_ram_told_below, {
    gcd.r[G_RAM].at.end += PAGE_SIZE;
    TOLD(c, RULE_HOB_RAM, 0x3FFFF000, 0x40000000);
})
CASE(gcd_ram_nine,
     for (unsigned i = 0; i < 9; i++) add(&gcd, GCD_RAM, 0x50000000 + 0x10000 * i, 0x50001000 + 0x10000 * i))
CASE(gcd_mmio_page, gcd.r[G_HOLE].type = GCD_MMIO, gcd.r[G_HOLE].at.start -= PAGE_SIZE)
CASE(gcd_mmio_edge, gcd.r[G_HOLE].type = GCD_MMIO)
CASE(gcd_mmio_nine,
     for (unsigned i = 0; i < 9; i++) add(&gcd, GCD_MMIO, 0x3000000 + 0x10000 * i, 0x3001000 + 0x10000 * i))

CASE(gcd_ram_first, gcd.r[G_LOW].at = (struct span){0x50000000, 0x50001000})
CASE(gcd_ram_last, add(&gcd, GCD_RAM, 0x50000000, 0x50001000))
CASE(gcd_mmio_first, gcd.r[G_LOW].type = GCD_MMIO)
CASE(gcd_mmio_last, add(&gcd, GCD_MMIO, 0x3000000, 0x3001000))

static void gcd_types(void **state)
{
    (void)state;
    const struct span hole = {0x40000000, 0xF0000000};
    RUN(&hvm, {"good", check_gcd_ram, NULL, 0, 0, {0, 0}},
        {"the first", check_gcd_ram, gcd_ram_first, 1, RULE_GCD_RAM, {0x50000000, 0x50001000}},
        {"the last", check_gcd_ram, gcd_ram_last, 1, RULE_GCD_RAM, {0x50000000, 0x50001000}},
        {"a page", check_gcd_ram, gcd_ram_more, 1, RULE_GCD_RAM, {0x40000000, 0x40001000}},
        {"reliable", check_gcd_ram, gcd_ram_reliable, 1, RULE_GCD_RAM, hole},
        {"persistent", check_gcd_ram, gcd_ram_persistent, 1, RULE_GCD_RAM, hole},
        {"unaccepted", check_gcd_ram, gcd_ram_unaccepted, 0, 0, {0, 0}},
        {"told by a HOB", check_gcd_ram, gcd_ram_told, 0, 0, {0, 0}},
        {"something else told", check_gcd_ram, gcd_ram_told_below, 1, RULE_GCD_RAM, {0x40000000, 0x40001000}},
        {"nine: eight", check_gcd_ram, gcd_ram_nine, 8, RULE_GCD_RAM, {0x50000000, 0x50001000}},
        {"good", check_gcd_mmio, NULL, 0, 0, {0, 0}},
        {"the first", check_gcd_mmio, gcd_mmio_first, 1, RULE_GCD_MMIO, {0, 0xA0000}},
        {"the last", check_gcd_mmio, gcd_mmio_last, 1, RULE_GCD_MMIO, {0x3000000, 0x3001000}},
        {"MMIO over a page", check_gcd_mmio, gcd_mmio_page, 1, RULE_GCD_MMIO, {0x3FFFF000, 0x40000000}},
        {"MMIO beside RAM", check_gcd_mmio, gcd_mmio_edge, 0, 0, {0, 0}},
        {"MMIO: eight", check_gcd_mmio, gcd_mmio_nine, 8, RULE_GCD_MMIO, {0x3000000, 0x3001000}});
}

/* --- the memory map */

CASE(map_damaged, map.damage = "x", map.damage_at = 0x2000000)
CASE(map_start, map.r[BOOT].at.start += 0x800)
CASE(map_end, map.r[BOOT].at.end -= 0x800)
CASE(map_empty, map.r[BOOT].at.end = map.r[BOOT].at.start)
CASE(map_reversed, map.r[BOOT].at.end = map.r[BOOT].at.start - PAGE_SIZE)
CASE(map_type_last, map.r[BOOT].type = EFI_MEMORY_TYPES - 1)
CASE(map_type_next, map.r[BOOT].type = EFI_MEMORY_TYPES)
CASE(map_type_oem, map.r[BOOT].type = EFI_OEM_TYPES)
CASE(map_type_below, map.r[BOOT].type = EFI_OEM_TYPES - 1)
CASE(map_type_first, map.r[LOW].type = 0x10)
CASE(map_nine_types,
     for (unsigned i = 0; i < 9; i++) add(&map, 0x10, 0x50000000 + 0x10000 * i, 0x50001000 + 0x10000 * i))

CASE(map_type_of_last, add(&map, 0x10, 0x50000000, 0x50001000))

static void map_list(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_LIST;
    RUN(&hvm, {"good", check_map_list, NULL, 0, 0, {0, 0}},
        {"the last one's type", check_map_list, map_type_of_last, 1, rule, {0x50000000, 0x50001000}},
        {"damaged", check_map_list, map_damaged, 1, rule, {0x2000000, 0x2000008}},
        {"start", check_map_list, map_start, 1, rule, {0x2100800, 0x2200000}},
        {"end", check_map_list, map_end, 1, rule, {0x2100000, 0x21FF800}},
        {"empty", check_map_list, map_empty, 1, rule, {0x2100000, 0x2100001}},
        {"reversed", check_map_list, map_reversed, 1, rule, {0x2100000, 0x2100001}},
        {"last type", check_map_list, map_type_last, 0, 0, {0, 0}},
        {"the next", check_map_list, map_type_next, 1, rule, {0x2100000, 0x2200000}},
        {"an OEM's", check_map_list, map_type_oem, 0, 0, {0, 0}},
        {"before those", check_map_list, map_type_below, 1, rule, {0x2100000, 0x2200000}},
        {"the first", check_map_list, map_type_first, 1, rule, {0, 0xA0000}},
        {"nine: eight", check_map_list, map_nine_types, 8, rule, {0x50000000, 0x50001000}});
}

CASE(overlap_page, map.r[BOOT].at.end += PAGE_SIZE)
CASE(overlap_first, add(&map, EFI_RESERVED, 0x9F000, 0xA0000))
CASE(overlap_inside, add(&map, EFI_RESERVED, 0x3000000, 0x3001000))
CASE(overlap_ten,
     for (unsigned i = 0; i < 9; i++) add(&map, EFI_RESERVED, 0x3000000 + 0x10000 * i, 0x3001000 + 0x10000 * i))

CASE(overlap_before, map.r[FREE].at.start = MIB + 0x10000, add(&map, EFI_RESERVED, MIB + 0xF000, MIB + 0x11000))

static void map_overlap(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_OVERLAP;
    RUN(&hvm, {"good", check_map_overlap, NULL, 0, 0, {0, 0}},
        {"beginning before", check_map_overlap, overlap_before, 1, rule, {MIB + 0x10000, MIB + 0x11000}},
        {"a page", check_map_overlap, overlap_page, 1, rule, {0x2200000, 0x2201000}},
        {"of the first and the last", check_map_overlap, overlap_first, 1, rule, {0x9F000, 0xA0000}},
        {"inside", check_map_overlap, overlap_inside, 1, rule, {0x3000000, 0x3001000}},
        {"nine: eight", check_map_overlap, overlap_ten, 8, rule, {0x3000000, 0x3001000}});
}

#define BEYOND(type) add(&map, type, 0x50000000, 0x50001000)
CASE(no_ram_free, BEYOND(EFI_CONVENTIONAL))
CASE(no_ram_runtime, BEYOND(EFI_RUNTIME_CODE))
CASE(no_ram_reclaim, BEYOND(EFI_ACPI_RECLAIM))
CASE(no_ram_nvs, BEYOND(EFI_ACPI_NVS))
CASE(no_ram_pal, BEYOND(EFI_PAL_CODE))
CASE(no_ram_mmio, BEYOND(EFI_MMIO))
CASE(no_ram_reserved, BEYOND(EFI_RESERVED))
CASE(no_ram_unusable, BEYOND(EFI_UNUSABLE))
CASE(acpi_in_nvs, add(&map, EFI_ACPI_NVS, 0xFC000000, 0xFC00B000))
CASE(reclaim_in_nvs, add(&map, EFI_ACPI_RECLAIM, 0xFC000000, 0xFC00B000))
CASE(acpi_beyond_nvs, add(&map, EFI_ACPI_NVS, 0xFC000000, 0xFC00C000))
CASE(free_in_nvs, add(&map, EFI_CONVENTIONAL, 0xFC000000, 0xFC00B000))
CASE(no_ram_told_gcd, {
    BEYOND(EFI_CONVENTIONAL);
    TOLD(c, RULE_GCD_RAM, 0x50000000, 0x50001000);
})
CASE(no_ram_told_hob, {
    BEYOND(EFI_CONVENTIONAL);
    TOLD(c, RULE_HOB_RAM, 0x50000FFF, 0x50001000);
})
CASE(no_ram_told_else, {
    BEYOND(EFI_CONVENTIONAL);
    TOLD(c, RULE_HOB_RAM, 0x50001000, 0x50002000);
    TOLD(c, RULE_MAP_LIST, 0x50000000, 0x50001000);
})
CASE(no_ram_reversed, add(&map, EFI_CONVENTIONAL, 0x50001000, 0x50000000))
CASE(no_ram_two, add(&map, EFI_CONVENTIONAL, 0x3FFFF000, 0x40001000))
CASE(no_ram_nine,
     for (unsigned i = 0; i < 9; i++) add(&map, EFI_CONVENTIONAL, 0x50000000 + 0x10000 * i, 0x50001000 + 0x10000 * i))
CASE(pvh_acpi, add(&map, EFI_ACPI_RECLAIM, 0xFC000000, 0xFC001000))

CASE(no_ram_first, map.r[LOW].at = (struct span){0x50000000, 0x50001000})

static void map_ram(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_RAM;
    const struct span at = {0x50000000, 0x50001000};
    RUN(&hvm, {"good", check_map_ram, NULL, 0, 0, {0, 0}}, {"the first", check_map_ram, no_ram_first, 1, rule, at},
        {"free", check_map_ram, no_ram_free, 1, rule, at}, {"runtime", check_map_ram, no_ram_runtime, 1, rule, at},
        {"ACPI", check_map_ram, no_ram_reclaim, 1, rule, at}, {"NVS", check_map_ram, no_ram_nvs, 1, rule, at},
        {"PAL", check_map_ram, no_ram_pal, 1, rule, at}, {"MMIO", check_map_ram, no_ram_mmio, 0, 0, {0, 0}},
        {"reserved", check_map_ram, no_ram_reserved, 0, 0, {0, 0}},
        {"unusable", check_map_ram, no_ram_unusable, 0, 0, {0, 0}},
        {"NVS in NVS", check_map_ram, acpi_in_nvs, 0, 0, {0, 0}},
        {"ACPI in NVS", check_map_ram, reclaim_in_nvs, 0, 0, {0, 0}},
        {"NVS beyond", check_map_ram, acpi_beyond_nvs, 1, rule, {0xFC00B000, 0xFC00C000}},
        {"free in NVS", check_map_ram, free_in_nvs, 1, rule, {0xFC000000, 0xFC00B000}},
        {"told, GCD", check_map_ram, no_ram_told_gcd, 0, 0, {0, 0}},
        {"told, HOB", check_map_ram, no_ram_told_hob, 0, 0, {0, 0}},
        {"something else told", check_map_ram, no_ram_told_else, 1, rule, at},
        {"reversed", check_map_ram, no_ram_reversed, 0, 0, {0, 0}},
        {"RAM and none", check_map_ram, no_ram_two, 1, rule, {0x40000000, 0x40001000}},
        {"nine: eight", check_map_ram, no_ram_nine, 8, rule, at});
    RUN(&pvh, {"ACPI", check_map_ram, pvh_acpi, 0, 0, {0, 0}});
}

CASE(lost_page, map.r[REST].at.end -= PAGE_SIZE)
CASE(lost_first, map.r[LOW].at.start = PAGE_SIZE)
CASE(lost_between, map.r[REST].at.start += PAGE_SIZE)
CASE(lost_two, map.r[REST].at.start += PAGE_SIZE, map.r[BOOT].at.end -= PAGE_SIZE)
CASE(lost_nine, {
    map.r[REST].at.end = 0x2401000;
    for (unsigned i = 1; i < 10; i++)
        add(&map, EFI_CONVENTIONAL, 0x2400000 + 0x2000 * i, 0x2401000 + 0x2000 * i);
})
CASE(lost_part_of_page, c->h[RAM].range.end = 0x30000000 + 0x800, map.r[REST].at.end = 0x30000000)
CASE(lost_no_ram, c->h[RAM].range.end = 0x40001000)
CASE(lost_no_hob, map.r[REST].at.end -= PAGE_SIZE, c->h[RAM].range.end -= PAGE_SIZE)

CASE(lost_reserved, { /* which a HOB keeps from everybody */
                      c->h[RAM].range.end = map.r[REST].at.end = 0x30000000;
                      checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RESERVED, 0x30000000, 0x40000000);
})
CASE(lost_high, {
    assert_true(e820_add(&c->t.g.e820, 5 * GIB, 6 * GIB, E820_TYPE_RAM));
    checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RAM, 5 * GIB, 6 * GIB);
})
CASE(lost_first_part, c->h[RAM].range.start = MIB + 0x800, map.r[FREE].at.start = MIB + PAGE_SIZE)

static void map_ram_missing(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_RAM_MISSING;
    RUN(&hvm, {"good", check_map_ram_missing, NULL, 0, 0, {0, 0}},
        {"reserved", check_map_ram_missing, lost_reserved, 0, 0, {0, 0}},
        {"high RAM", check_map_ram_missing, lost_high, 1, rule, {5 * GIB, 6 * GIB}},
        {"part of the first page", check_map_ram_missing, lost_first_part, 0, 0, {0, 0}},
        {"the last page", check_map_ram_missing, lost_page, 1, rule, {0x3FFFF000, 0x40000000}},
        {"the first", check_map_ram_missing, lost_first, 1, rule, {0, PAGE_SIZE}},
        {"one between", check_map_ram_missing, lost_between, 1, rule, {0x2400000, 0x2401000}},
        {"two", check_map_ram_missing, lost_two, 2, rule, {0x21FF000, 0x2200000}},
        {"many: eight", check_map_ram_missing, lost_nine, 8, rule, {0x2401000, 0x2402000}},
        {"part of a page", check_map_ram_missing, lost_part_of_page, 0, 0, {0, 0}},
        {"no RAM", check_map_ram_missing, lost_no_ram, 0, 0, {0, 0}},
        {"no HOB", check_map_ram_missing, lost_no_hob, 0, 0, {0, 0}});
}

CASE(vga_free, map.r[VGA].type = EFI_CONVENTIONAL)
CASE(vga_boot, map.r[VGA].type = EFI_BOOT_CODE)
CASE(vga_first, map.r[LOW].at.end += PAGE_SIZE)
CASE(vga_last, add(&map, EFI_CONVENTIONAL, 0xBF000, 0xC1000))
CASE(vga_behind, add(&map, EFI_CONVENTIONAL, 0xC0000, 0xC1000))
CASE(vga_told, {
    map.r[VGA].type = EFI_CONVENTIONAL;
    TOLD(c, RULE_HOB_VGA, 0xA0000, 0xC0000);
})

static void map_vga(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_VGA;
    RUN(&pvh, {"good", check_map_vga, NULL, 0, 0, {0, 0}},
        {"free", check_map_vga, vga_free, 1, rule, {0xA0000, 0xC0000}},
        {"boot services'", check_map_vga, vga_boot, 1, rule, {0xA0000, 0xC0000}},
        {"first page", check_map_vga, vga_first, 1, rule, {0xA0000, 0xA1000}},
        {"last page", check_map_vga, vga_last, 1, rule, {0xBF000, 0xC0000}},
        {"behind", check_map_vga, vga_behind, 0, 0, {0, 0}}, {"told", check_map_vga, vga_told, 0, 0, {0, 0}});
    RUN(&hvm, {"no RAM: another's", check_map_vga, vga_free, 0, 0, {0, 0}});
}

CASE(rt_lacks, map.r[RUNTIME].attributes = 0)
CASE(rt_taken, map.r[BOOT].attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_wide,
     add(&map, EFI_MMIO, (1ULL << 40) - PAGE_SIZE, (1ULL << 40) + PAGE_SIZE)->attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_not_wide, add(&map, EFI_MMIO, (1ULL << 40) - PAGE_SIZE, 1ULL << 40)->attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_flash, add(&map, EFI_MMIO, 0xFFE00000, 4 * GIB)->attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_hole, add(&map, EFI_MMIO, 0xF0000000, 0xF0001000)->attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_device, add(&map, EFI_MMIO, 0xFEC00000, 0xFEC01000)->attributes = EFI_ATTRIBUTE_RUNTIME)
CASE(rt_data_in_image, add(&map, EFI_RUNTIME_CODE, 0xFFE00000, 4 * GIB))
CASE(rt_not_at_run_time, add(&map, EFI_MMIO, 0xFFE00000, 4 * GIB))
CASE(rt_empty, map.r[RUNTIME].attributes = 0, map.r[RUNTIME].at.end = map.r[RUNTIME].at.start)
CASE(rt_nine, for (unsigned i = 0; i < 9; i++)
                  add(&map, EFI_RUNTIME_DATA, 0x3000000 + 0x10000 * i, 0x3001000 + 0x10000 * i)
                      ->attributes = 0)

CASE(rt_first, map.r[LOW].attributes = EFI_ATTRIBUTE_RUNTIME)

static void map_runtime(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MAP_RUNTIME;
    RUN(&hvm, {"good", check_map_runtime, NULL, 0, 0, {0, 0}},
        {"the first", check_map_runtime, rt_first, 1, rule, {0, 0xA0000}},
        {"lacks it", check_map_runtime, rt_lacks, 1, rule, {0x2200000, 0x2300000}},
        {"taken", check_map_runtime, rt_taken, 1, rule, {0x2100000, 0x2200000}},
        {"too high", check_map_runtime, rt_wide, 1, rule, {0, 0}},
        {"just not", check_map_runtime, rt_not_wide, 0, 0, {0, 0}},
        {"flash", check_map_runtime, rt_flash, 1, rule, {0xFFE00000, 4 * GIB}},
        {"a hole", check_map_runtime, rt_hole, 1, rule, {0xF0000000, 0xF0001000}},
        {"a device", check_map_runtime, rt_device, 0, 0, {0, 0}},
        {"runtime code", check_map_runtime, rt_data_in_image, 0, 0, {0, 0}},
        {"no attribute", check_map_runtime, rt_not_at_run_time, 0, 0, {0, 0}},
        {"empty", check_map_runtime, rt_empty, 0, 0, {0, 0}},
        {"nine: eight", check_map_runtime, rt_nine, 8, rule, {0x3000000, 0x3001000}});
}

/* --- tables */

static void configure(const struct guid *g, uint64_t table)
{
    struct efi_configuration *f = &leave.config;
    f->e[f->nr].guid = *g;
    f->e[f->nr++].table = table;
    f->at = (struct span){0x2200000, 0x2200000 + 24 * f->nr};
}

/* A memory attributes table of @nr entries of 40 bytes; the entry last added. */
#define TABLE_AT 0x2210000u
static void attributes(struct checks *c, uint32_t nr, uint32_t step)
{
    checks_poke(c, TABLE_AT, 1);
    checks_poke(c, TABLE_AT + 4, nr);
    checks_poke(c, TABLE_AT + 8, step);
    if (leave.config.nr == 0)
        configure(&efi_attributes_guid, TABLE_AT);
}
static void attribute(struct checks *c, unsigned i, uint32_t step, uint32_t type, uint64_t start, uint32_t pages,
                      uint64_t bits)
{
    uint8_t e[40] = {0};
    put_le32(e, type);
    put_le64(e + 8, start);
    put_le64(e + 24, pages);
    put_le64(e + 32, bits);
    assert_true(memory_write(&c->m.memory, TABLE_AT + 16 + (uint64_t)i * step, e, sizeof e));
}
#define XP_RUNTIME (EFI_ATTRIBUTE_XP | EFI_ATTRIBUTE_RUNTIME)
#define ENTRY(type, start, pages, bits) attributes(c, 1, 48), attribute(c, 0, 48, type, start, pages, bits)
CASE(attr_good, ENTRY(EFI_RUNTIME_DATA, 0x2200000, 0x100, XP_RUNTIME))
CASE(attr_read_only, ENTRY(EFI_RUNTIME_DATA, 0x22FF000, 1, EFI_ATTRIBUTE_RO | EFI_ATTRIBUTE_RUNTIME))
CASE(attr_half, ENTRY(EFI_RUNTIME_DATA, 0x2200800, 1, XP_RUNTIME))
CASE(attr_empty, ENTRY(EFI_RUNTIME_DATA, 0x2200000, 0, XP_RUNTIME))
CASE(attr_type, ENTRY(EFI_BOOT_DATA, 0x2100000, 1, XP_RUNTIME))
CASE(attr_other, ENTRY(EFI_RUNTIME_CODE, 0x2200000, 1, XP_RUNTIME))
CASE(attr_more, ENTRY(EFI_RUNTIME_DATA, 0x2200000, 0x101, XP_RUNTIME))
CASE(attr_nowhere, ENTRY(EFI_RUNTIME_DATA, 0x50000000, 1, XP_RUNTIME))
CASE(attr_no_runtime, ENTRY(EFI_RUNTIME_DATA, 0x2200000, 1, EFI_ATTRIBUTE_XP))
CASE(attr_both, ENTRY(EFI_RUNTIME_DATA, 0x2200000, 1, EFI_ATTRIBUTE_RUNTIME))
CASE(attr_step_39, attributes(c, 0, 39))
CASE(attr_step_40, attributes(c, 0, 40))
CASE(attr_step_256, attributes(c, 0, 256))
CASE(attr_step_257, attributes(c, 0, 257))
CASE(attr_4096, {
    attributes(c, 4096, 40);
    for (unsigned i = 0; i < 4096; i++)
        attribute(c, i, 40, EFI_RUNTIME_DATA, 0x2200000, 1, XP_RUNTIME);
})
CASE(attr_4097, attributes(c, 4097, 40))
CASE(attr_not_there, configure(&efi_attributes_guid, 0x50000000))
CASE(attr_second, {
    attributes(c, 2, 40);
    attribute(c, 0, 40, EFI_RUNTIME_DATA, 0x2200000, 1, XP_RUNTIME);
    attribute(c, 1, 40, EFI_RUNTIME_DATA, 0x2200000, 1, EFI_ATTRIBUTE_XP);
})
CASE(attr_five, {
    attributes(c, 5, 40);
    for (unsigned i = 0; i < 5; i++)
        attribute(c, i, 40, EFI_RUNTIME_DATA, 0x2200000 + PAGE_SIZE * i, 1, EFI_ATTRIBUTE_RUNTIME);
})

static void memory_attributes(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_MEMORY_ATTRIBUTES;
    const struct span page = {0x2200000, 0x2201000}, head = {TABLE_AT, TABLE_AT + 16};
#define CHECK check_memory_attributes
    RUN(&hvm, {"none", CHECK, NULL, 0, 0, {0, 0}}, {"good", CHECK, attr_good, 0, 0, {0, 0}},
        {"read-only", CHECK, attr_read_only, 0, 0, {0, 0}},
        {"half a page", CHECK, attr_half, 1, rule, {0x2200800, 0x2201800}},
        {"empty", CHECK, attr_empty, 1, rule, {0x2200000, 0x2200001}},
        {"type", CHECK, attr_type, 1, rule, {0x2100000, 0x2101000}}, {"another type", CHECK, attr_other, 1, rule, page},
        {"too long", CHECK, attr_more, 1, rule, {0x2200000, 0x2301000}},
        {"nowhere", CHECK, attr_nowhere, 1, rule, {0x50000000, 0x50001000}},
        {"no runtime", CHECK, attr_no_runtime, 1, rule, page},
        {"writable and executable", CHECK, attr_both, 1, rule, page}, {"39", CHECK, attr_step_39, 1, rule, head},
        {"40", CHECK, attr_step_40, 0, 0, {0, 0}}, {"256", CHECK, attr_step_256, 0, 0, {0, 0}},
        {"257", CHECK, attr_step_257, 1, rule, head}, {"4096", CHECK, attr_4096, 0, 0, {0, 0}},
        {"4097", CHECK, attr_4097, 1, rule, head},
        {"not in memory", CHECK, attr_not_there, 1, rule, {0x50000000, 0x50000010}},
        {"the second", CHECK, attr_second, 1, rule, page}, {"five: four", CHECK, attr_five, 4, rule, page});
#undef CHECK
}

static void configuration(void **state)
{
    (void)state;
    struct checks *c = &hvm;
    static const struct {
        const char *what;
        uint64_t at;
        bool readable, empty, finding;
    } cases[] = {
        {"runtime", 0x2200000, true, false, false},
        {"boot services'", 0x2100000, true, false, false},
        {"loader's", 0x2000000, true, false, true},
        {"free", 0x2400000, true, false, true},
        {"free, nothing in it", 0x2400000, true, true, false},
        {"not readable", 0x2200000, false, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leave_reset(c);
        check_system_table(&leave); /* there is none here: three findings that are not meant */
        const size_t before = c->v.findings.nr;
        leave_reset(c);
        configure(&efi_attributes_guid, TABLE_AT);
        leave.config.at = (struct span){cases[i].at, cases[i].at + 24};
        leave.config.readable = cases[i].readable;
        if (cases[i].empty)
            leave.config.nr = 0;
        check_system_table(&leave);
        if (c->v.findings.nr - before != cases[i].finding)
            fail_msg("%s: %zu findings", cases[i].what, c->v.findings.nr - before);
        if (cases[i].finding)
            assert_int_equal(c->v.findings.f[before].touched.start, cases[i].at);
    }
}

/* The RSDP and the SMBIOS entry that the guest was given, handed on from where they are. */
#define XEN_KNOWN leave.v.xen_info = &c->h[CPU]
CASE(acpi_as_given, configure(&efi_acpi_guid, HVMLOADER_RSDP), XEN_KNOWN)
CASE(acpi_first_version, configure(&efi_acpi1_guid, HVMLOADER_RSDP), XEN_KNOWN)
CASE(acpi_none, XEN_KNOWN)
CASE(acpi_free, {
    configure(&efi_acpi_guid, HVMLOADER_RSDP);
    XEN_KNOWN;
    add(&map, EFI_CONVENTIONAL, 0xEA000, 0xEB000);
})
CASE(acpi_free_told, {
    configure(&efi_acpi_guid, HVMLOADER_RSDP);
    add(&map, EFI_CONVENTIONAL, 0xEA000, 0xEB000);
    TOLD(c, RULE_MAP_RAM, 0xEA000, 0xEB000);
})
CASE(acpi_boot, { /* an operating system takes boot services' memory */
                  configure(&efi_acpi_guid, HVMLOADER_RSDP);
                  add(&map, EFI_BOOT_DATA, 0xEA000, 0xEB000);
})
CASE(acpi_all_free, {
    configure(&efi_acpi_guid, HVMLOADER_RSDP);
    add(&map, EFI_LOADER_DATA, 0xFC000000, 0xFC00B000);
})
CASE(acpi_not_there, configure(&efi_acpi_guid, 0x50000000))
CASE(acpi_off, {
    XEN_KNOWN;
    c->t.l.acpi = false;
})

static void acpi(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_ACPI_TABLES;
    const struct span rsdp = {HVMLOADER_RSDP, HVMLOADER_RSDP + 36};
    RUN(&hvm, {"none, and no Xen", check_acpi_tables, NULL, 0, 0, {0, 0}},
        {"as given", check_acpi_tables, acpi_as_given, 0, 0, {0, 0}},
        {"by the first GUID", check_acpi_tables, acpi_first_version, 0, 0, {0, 0}},
        {"none", check_acpi_tables, acpi_none, 1, rule, {HVMLOADER_RSDP, HVMLOADER_RSDP + 1}},
        {"free", check_acpi_tables, acpi_free, 1, rule, rsdp},
        {"told", check_acpi_tables, acpi_free_told, 0, 0, {0, 0}},
        {"boot services'", check_acpi_tables, acpi_boot, 1, rule, rsdp},
        {"many: four", check_acpi_tables, acpi_all_free, 4, rule, {0, 0}},
        {"not in memory", check_acpi_tables, acpi_not_there, 1, rule, {0, 0}});
    RUN(&hvm, {"nothing is lost", check_acpi_lost, acpi_as_given, 0, 0, {0, 0}},
        {"none to compare", check_acpi_lost, acpi_none, 0, 0, {0, 0}});
    RUN(&hvm, {"a guest without", check_acpi_tables, acpi_off, 0, 0, {0, 0}});
    hvm.t.l.acpi = true;
    RUN(&pvh, {"PVH, none", check_acpi_tables, acpi_none, 1, rule, {0xFC008000, 0xFC008001}});
}

/* The first stretch of a range that is RAM, or is not. */
static void first_of(void **state)
{
    (void)state;
    static const struct {
        struct span at;
        bool ram;
        struct span is;
    } cases[] = {
        {{0, 0x50000000}, true, {0, 0xA0000}},
        {{0x80000, 0x200000}, true, {0x80000, 0xA0000}},
        {{0x80000, 0x200000}, false, {0xA0000, MIB}},
        {{0xA0000, 0x200000}, true, {MIB, 0x200000}},
        {{0x9F000, 0xB0000}, false, {0xA0000, 0xB0000}},
        {{4 * GIB, 7 * GIB}, true, {5 * GIB, 6 * GIB + GIB / 2}}, /* of two entries */
        {{4 * GIB, 7 * GIB}, false, {4 * GIB, 5 * GIB}},
        {{6 * GIB, 8 * GIB}, false, {6 * GIB + GIB / 2, 8 * GIB}},
        {{MIB, 2 * MIB}, false, {2 * MIB, 2 * MIB}},
    };
    leave_reset(&hvm);
    assert_true(e820_add(&hvm.t.g.e820, 5 * GIB, 6 * GIB, E820_TYPE_RAM));
    assert_true(e820_add(&hvm.t.g.e820, 6 * GIB, 6 * GIB + GIB / 2, E820_TYPE_RAM));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct span is = leave_first(&leave, cases[i].at, cases[i].ram ? leave_is_ram : leave_is_no_ram);
        if (is.start != cases[i].is.start || is.end != cases[i].is.end)
            fail_msg("case %zu: %#llx-%#llx", i, (unsigned long long)is.start, (unsigned long long)is.end);
    }
}

/* A chain of the test's own: RSDP and XSDT, with these tables in it. */
#define CHAIN 0x2210000u
static void chain(struct checks *c, const uint64_t *table, unsigned nr)
{
    uint8_t p[36 + 8 * 16] = {0};
    const uint32_t size = 36 + 8 * nr;
    memcpy(p, "RSD PTR ", 8);
    p[15] = 2;
    put_le32(p + 20, 36);
    put_le64(p + 24, CHAIN + 0x100);
    p[8] = (uint8_t)-byte_sum(p, 20);
    p[32] = (uint8_t)-byte_sum(p, 36);
    assert_true(memory_write(&c->m.memory, CHAIN, p, 36));
    memset(p, 0, sizeof p);
    memcpy(p, "XSDT", 4);
    put_le32(p + 4, size);
    p[8] = 1;
    for (unsigned i = 0; i < nr; i++)
        put_le64(p + 36 + 8 * i, table[i]);
    p[9] = (uint8_t)-byte_sum(p, size);
    assert_true(memory_write(&c->m.memory, CHAIN + 0x100, p, size));
}

static size_t lost(void)
{
    const size_t before = leave.v.mon->v->findings.nr;
    check_acpi_lost(&leave);
    return leave.v.mon->v->findings.nr - before;
}

/* What Xen gave, and what is left of it. */
static void acpi_lost_of(struct checks *c, uint64_t rsdp)
{
    static struct acpi_tables all;
    uint64_t own[16];
    unsigned nr = 0, roots = 0, listed = 0;
    leave_reset(c);
    acpi_tables_read(&leave.r, rsdp, &all);
    for (size_t i = 0; i < all.nr; i++) {
        const char *const s = all.t[i].signature;
        assert_null(all.t[i].why);
        if (strcmp(s, "RSDP") == 0 || strcmp(s, "RSDT") == 0 || strcmp(s, "XSDT") == 0)
            roots++;
        else
            nr++;
        if (strcmp(s, "DSDT") != 0 && strcmp(s, "FACS") != 0 && nr + roots == i + 1 && strcmp(s, "RSDP") != 0 &&
            strcmp(s, "RSDT") != 0 && strcmp(s, "XSDT") != 0)
            own[listed++] = all.t[i].at;
    }
    assert_true(nr > 2 && listed > 1 && listed < 15);
    for (unsigned turn = 0; turn < 9; turn++) {
        leave_reset(c);
        XEN_KNOWN;
        configure(&efi_acpi_guid, CHAIN);
        size_t is = 0;
        switch (turn) {
        case 0: /* nothing is handed on */
            chain(c, own, 0);
            is = nr;
            break;
        case 1: /* all is */
            chain(c, own, listed);
            break;
        case 2: /* all but the last */
            chain(c, own, listed - 1);
            is = 1;
            break;
        case 3: /* something that cannot be read, the last */
            own[listed] = 0x50000000;
            chain(c, own + listed, 1);
            break;
        case 4: /* the RSDP itself */
            chain(c, own, 0);
            checks_poke(c, CHAIN + 8, 0x12345678);
            break;
        case 5: /* nobody knows Xen */
            chain(c, own, 0);
            leave.v.xen_info = NULL;
            break;
        case 6: /* what Xen gave cannot be read */
            chain(c, own, 0);
            checks_poke(c, own[listed - 1] + 12, 0x12345678);
            is = nr - 1;
            break;
        case 7: /* as another says, a guest without */
            chain(c, own, 0);
            c->t.l.acpi = false;
            is = c->t.l.type == GUEST_HVM ? 0 : nr - 1; /* it is PVH's toolstack that gives them, always */
            break;
        default: /* none is handed on */
            leave.config.nr = 0;
            break;
        }
        const size_t found = lost();
        if (found != is)
            fail_msg("turn %u: %zu lost, not %zu", turn, found, is);
        c->t.l.acpi = true;
    }
}

static void acpi_lost(void **state)
{
    (void)state;
    acpi_lost_of(&hvm, HVMLOADER_RSDP);
    acpi_lost_of(&pvh, handoff_rsdp(&pvh.plan));
}

CASE(smbios_as_given, configure(&efi_smbios_guid, 0xEB000), XEN_KNOWN)
CASE(smbios_none, XEN_KNOWN)
CASE(smbios_free, XEN_KNOWN, configure(&efi_smbios_guid, 0xEB000), add(&map, EFI_CONVENTIONAL, 0xEB000, 0xEC000))
CASE(smbios_structures_free, configure(&efi_smbios_guid, 0xEB000), add(&map, EFI_LOADER_CODE, 0xEB01F, 0xEC000))
CASE(smbios_boot, configure(&efi_smbios_guid, 0xEB000), add(&map, EFI_BOOT_DATA, 0xEB000, 0xEC000))
CASE(smbios_boot_code, configure(&efi_smbios_guid, 0xEB000), add(&map, EFI_BOOT_CODE, 0xEB000, 0xEC000))
CASE(smbios_not_there, configure(&efi_smbios_guid, 0x50000000))
CASE(smbios3_not_there, configure(&efi_smbios3_guid, 0x50000000), XEN_KNOWN)

static void smbios(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_SMBIOS_TABLES;
    RUN(&hvm, {"none, and no Xen", check_smbios_tables, NULL, 0, 0, {0, 0}},
        {"as given", check_smbios_tables, smbios_as_given, 0, 0, {0, 0}},
        {"none", check_smbios_tables, smbios_none, 1, rule, {0xEB000, 0xEB01F}},
        {"free", check_smbios_tables, smbios_free, 1, rule, {0xEB000, 0xEB01F}},
        {"structures", check_smbios_tables, smbios_structures_free, 1, rule, {0, 0}},
        {"boot services'", check_smbios_tables, smbios_boot, 0, 0, {0, 0}},
        {"boot services' code", check_smbios_tables, smbios_boot_code, 0, 0, {0, 0}},
        {"not in memory", check_smbios_tables, smbios_not_there, 1, rule, {0, 0}},
        {"version 3, not in memory", check_smbios_tables, smbios3_not_there, 1, rule, {0, 0}});
    RUN(&pvh, {"PVH has none", check_smbios_tables, smbios_none, 0, 0, {0, 0}});
}

/* --- the processor */

#define RSP(value) leave.v.regs.gpr[CPU_RSP] = value
CASE(stack_kept, RSP(0x2100000))
CASE(stack_free, RSP(0x2400000))
CASE(stack_below_free, RSP(0x23FFFF9))
CASE(stack_just_below, RSP(0x23FFFF8))
CASE(stack_loaders, RSP(0x2000000))

static void processor(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_PROCESSOR_TABLES;
    /* Four besides: page and descriptor tables are where a processor in reset has them, in free memory. */
    RUN(&hvm, {"kept", check_processor_tables, stack_kept, 4, rule, {0, 0}},
        {"free", check_processor_tables, stack_free, 5, rule, {0, 0}},
        {"a byte in", check_processor_tables, stack_below_free, 5, rule, {0, 0}},
        {"just below", check_processor_tables, stack_just_below, 4, rule, {0, 0}},
        {"a loader's", check_processor_tables, stack_loaders, 4, rule, {0, 0}});
}

static int set_up(void **state)
{
    (void)state;
    checks_init(&hvm, GUEST_HVM);
    checks_init(&pvh, GUEST_PVH);
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    checks_exit(&hvm);
    checks_exit(&pvh);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gcd_list),      cmocka_unit_test(gcd_types),   cmocka_unit_test(map_list),
        cmocka_unit_test(map_overlap),   cmocka_unit_test(map_ram),     cmocka_unit_test(map_ram_missing),
        cmocka_unit_test(map_vga),       cmocka_unit_test(map_runtime), cmocka_unit_test(memory_attributes),
        cmocka_unit_test(configuration), cmocka_unit_test(acpi),        cmocka_unit_test(smbios),
        cmocka_unit_test(acpi_lost),     cmocka_unit_test(first_of),    cmocka_unit_test(processor),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
