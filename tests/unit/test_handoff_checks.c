/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks at the hand-off, at their edges: what is just wrong, and what is just right. That they are asked at all, with
 * the firmware's own list, is what tests/roms show; most of these were found by tests/mutation.
 */
#include "checks_kit.h"

#include "check/handoff/look.h"

static struct checks hvm, pvh;

#define CASE(name, ...)                \
    static void name(struct checks *c) \
    {                                  \
        __VA_ARGS__;                   \
    }
#define ALLOCATION(kind, start, end) checks_add(c, HOB_ALLOCATION, kind, start, end)
#define RESOURCE(kind, start, end) checks_add(c, HOB_RESOURCE, kind, start, end)

/* --- allocations */

CASE(allocation_mmio, ALLOCATION(11, 0xF0000000, 0xF0001000))
CASE(allocation_ports, ALLOCATION(12, 0xF0000000, 0xF0001000))
CASE(allocation_pal, ALLOCATION(13, 0xF0000000, 0xF0001000))
CASE(allocation_last, ALLOCATION(4, 0x3FFFF000, 0x40000000))
CASE(allocation_beyond, ALLOCATION(4, 0x3FFFF000, 0x40001000))
CASE(allocation_start, ALLOCATION(4, 0x2100800, 0x2102000))
CASE(allocation_end, ALLOCATION(4, 0x2100000, 0x2101800))
CASE(allocation_empty, ALLOCATION(4, 0xF0000000, 0xF0000000))

static void allocations(void **state)
{
    (void)state;
    CHECKS_RUN(
        &hvm, {"good", check_hob_allocation, NULL, 0, 0, {0, 0}},
        {"memory-mapped I/O", check_hob_allocation, allocation_mmio, 0, 0, {0, 0}},
        {"I/O ports", check_hob_allocation, allocation_ports, 0, 0, {0, 0}},
        {"the type after those",
         check_hob_allocation,
         allocation_pal,
         1,
         RULE_HOB_ALLOCATION,
         {0xF0000000, 0xF0001000}},
        {"last page", check_hob_allocation, allocation_last, 0, 0, {0, 0}},
        {"a page too many", check_hob_allocation, allocation_beyond, 1, RULE_HOB_ALLOCATION, {0x3FFFF000, 0x40001000}},
        {"half a page first", check_hob_allocation, allocation_start, 1, RULE_HOB_ALLOCATION, {0x2100800, 0x2102000}},
        {"half a page last", check_hob_allocation, allocation_end, 1, RULE_HOB_ALLOCATION, {0x2100000, 0x2101800}},
        {"empty", check_hob_allocation, allocation_empty, 0, 0, {0, 0}});
}

CASE(named_again, ALLOCATION(4, PEI_MEMORY, HEAP_END)->guid = hob_guid_bsp_store)
CASE(named_both, ALLOCATION(4, 0x2f00000, STACK_TOP)->guid = hob_guid_bsp_store)
CASE(named_shorter, ALLOCATION(4, PEI_MEMORY, HEAP_END - PAGE_SIZE)->guid = hob_guid_bsp_store)
CASE(named_later, ALLOCATION(4, PEI_MEMORY + PAGE_SIZE, HEAP_END)->guid = hob_guid_bsp_store)
CASE(plain_again, ALLOCATION(4, PEI_MEMORY, HEAP_END))
CASE(touching, ALLOCATION(4, HEAP_END, HEAP_END + PAGE_SIZE))
CASE(last_byte, ALLOCATION(4, HEAP_END - PAGE_SIZE, HEAP_END + PAGE_SIZE))
CASE(over_ram_hob, RESOURCE(HOB_RESOURCE_RAM, PEI_MEMORY, HEAP_END))
CASE(in_first, {
    c->h[PHIT] = c->h[HEAP];
    c->h[HEAP] = c->h[CPU];
    ALLOCATION(4, HEAP_END - PAGE_SIZE, HEAP_END);
})

static void allocations_that_overlap(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_ALLOCATION_OVERLAP;
    CHECKS_RUN(
        &hvm, {"good", check_hob_allocation_overlap, NULL, 0, 0, {0, 0}},
        {"named, repeated", check_hob_allocation_overlap, named_again, 0, 0, {0, 0}},
        {"two names", check_hob_allocation_overlap, named_both, 1, rule, {0x2f00000, STACK_TOP}},
        {"named, shorter", check_hob_allocation_overlap, named_shorter, 1, rule, {PEI_MEMORY, HEAP_END - PAGE_SIZE}},
        {"named, later", check_hob_allocation_overlap, named_later, 1, rule, {PEI_MEMORY + PAGE_SIZE, HEAP_END}},
        {"no name twice", check_hob_allocation_overlap, plain_again, 1, rule, {PEI_MEMORY, HEAP_END}},
        {"touching", check_hob_allocation_overlap, touching, 0, 0, {0, 0}},
        {"one page", check_hob_allocation_overlap, last_byte, 1, rule, {HEAP_END - PAGE_SIZE, HEAP_END + PAGE_SIZE}},
        {"over no allocation", check_hob_allocation_overlap, over_ram_hob, 0, 0, {0, 0}},
        {"the first of all", check_hob_allocation_overlap, in_first, 1, rule, {0, 0}});
}

/* --- RAM */

CASE(ram_page_more, c->h[RAM].range.end += PAGE_SIZE)
CASE(ram_byte_more, c->h[RAM].range.end += 1)
CASE(ram_page_before, c->h[RAM].range.start -= PAGE_SIZE)
CASE(ram_low_more, c->h[LOW_RAM].range.end += PAGE_SIZE)
CASE(ram_across, c->h[LOW_RAM].range.end = 0x40001000)
CASE(ram_other_kind, RESOURCE(HOB_RESOURCE_MMIO, 0x50000000, 0x50001000))
CASE(ram_in_hole, RESOURCE(HOB_RESOURCE_RAM, 0x50000000, 0x50001000))
CASE(ram_over_acpi, RESOURCE(HOB_RESOURCE_RAM, 0xFBFFF000, 0xFC00C000))
CASE(ram_last_hob, RESOURCE(HOB_RESOURCE_RAM, 0x40000000, 0x40000001))
CASE(ram_two_holes, RESOURCE(HOB_RESOURCE_RAM, 0x9F000, 0x40001000))

/* RAM above the hole, the last of the table. */
#define HIGH_RAM(start, end) assert_true(e820_add(&c->t.g.e820, start, end, E820_TYPE_RAM))
CASE(ram_high, {
    HIGH_RAM(5 * GIB, 6 * GIB);
    RESOURCE(HOB_RESOURCE_RAM, 5 * GIB, 6 * GIB);
})
CASE(ram_high_more, {
    HIGH_RAM(5 * GIB, 6 * GIB);
    RESOURCE(HOB_RESOURCE_RAM, 5 * GIB, 6 * GIB + 1);
})
CASE(ram_high_before, {
    HIGH_RAM(5 * GIB, 6 * GIB);
    RESOURCE(HOB_RESOURCE_RAM, 5 * GIB - PAGE_SIZE, 6 * GIB);
})

static void ram(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"good", check_hob_ram, NULL, 0, 0, {0, 0}},
               {"a page too many", check_hob_ram, ram_page_more, 1, RULE_HOB_RAM, {0x40000000, 0x40001000}},
               {"a byte too many", check_hob_ram, ram_byte_more, 1, RULE_HOB_RAM, {0x40000000, 0x40000001}},
               {"a page before", check_hob_ram, ram_page_before, 1, RULE_HOB_RAM, {0xFF000, MIB}},
               {"into the VGA range", check_hob_ram, ram_low_more, 1, RULE_HOB_RAM, {0xA0000, 0xA1000}},
               {"over two holes: the first", check_hob_ram, ram_across, 1, RULE_HOB_RAM, {0xA0000, MIB}},
               {"the same, beginning late", check_hob_ram, ram_two_holes, 1, RULE_HOB_RAM, {0xA0000, MIB}},
               {"no RAM is none", check_hob_ram, ram_other_kind, 0, 0, {0, 0}},
               {"where nothing is", check_hob_ram, ram_in_hole, 1, RULE_HOB_RAM, {0x50000000, 0x50001000}},
               {"over entries that touch", check_hob_ram, ram_over_acpi, 1, RULE_HOB_RAM, {0xFBFFF000, 0xFC00C000}},
               {"the last HOB", check_hob_ram, ram_last_hob, 1, RULE_HOB_RAM, {0x40000000, 0x40000001}},
               {"high RAM", check_hob_ram, ram_high, 0, 0, {0, 0}},
               {"a byte behind it", check_hob_ram, ram_high_more, 1, RULE_HOB_RAM, {6 * GIB, 6 * GIB + 1}},
               {"a page before it", check_hob_ram, ram_high_before, 1, RULE_HOB_RAM, {5 * GIB - PAGE_SIZE, 5 * GIB}});
}

CASE(missing_last, c->h[RAM].range.end -= PAGE_SIZE)
CASE(missing_first, c->h[RAM].range.start += PAGE_SIZE)
CASE(missing_low, c->h[LOW_RAM].range.end = 0)
CASE(missing_middle, {
    c->h[RAM].range.end = 0x20000000;
    RESOURCE(HOB_RESOURCE_RAM, 0x20001000, 0x40000000);
})
CASE(missing_nothing, {
    c->h[RAM].range.end = 0x20000000;
    RESOURCE(HOB_RESOURCE_RAM, 0x20000000, 0x40000000);
})
CASE(missing_behind, { /* the first HOB of all goes on where a later one begins */
                       c->h[RAM].range.end = 0x20000000;
                       c->h[PHIT] = *RESOURCE(HOB_RESOURCE_RAM, 0x20000000, 0x40000000);
                       c->h[c->hobs.nr - 1].type = HOB_UNUSED;
})
CASE(missing_reserved, {
    c->h[RAM].range.end -= PAGE_SIZE;
    RESOURCE(HOB_RESOURCE_RESERVED, 0x3FFFF000, 0x40000000);
})
CASE(missing_two, {
    c->h[RAM].range.end = 0x20000000;
    RESOURCE(HOB_RESOURCE_RAM, 0x20001000, 0x30000000);
})

CASE(missing_beside_reserved, {
    c->h[RAM].range.end -= 2 * PAGE_SIZE;
    RESOURCE(HOB_RESOURCE_RESERVED, 0x3FFFF000, 0x40000000);
})
CASE(missing_high, {
    HIGH_RAM(5 * GIB, 6 * GIB);
    checks_xen(c, 4, 17, 0);
})
CASE(missing_parts_of_pages, {
    HIGH_RAM(5 * GIB + 0x800, 6 * GIB + 0x800);
    RESOURCE(HOB_RESOURCE_RAM, 5 * GIB + PAGE_SIZE, 6 * GIB);
    checks_xen(c, 4, 17, 0);
})
CASE(missing_lowest, c->h[LOW_RAM].range.start = PAGE_SIZE)

/* HOBs that touch or overlap declare one range, whatever comes behind it. */
CASE(missing_behind_touching, {
    c->h[RAM].range.end = 0x20000000;
    RESOURCE(HOB_RESOURCE_RAM, 0x20000000, 0x30000000);
    RESOURCE(HOB_RESOURCE_RAM, 0x30001000, 0x40000000);
})
CASE(missing_behind_overlapping, {
    c->h[RAM].range.end = 0x20000000;
    RESOURCE(HOB_RESOURCE_RAM, 0x1F000000, 0x30000000);
    RESOURCE(HOB_RESOURCE_RAM, 0x1E000000, 0x1F800000);
    RESOURCE(HOB_RESOURCE_RAM, 0x30001000, 0x40000000);
})

static void ram_that_is_missing(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_RAM_MISSING;
    CHECKS_RUN(
        &hvm, {"good", check_hob_ram_missing, NULL, 0, 0, {0, 0}},
        {"the last page", check_hob_ram_missing, missing_last, 1, rule, {0x3FFFF000, 0x40000000}},
        {"the first page", check_hob_ram_missing, missing_first, 1, rule, {MIB, MIB + PAGE_SIZE}},
        {"an entry", check_hob_ram_missing, missing_low, 1, rule, {0, 0xA0000}},
        {"a page between two HOBs", check_hob_ram_missing, missing_middle, 1, rule, {0x20000000, 0x20001000}},
        {"none between two", check_hob_ram_missing, missing_nothing, 0, 0, {0, 0}},
        {"none, in another order", check_hob_ram_missing, missing_behind, 0, 0, {0, 0}},
        {"declared as something else", check_hob_ram_missing, missing_reserved, 1, rule, {0x3FFFF000, 0x40000000}},
        {"two", check_hob_ram_missing, missing_two, 2, rule, {0x20000000, 0x20001000}},
        {"reserved beside it", check_hob_ram_missing, missing_beside_reserved, 1, rule, {0x3FFFE000, 0x40000000}},
        {"behind two that touch", check_hob_ram_missing, missing_behind_touching, 1, rule, {0x30000000, 0x30001000}},
        {"behind three that overlap",
         check_hob_ram_missing,
         missing_behind_overlapping,
         1,
         rule,
         {0x30000000, 0x30001000}},
        {"high RAM", check_hob_ram_missing, missing_high, 1, rule, {5 * GIB, 6 * GIB}},
        {"parts of pages", check_hob_ram_missing, missing_parts_of_pages, 0, 0, {0, 0}},
        {"page 0", check_hob_ram_missing, missing_lowest, 1, rule, {0, PAGE_SIZE}});
}

/* A PVH guest has RAM from 0 on; A0000-100000 is known. */
CASE(pvh_below_hole, c->h[LOW_RAM].range.end -= PAGE_SIZE)
CASE(pvh_above_hole, c->h[RAM].range.start += PAGE_SIZE)
CASE(pvh_from_hole, {
    c->h[LOW_RAM].range.end = 0x9F000;
    c->h[RAM].range.start = MIB + PAGE_SIZE;
})
CASE(pvh_nothing_low, {
    c->h[LOW_RAM].range.end = 0;
    c->h[RAM].range.start = 2 * MIB;
})

CASE(pvh_into_hole, {
    c->h[LOW_RAM].range.end = 0x9F000;
    RESOURCE(HOB_RESOURCE_RAM, 0xA1000, MIB);
})
CASE(pvh_half_a_page, { c->h[LOW_RAM].range.start = 0x9F800; })

static void ram_that_is_missing_below_1_mib(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_RAM_MISSING;
    CHECKS_RUN(&pvh, {"good", check_hob_ram_missing, NULL, 0, 0, {0, 0}},
               {"below", check_hob_ram_missing, pvh_below_hole, 1, rule, {0x9F000, 0xA0000}},
               {"above", check_hob_ram_missing, pvh_above_hole, 1, rule, {MIB, MIB + PAGE_SIZE}},
               {"both", check_hob_ram_missing, pvh_from_hole, 2, rule, {0x9F000, 0xA0000}},
               {"nothing below 2 MiB", check_hob_ram_missing, pvh_nothing_low, 2, rule, {0, 0xA0000}},
               {"a page into it", check_hob_ram_missing, pvh_into_hole, 1, rule, {0x9F000, 0xA0000}},
               {"to half a page before", check_hob_ram_missing, pvh_half_a_page, 1, rule, {0, 0x9F800}});
    checks_reset(&pvh);
    check_hob_ram_missing(&pvh.view);
    assert_int_equal(pvh.v.nr_known, 1);
}

CASE(vga_first, RESOURCE(HOB_RESOURCE_RAM, 0xA0000, 0xA1000))
CASE(vga_last, RESOURCE(HOB_RESOURCE_RAM, 0xBF000, 0xC1000))
CASE(vga_after, RESOURCE(HOB_RESOURCE_RAM, 0xC0000, 0xC1000))
CASE(vga_all, c->h[LOW_RAM].range.end = MIB)
CASE(vga_reserved, RESOURCE(HOB_RESOURCE_RESERVED, 0xA0000, 0xC0000))
CASE(vga_kept, {
    c->h[LOW_RAM].range.end = MIB;
    ALLOCATION(0, 0xA0000, 0xC0000);
})
CASE(vga_kept_in_part, {
    c->h[LOW_RAM].range.end = MIB;
    ALLOCATION(0, 0xA0000, 0xBF000);
})
CASE(vga_given_back, {
    c->h[LOW_RAM].range.end = MIB;
    ALLOCATION(HOB_MEMORY_FREE, 0xA0000, 0xC0000);
})

CASE(vga_none_in_the_table, {
    c->h[LOW_RAM].range.end = MIB;
    e820_add(&c->t.g.e820, 0xA0000, 0xC0000, E820_TYPE_RESERVED);
})

static void vga(void **state)
{
    (void)state;
    CHECKS_RUN(&pvh, {"good", check_hob_vga, NULL, 0, 0, {0, 0}},
               {"first page", check_hob_vga, vga_first, 1, RULE_HOB_VGA, {0xA0000, 0xA1000}},
               {"last page", check_hob_vga, vga_last, 1, RULE_HOB_VGA, {0xBF000, 0xC0000}},
               {"the page after it", check_hob_vga, vga_after, 0, 0, {0, 0}},
               {"all of it", check_hob_vga, vga_all, 1, RULE_HOB_VGA, {0xA0000, 0xC0000}},
               {"reserved", check_hob_vga, vga_reserved, 0, 0, {0, 0}},
               {"reserved in the table", check_hob_vga, vga_none_in_the_table, 0, 0, {0, 0}},
               {"allocated", check_hob_vga, vga_kept, 0, 0, {0, 0}},
               {"allocated but for a page", check_hob_vga, vga_kept_in_part, 1, RULE_HOB_VGA, {0xA0000, 0xC0000}},
               {"allocated once", check_hob_vga, vga_given_back, 1, RULE_HOB_VGA, {0xA0000, 0xC0000}});
    CHECKS_RUN(&hvm, {"no RAM: another rule's", check_hob_vga, vga_all, 0, 0, {0, 0}});
}

CASE(reserved_first, c->h[NVS].range.start += PAGE_SIZE)
CASE(reserved_last, c->h[NVS].range.end -= PAGE_SIZE)
CASE(reserved_as_io, {
    c->h[NVS].range.end -= PAGE_SIZE;
    RESOURCE(HOB_RESOURCE_IO, 0xFFFFF000, 4 * GIB);
})
CASE(reserved_as_reserved_io, {
    c->h[NVS].range.end -= PAGE_SIZE;
    RESOURCE(HOB_RESOURCE_IO_RESERVED, 0xFFFFF000, 4 * GIB);
})
CASE(reserved_as_ram, {
    c->h[NVS].range.end -= PAGE_SIZE;
    RESOURCE(HOB_RESOURCE_RAM, 0xFFFFF000, 4 * GIB);
})
CASE(reserved_kept, { /* an allocation declares nothing */
                      c->h[NVS].range.end -= PAGE_SIZE;
                      ALLOCATION(0, 0xFFFFF000, 4 * GIB);
})

CASE(reserved_all_but_ram, c->h[RAM].range.end -= PAGE_SIZE)

static void reserved(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_RESERVED_MISSING;
    CHECKS_RUN(&hvm, {"good", check_hob_reserved_missing, NULL, 0, 0, {0, 0}},
               {"first page", check_hob_reserved_missing, reserved_first, 1, rule, {0xFC000000, 0xFC001000}},
               {"last page", check_hob_reserved_missing, reserved_last, 1, rule, {0xFFFFF000, 4 * GIB}},
               {"I/O ports", check_hob_reserved_missing, reserved_as_io, 1, rule, {0xFFFFF000, 4 * GIB}},
               {"reserved ports", check_hob_reserved_missing, reserved_as_reserved_io, 1, rule, {0xFFFFF000, 4 * GIB}},
               {"RAM will do", check_hob_reserved_missing, reserved_as_ram, 0, 0, {0, 0}},
               {"an allocation will not", check_hob_reserved_missing, reserved_kept, 1, rule, {0xFFFFF000, 4 * GIB}},
               {"RAM is another rule's", check_hob_reserved_missing, reserved_all_but_ram, 0, 0, {0, 0}});
}

CASE(overlap_page, RESOURCE(HOB_RESOURCE_RESERVED, 0x3FFFF000, 0x40001000))
CASE(overlap_inside, RESOURCE(HOB_RESOURCE_RESERVED, 0x3000000, 0x3001000))
CASE(overlap_touching, RESOURCE(HOB_RESOURCE_MMIO, 0x40000000, 0x50000000))
CASE(overlap_ports, RESOURCE(HOB_RESOURCE_IO, 0, 0x10000))
CASE(overlap_two_ports, {
    RESOURCE(HOB_RESOURCE_IO, 0x3000, 0x4000);
    RESOURCE(HOB_RESOURCE_IO_RESERVED, 0x3800, 0x5000);
})
CASE(overlap_allocation, ALLOCATION(4, 0x3000000, 0x3001000))
CASE(overlap_first, {
    c->h[PHIT] = c->h[HOLE];
    c->h[HOLE] = c->h[CPU];
    RESOURCE(HOB_RESOURCE_MMIO, 0xFBFFF000, 0xFC000000);
})

CASE(overlap_before, RESOURCE(HOB_RESOURCE_MMIO, 0xEFFFF000, 0xF0001000))
CASE(overlap_known, {
    RESOURCE(HOB_RESOURCE_MMIO, 0xA0000, MIB);
    checks_xen(c, 4, 17, 0);
})
CASE(overlap_ram, {
    overlap_known(c);
    RESOURCE(HOB_RESOURCE_RAM, 0xBF000, 0xC0000);
})
CASE(overlap_across, {
    overlap_known(c);
    c->h[LOW_RAM].range.end = 0xA1000;
})

static void resources_that_overlap(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_OVERLAP;
    CHECKS_RUN(&hvm, {"good", check_hob_overlap, NULL, 0, 0, {0, 0}},
               {"a page", check_hob_overlap, overlap_page, 1, rule, {0x3FFFF000, 0x40000000}},
               {"inside", check_hob_overlap, overlap_inside, 1, rule, {0x3000000, 0x3001000}},
               {"touching", check_hob_overlap, overlap_touching, 0, 0, {0, 0}},
               {"ports and memory", check_hob_overlap, overlap_ports, 0, 0, {0, 0}},
               {"ports", check_hob_overlap, overlap_two_ports, 1, rule, {0x3800, 0x4000}},
               {"an allocation", check_hob_overlap, overlap_allocation, 0, 0, {0, 0}},
               {"the first of all", check_hob_overlap, overlap_first, 1, rule, {0xFBFFF000, 0xFC000000}},
               {"beginning before", check_hob_overlap, overlap_before, 1, rule, {0xF0000000, 0xF0001000}},
               {"known", check_hob_overlap, overlap_known, 0, 0, {0, 0}},
               {"RAM in there", check_hob_overlap, overlap_ram, 2, rule, {0xF0000, MIB}},
               {"RAM into it", check_hob_overlap, overlap_across, 2, rule, {0xA0000, 0xA1000}});
}

static uint32_t next_random(uint32_t *s)
{
    *s = *s * 1664525 + 1013904223;
    return *s >> 8;
}

static bool is_port(const struct hob *h)
{
    return h->kind == HOB_RESOURCE_IO || h->kind == HOB_RESOURCE_IO_RESERVED;
}

/* Each pair, in the list's order: the same findings, whichever pairs are not looked at. */
static void compare_pairs(const struct checks *c)
{
    const struct findings *found = &c->v.findings;
    size_t nr = 0;
    for (size_t i = 0; i < c->hobs.nr; i++)
        for (size_t j = i + 1; j < c->hobs.nr; j++) {
            const struct hob *a = &c->h[i], *b = &c->h[j];
            if (a->type != HOB_RESOURCE || b->type != HOB_RESOURCE || is_port(a) != is_port(b) ||
                !span_overlaps(a->range, b->range))
                continue;
            const uint64_t start = a->range.start > b->range.start ? a->range.start : b->range.start;
            const uint64_t end = a->range.end < b->range.end ? a->range.end : b->range.end;
            assert_true(nr < found->nr);
            assert_int_equal(found->f[nr].touched.start, start);
            assert_int_equal(found->f[nr].touched.end, end);
            assert_int_equal(found->f[nr].hob.index, j);
            char label[HOB_LABEL_SIZE];
            hob_label(&c->view, a, label);
            assert_non_null(strstr(found->f[nr++].text, label));
        }
    assert_int_equal(nr, found->nr);
}

/* Few places, so that ranges begin and end with others; some are empty. */
static void resources_at_random(void **state)
{
    (void)state;
    static const uint16_t types[] = {HOB_RESOURCE, HOB_RESOURCE, HOB_RESOURCE, HOB_ALLOCATION};
    uint32_t seed = 1;
    size_t told = 0;
    for (unsigned round = 0; round < 1500; round++) {
        checks_reset(&hvm);
        hvm.hobs.nr = 0;
        const uint32_t places = 4 + next_random(&seed) % 60, longest = 1 + next_random(&seed) % 8;
        for (uint32_t nr = next_random(&seed) % 22; nr-- > 0;) {
            const uint64_t start = next_random(&seed) % places, size = next_random(&seed) % (longest + 1);
            checks_add(&hvm, types[next_random(&seed) % 4], next_random(&seed) % 7, start, start + size);
        }
        check_hob_overlap(&hvm.view);
        compare_pairs(&hvm);
        told += hvm.v.findings.nr;
    }
    assert_true(told > 1000);
}

/* --- the list's parts */

CASE(list_damaged, {
    c->hobs.damage = "it is not";
    c->hobs.damage_at = 0x2004000;
})
CASE(list_wraps, c->h[NVS].wraps = true)
CASE(list_first_wraps, c->h[PHIT].wraps = true)

CASE(list_last_wraps, RESOURCE(HOB_RESOURCE_MMIO, 1ULL << 50, UINT64_MAX)->wraps = true)

static void list(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"good", check_hob_list, NULL, 0, 0, {0, 0}},
               {"damaged", check_hob_list, list_damaged, 1, RULE_HOB_LIST, {0x2004000, 0x2004008}},
               {"one that wraps", check_hob_list, list_wraps, 1, RULE_HOB_LIST, {0xFC000000, 4 * GIB}},
               {"the first one", check_hob_list, list_first_wraps, 1, RULE_HOB_LIST, {0, 0}},
               {"the last one", check_hob_list, list_last_wraps, 1, RULE_HOB_LIST, {1ULL << 50, UINT64_MAX}});
}

CASE(memory_bottom, c->h[PHIT].phit.memory_bottom = HEAP_END + 1)
CASE(memory_no_heap, c->h[PHIT].phit.memory_bottom = HEAP_END)
CASE(memory_free, c->h[PHIT].phit.free_bottom = 0x2f00001)
CASE(memory_top, c->h[PHIT].phit.memory_top = 0x2f00000 - 1)
CASE(memory_none, c->h[PHIT].phit = (struct hob_phit){.memory_bottom = PEI_MEMORY,
                                                      .memory_top = PEI_MEMORY,
                                                      .free_bottom = PEI_MEMORY,
                                                      .free_top = PEI_MEMORY,
                                                      .end = LIST_END})
CASE(memory_full, {
    struct hob_phit *p = &c->h[PHIT].phit;
    p->free_bottom = p->free_top = p->memory_top;
})
CASE(memory_beyond, { c->h[PHIT].phit.memory_top = 0x40000001; })
CASE(memory_to_the_end, c->h[PHIT].phit.memory_top = 0x40000000)
CASE(memory_untested, c->h[RAM].attributes = 0x3C03)
CASE(list_before, c->h[PHIT].at = PEI_MEMORY - 8)
CASE(list_at_bottom, c->h[PHIT].at = PEI_MEMORY)
CASE(list_over_heap, c->h[PHIT].phit.end = HEAP_END - 7)
CASE(list_fills_heap, c->h[PHIT].phit.end = HEAP_END - 8)

static void memory(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_MEMORY;
    const struct span order = {PEI_MEMORY + 0x1080, PEI_MEMORY + 0x1080 + 48}; /* the HOB: its addresses */
    CHECKS_RUN(
        &hvm, {"good", check_hob_memory, NULL, 0, 0, {0, 0}},
        {"heap below the bottom", check_hob_memory, memory_bottom, 1, rule, order},
        {"free memory reversed", check_hob_memory, memory_free, 1, rule, {0, 0}},
        {"top in what is free", check_hob_memory, memory_top, 1, rule, {0, 0}},
        {"none at all", check_hob_memory, memory_none, 1, rule, order},
        {"list below the bottom", check_hob_memory, memory_no_heap, 1, rule, {PEI_MEMORY + 0x1080, LIST_END + 8}},
        {"none left", check_hob_memory, memory_full, 0, 0, {0, 0}},
        {"a byte too many", check_hob_memory, memory_beyond, 1, rule, {PEI_MEMORY, 0x40000001}},
        {"to the end of RAM", check_hob_memory, memory_to_the_end, 0, 0, {0, 0}},
        {"not tested", check_hob_memory, memory_untested, 1, rule, {PEI_MEMORY, PEI_MEMORY_END}},
        {"list too low", check_hob_memory, list_before, 1, rule, {PEI_MEMORY - 8, LIST_END + 8}},
        {"list at the bottom", check_hob_memory, list_at_bottom, 0, 0, {0, 0}},
        {"list over the heap", check_hob_memory, list_over_heap, 1, rule, {0, 0}},
        {"list to the heap's end", check_hob_memory, list_fills_heap, 0, 0, {0, 0}});
}

#define RSP(value) c->view.regs.gpr[CPU_RSP] = value
CASE(stack_none, c->h[STACK].guid = hob_guid_bsp_store)
CASE(stack_bottom, RSP(STACK_TOP - 0x20000))
CASE(stack_last, RSP(STACK_TOP - 0x20000 + 1))
CASE(stack_top, RSP(STACK_TOP))
CASE(stack_above, RSP(STACK_TOP + 1))

static void stack(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_STACK;
    CHECKS_RUN(&hvm, {"good", check_hob_stack, NULL, 0, 0, {0, 0}},
               {"none", check_hob_stack, stack_none, 1, rule, {STACK_TOP - 8, STACK_TOP}},
               {"full", check_hob_stack, stack_bottom, 1, rule, {STACK_TOP - 0x20000, STACK_TOP - 0x20000 + 8}},
               {"nearly full", check_hob_stack, stack_last, 0, 0, {0, 0}},
               {"empty", check_hob_stack, stack_top, 0, 0, {0, 0}},
               {"above", check_hob_stack, stack_above, 1, rule, {STACK_TOP + 1, STACK_TOP + 9}});
}

CASE(cpu_none, c->h[CPU].type = HOB_UNUSED)
CASE(cpu_wide, c->h[CPU].mem_bits = 41)
CASE(cpu_narrow, { /* known of firmware without Xen code */
                   c->h[CPU].mem_bits = 39;
                   checks_xen(c, 4, 17, 0);
})
CASE(cpu_narrow_unknowing, c->h[CPU].mem_bits = 39)
CASE(cpu_to_the_end, RESOURCE(HOB_RESOURCE_MMIO, 1ULL << 39, 1ULL << 40))
CASE(cpu_beyond, RESOURCE(HOB_RESOURCE_MMIO, 1ULL << 39, (1ULL << 40) + 1))
CASE(cpu_all_ports, RESOURCE(HOB_RESOURCE_IO, 0, 0x10000))
CASE(cpu_ports_beyond, RESOURCE(HOB_RESOURCE_IO, 0, 0x10001))
CASE(cpu_reserved_beyond, RESOURCE(HOB_RESOURCE_IO_RESERVED, 0, 0x10001))
CASE(cpu_allocation_beyond, ALLOCATION(4, 1ULL << 40, (1ULL << 40) + PAGE_SIZE))
CASE(cpu_first_beyond, {
    c->h[PHIT] = c->h[HOLE];
    c->h[PHIT].range.end = (1ULL << 40) + 1;
})

CASE(cpu_xen, checks_xen(c, 4, 17, 0))

static void processor(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"good", check_hob_cpu, NULL, 0, 0, {0, 0}},
               {"none", check_hob_cpu, cpu_none, 1, RULE_HOB_CPU, {0, 0}},
               {"a bit too wide", check_hob_cpu, cpu_wide, 1, RULE_HOB_CPU, {1ULL << 40, 1ULL << 41}},
               {"a bit too narrow", check_hob_cpu, cpu_narrow, 1, RULE_HOB_CPU_NARROW, {1ULL << 39, 1ULL << 40}},
               {"not knowing Xen", check_hob_cpu, cpu_narrow_unknowing, 0, 0, {0, 0}},
               {"to the end", check_hob_cpu, cpu_to_the_end, 0, 0, {0, 0}},
               {"beyond", check_hob_cpu, cpu_beyond, 1, RULE_HOB_CPU, {1ULL << 39, (1ULL << 40) + 1}},
               {"all ports", check_hob_cpu, cpu_all_ports, 0, 0, {0, 0}},
               {"more ports", check_hob_cpu, cpu_ports_beyond, 1, RULE_HOB_CPU, {0, 0x10001}},
               {"more reserved ports", check_hob_cpu, cpu_reserved_beyond, 1, RULE_HOB_CPU, {0, 0x10001}},
               {"an allocation is another rule's", check_hob_cpu, cpu_allocation_beyond, 0, 0, {0, 0}},
               {"the first of all", check_hob_cpu, cpu_first_beyond, 1, RULE_HOB_CPU, {0, 0}},
               {"knowing Xen", check_hob_cpu, cpu_xen, 0, 0, {0, 0}});
}

CASE(cpu_48, {
    c->t.l.phys_bits = 52;
    c->h[CPU].mem_bits = 48;
})
CASE(cpu_49, {
    c->t.l.phys_bits = 52;
    c->h[CPU].mem_bits = 49;
})
CASE(cpu_64, { /* no shift by 64 */
               c->h[CPU].mem_bits = 64;
               RESOURCE(HOB_RESOURCE_MMIO, 1ULL << 50, UINT64_MAX);
})

CASE(cpu_49_of_49, {
    c->t.l.phys_bits = 49;
    c->h[CPU].mem_bits = 49;
})

static void wide_processor(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"48 bits of 52", check_hob_cpu, cpu_48, 0, 0, {0, 0}},
               {"49 bits of 52", check_hob_cpu, cpu_49, 1, RULE_HOB_CPU, {1ULL << 48, 1ULL << 49}},
               {"49 bits of 49", check_hob_cpu, cpu_49_of_49, 1, RULE_HOB_CPU, {1ULL << 48, 1ULL << 49}});
    hvm.t.l.phys_bits = 40;
    CHECKS_RUN(&hvm, {"64 bits", check_hob_cpu, cpu_64, 1, RULE_HOB_CPU, {0, 0}});
}

#define KEPT_VOLUME(gpa) (ALLOCATION(4, gpa, (gpa) + 0x10000), checks_volume(c, gpa))
CASE(volume_sound, KEPT_VOLUME(VOLUME))
CASE(volume_2, KEPT_VOLUME(VOLUME)->type = HOB_FV2)
CASE(volume_3, KEPT_VOLUME(VOLUME)->type = HOB_FV3)
CASE(volume_free, checks_volume(c, VOLUME))
CASE(volume_2_free, checks_volume(c, VOLUME)->type = HOB_FV2)
CASE(volume_3_free, checks_volume(c, VOLUME)->type = HOB_FV3)
CASE(volume_given_back, {
    ALLOCATION(HOB_MEMORY_FREE, VOLUME, VOLUME + 0x10000);
    checks_volume(c, VOLUME);
})
CASE(volume_longer, KEPT_VOLUME(VOLUME)->range.end += 0x1000)
CASE(volume_tiny, KEPT_VOLUME(VOLUME)->range.end = VOLUME + 63)
CASE(volume_small, KEPT_VOLUME(VOLUME)->range.end = VOLUME + 64)
CASE(volume_nowhere, checks_add(c, HOB_FV, 0, 0x50000000, 0x50010000))
CASE(volume_unsigned, {
    KEPT_VOLUME(VOLUME);
    checks_poke(c, VOLUME + 40, 0x4856465E);
    checks_poke(c, VOLUME, 1); /* the sum stays */
})
CASE(volume_sum, {
    KEPT_VOLUME(VOLUME);
    checks_poke(c, VOLUME, 1);
})
CASE(volume_sum_last, {
    KEPT_VOLUME(VOLUME);
    checks_poke(c, VOLUME + 68, 0x10000);
})
/* Header length and checksum; the rest of the header sums to what they take away. */
static void header(struct checks *c, uint16_t length)
{
    KEPT_VOLUME(VOLUME);
    uint8_t h[72];
    assert_true(memory_read(&c->m.memory, VOLUME, h, sizeof h));
    checks_poke(c, VOLUME + 48, length | (uint32_t)(uint16_t)(le16(h + 50) + 72 - length) << 16);
}
CASE(volume_header_66, header(c, 66))
CASE(volume_header_64, header(c, 64))
CASE(volume_header_62, header(c, 62))
CASE(volume_header_65, header(c, 65))
CASE(volume_header_4096, header(c, 4096))
CASE(volume_header_4098, header(c, 4098))

static void volumes(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_VOLUME;
    const struct span at = {VOLUME, VOLUME + 0x10000};
    CHECKS_RUN(&hvm, {"sound", check_hob_volume, volume_sound, 0, 0, {0, 0}},
               {"sound, FV2", check_hob_volume, volume_2, 0, 0, {0, 0}},
               {"sound, FV3", check_hob_volume, volume_3, 0, 0, {0, 0}},
               {"free", check_hob_volume, volume_free, 1, rule, at},
               {"free, FV2", check_hob_volume, volume_2_free, 1, rule, at},
               {"free, FV3", check_hob_volume, volume_3_free, 1, rule, at},
               {"given back", check_hob_volume, volume_given_back, 1, rule, at},
               {"longer", check_hob_volume, volume_longer, 1, rule, {VOLUME, VOLUME + 0x11000}},
               {"no room for a header", check_hob_volume, volume_tiny, 1, rule, {VOLUME, VOLUME + 63}},
               {"room for a header only", check_hob_volume, volume_small, 1, rule, {VOLUME, VOLUME + 64}},
               {"nowhere", check_hob_volume, volume_nowhere, 1, rule, {0x50000000, 0x50010000}},
               {"no signature", check_hob_volume, volume_unsigned, 1, rule, at},
               {"checksum", check_hob_volume, volume_sum, 1, rule, at},
               {"checksum, behind the map", check_hob_volume, volume_sum_last, 1, rule, at},
               {"short header", check_hob_volume, volume_header_64, 0, 0, {0, 0}},
               {"even header", check_hob_volume, volume_header_66, 0, 0, {0, 0}},
               {"too short a header", check_hob_volume, volume_header_62, 1, rule, at},
               {"odd header", check_hob_volume, volume_header_65, 1, rule, at},
               {"long header", check_hob_volume, volume_header_4096, 0, 0, {0, 0}},
               {"too long a header", check_hob_volume, volume_header_4098, 1, rule, at});
}

/* --- what is said about Xen, and what is left of it */

CASE(xen_good, checks_xen(c, 4, 17, 0))
CASE(xen_major, checks_xen(c, 5, 17, 0))
CASE(xen_minor, checks_xen(c, 4, 18, 0))
CASE(xen_rsdp, checks_xen(c, 4, 17, 0xEA020))
CASE(xen_small, checks_xen(c, 9, 9, 9)->data_size = 15) /* and no more is told */
CASE(xen_old, checks_old_xen(c, 4, 17, 0))
CASE(xen_old_minor, checks_old_xen(c, 4, 18, 0))
CASE(xen_old_cut, {
    struct hob *h = checks_old_xen(c, 4, 17, 0);
    h->data_size = 23; /* read as the new one, then */
})
CASE(xen_pvh_rsdp, checks_xen(c, 4, 17, handoff_rsdp(&c->plan)))
CASE(xen_pvh_none, checks_xen(c, 4, 17, 0))

static void xen(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"good", check_hob_xen, xen_good, 0, 0, {0, 0}},
               {"major", check_hob_xen, xen_major, 1, RULE_HOB_XEN, {0, 0}},
               {"minor", check_hob_xen, xen_minor, 1, RULE_HOB_XEN, {0, 0}},
               {"RSDP", check_hob_xen, xen_rsdp, 1, RULE_HOB_XEN, {0, 0}},
               {"too small", check_hob_xen, xen_small, 1, RULE_HOB_XEN, {0, 0}},
               {"old", check_hob_xen, xen_old, 0, 0, {0, 0}},
               {"old, minor", check_hob_xen, xen_old_minor, 1, RULE_HOB_XEN, {0, 0}},
               {"old, cut", check_hob_xen, xen_old_cut, 2, RULE_HOB_XEN, {0, 0}});
    assert_true(handoff_rsdp(&pvh.plan) != 0);
    assert_int_equal(handoff_rsdp(&hvm.plan), 0);
    CHECKS_RUN(&pvh, {"good", check_hob_xen, xen_pvh_rsdp, 0, 0, {0, 0}},
               {"no RSDP", check_hob_xen, xen_pvh_none, 1, RULE_HOB_XEN, {0, 0}});
}

CASE(page_kept, checks_old_xen(c, 4, 17, HEAP_END - 0x1000))
CASE(page_free, checks_old_xen(c, 4, 17, HEAP_END))
CASE(page_free_inside, checks_old_xen(c, 4, 17, HEAP_END + 0x1FF))
CASE(page_given_back, checks_old_xen(c, 4, 17, 0x2a00000))
CASE(page_none, checks_old_xen(c, 4, 17, 0))
CASE(page_reserved, checks_old_xen(c, 4, 17, 0xF0000))
CASE(page_known, checks_old_xen(c, 4, 17, 0x81F000))
CASE(page_known_first, checks_old_xen(c, 4, 17, 0x810000))
CASE(page_after_known, checks_old_xen(c, 4, 17, 0x820000))
CASE(page_before_known, checks_old_xen(c, 4, 17, 0x80F000))
CASE(page_new, checks_xen(c, 4, 17, 0x3000000))

static void hypercalls(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HYPERCALL_PAGE;
    CHECKS_RUN(&hvm, {"allocated", check_hypercall_page, page_kept, 0, 0, {0, 0}},
               {"free", check_hypercall_page, page_free, 1, rule, {HEAP_END, HEAP_END + PAGE_SIZE}},
               {"an entry", check_hypercall_page, page_free_inside, 1, rule, {HEAP_END, HEAP_END + PAGE_SIZE}},
               {"given back", check_hypercall_page, page_given_back, 1, rule, {0x2a00000, 0x2a01000}},
               {"none", check_hypercall_page, page_none, 0, 0, {0, 0}},
               {"in no RAM", check_hypercall_page, page_reserved, 0, 0, {0, 0}},
               {"known", check_hypercall_page, page_known, 0, 0, {0, 0}},
               {"known, first", check_hypercall_page, page_known_first, 0, 0, {0, 0}},
               {"behind it", check_hypercall_page, page_after_known, 1, rule, {0x820000, 0x821000}},
               {"before it", check_hypercall_page, page_before_known, 1, rule, {0x80F000, 0x810000}},
               {"has none", check_hypercall_page, page_new, 0, 0, {0, 0}});
}

/* Two PCD databases in memory, the live one first. */
static void clocks(struct checks *c, uint32_t live, uint32_t first, uint32_t second)
{
    const uint32_t value[2][3] = {{1, 7, live}, {1, first, second}};
    for (unsigned n = 0; n < 2; n++) {
        struct hob *h = checks_add(c, HOB_GUID, 0, 0, 0);
        h->guid = hob_guid_pcd_database;
        h->data_size = 12;
        h->at = 0x2005000 + 0x100 * n;
        for (unsigned i = 0; i < 3; i++)
            checks_poke(c, h->at + 24 + 4 * i, value[n][i]);
    }
}
#define MHZ 1000000u
CASE(clock_good, clocks(c, 100 * MHZ, 7, 100 * MHZ))
CASE(clock_high, clocks(c, 101 * MHZ, 7, 100 * MHZ))
CASE(clock_higher, clocks(c, 101 * MHZ + 1, 7, 100 * MHZ))
CASE(clock_low, clocks(c, 99 * MHZ, 7, 100 * MHZ))
CASE(clock_lower, clocks(c, 99 * MHZ - 1, 7, 100 * MHZ))
CASE(clock_twice, clocks(c, 5, 100 * MHZ, 100 * MHZ))
CASE(clock_nowhere, clocks(c, 5, 7, 8))
CASE(clock_shorter, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr - 1].data_size = 11;
})
CASE(clock_longer, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr - 2].data_size = 11;
})
CASE(clock_one, {
    clocks(c, 5, 7, 100 * MHZ);
    c->hobs.nr--;
})
CASE(clock_three, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr] = c->h[c->hobs.nr - 1];
    c->hobs.nr++;
})
CASE(clock_other_guid, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr - 1].guid = hob_guid_mp_init;
})
CASE(clock_not_there, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr - 2].at = 0x50000000;
})

CASE(clock_not_there_either, {
    clocks(c, 5, 7, 100 * MHZ);
    c->h[c->hobs.nr - 1].at = 0x50000000;
})
CASE(clock_wrong, {
    clocks(c, 5, 7, 100 * MHZ);
    ALLOCATION(4, 0x3000000, 0x3001000)->guid = hob_guid_pcd_database; /* is none */
})

static void clock_of_the_bus(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_BUS_CLOCK;
    const struct span at = {0x2005000 + 24 + 8, 0x2005000 + 28 + 8};
    CHECKS_RUN(&hvm, {"good", check_bus_clock, clock_good, 0, 0, {0, 0}},
               {"1 % more", check_bus_clock, clock_high, 0, 0, {0, 0}},
               {"more than 1 % more", check_bus_clock, clock_higher, 1, rule, at},
               {"1 % less", check_bus_clock, clock_low, 0, 0, {0, 0}},
               {"more than 1 % less", check_bus_clock, clock_lower, 1, rule, at},
               {"not to be told", check_bus_clock, clock_twice, 0, 0, {0, 0}},
               {"not there", check_bus_clock, clock_nowhere, 0, 0, {0, 0}},
               {"cut", check_bus_clock, clock_shorter, 0, 0, {0, 0}},
               {"defaults longer", check_bus_clock, clock_longer, 0, 0, {0, 0}},
               {"one", check_bus_clock, clock_one, 0, 0, {0, 0}}, {"three", check_bus_clock, clock_three, 0, 0, {0, 0}},
               {"another GUID", check_bus_clock, clock_other_guid, 0, 0, {0, 0}},
               {"not in RAM", check_bus_clock, clock_not_there, 0, 0, {0, 0}},
               {"the build's not in RAM", check_bus_clock, clock_not_there_either, 0, 0, {0, 0}},
               {"something else named so", check_bus_clock, clock_wrong, 1, rule, at});
}

CASE(mapped_as_before, c->m.xen.shared_info_gpa = HVMLOADER_SHARED_INFO)
CASE(mapped_nowhere, c->m.xen.shared_info_gpa = XEN_UNMAPPED)
CASE(mapped_elsewhere, c->m.xen.shared_info_gpa = 0xFEF00000)

static void mapping(void **state)
{
    (void)state;
    const uint64_t was[2] = {hvm.m.xen.shared_info_gpa, pvh.m.xen.shared_info_gpa};
    CHECKS_RUN(&hvm, {"hvmloader's", check_xen_mapping, mapped_as_before, 0, 0, {0, 0}},
               {"not mapped", check_xen_mapping, mapped_nowhere, 0, 0, {0, 0}},
               {"elsewhere", check_xen_mapping, mapped_elsewhere, 1, RULE_XEN_MAPPING, {0xFEF00000, 0xFEF01000}});
    CHECKS_RUN(&pvh,
               {"nobody else's",
                check_xen_mapping,
                mapped_as_before,
                1,
                RULE_XEN_MAPPING,
                {HVMLOADER_SHARED_INFO, HVMLOADER_SHARED_INFO + PAGE_SIZE}},
               {"not mapped", check_xen_mapping, mapped_nowhere, 0, 0, {0, 0}});
    hvm.m.xen.shared_info_gpa = was[0];
    pvh.m.xen.shared_info_gpa = was[1];
}

/* Pages that came and went; what was not there at first is no loss. */
static void pages_that_went(void **state)
{
    (void)state;
    struct checks *c = &hvm;
    static struct span gone[] = {{0x3001000, 0x3002000}, {0x3003000, 0x3004000}};
    struct preserve *p = &c->mon.preserve;
    static const struct {
        const char *what;
        struct span dropped;
        size_t findings;
        struct span told;
    } cases[] = {
        {"a page of RAM", {0x4000000, 0x4001000}, 1, {0x4000000, 0x4001000}},
        {"what was gone", {0x3001000, 0x3002000}, 0, {0, 0}},
        {"what was gone, and the next", {0x3001000, 0x3003000}, 1, {0x3002000, 0x3003000}},
        {"the page before, too", {0x3000000, 0x3002000}, 1, {0x3000000, 0x3001000}},
        {"between two", {0x3001000, 0x3004000}, 1, {0x3002000, 0x3003000}},
        {"no RAM in the E820", {0xFC00C000, 0xFC00D000}, 0, {0, 0}},
        {"where nothing is", {0x50000000, 0x50001000}, 0, {0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t nr;
        checks_reset(c);
        p->gone = gone;
        p->nr_gone = 2;
        assert_true(memory_drop(&c->m.memory, cases[i].dropped, MEMORY_REMOVED));
        check_xen_mapping(&c->view);
        if (c->v.findings.nr != cases[i].findings)
            fail_msg("%s: %zu findings", cases[i].what, c->v.findings.nr);
        if (cases[i].findings != 0) {
            assert_int_equal(c->v.findings.f[0].rule, RULE_XEN_MAPPING);
            assert_int_equal(c->v.findings.f[0].touched.start, cases[i].told.start);
            assert_int_equal(c->v.findings.f[0].touched.end, cases[i].told.end);
        }
        free(memory_take_overrides(&c->m.memory, &nr));
    }
    checks_reset(c); /* a page that is there, and one that went for another reason */
    size_t nr;
    static uint8_t page[PAGE_SIZE];
    assert_true(memory_put_page(&c->m.memory, 0x4000000, page, ALLOW_R, "a page"));
    assert_true(memory_drop(&c->m.memory, (struct span){0x4002000, 0x4003000}, "not populated"));
    check_xen_mapping(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    free(memory_take_overrides(&c->m.memory, &nr));
    p->gone = NULL;
    p->nr_gone = 0;
}

/* --- for who looks when PEI memory is published */

#define PUBLISHED(start, end)      \
    c->v.published = (struct span) \
    {                              \
        start, end                 \
    }
CASE(published_good, PUBLISHED(0x2000000, 0x3000000))
CASE(published_last, PUBLISHED(0x3F000000, 0x40000000))
CASE(published_beyond, PUBLISHED(0x3F000000, 0x40000001))
CASE(published_low, PUBLISHED(0xE0000, 0x200000)) /* over several ranges: the first is told of */
CASE(published_stack, {
    PUBLISHED(0x2000000, 0x3000000);
    c->h[STACK].range = (struct span){0xFF000, MIB};
})
CASE(published_stack_above, {
    PUBLISHED(0x2000000, 0x3000000);
    c->h[STACK].range = (struct span){0x40000000, 0x40001000};
})
CASE(published_no_stack, {
    PUBLISHED(0x2000000, 0x3000000);
    c->h[STACK].type = HOB_UNUSED;
})

CASE(published_nowhere, {
    PUBLISHED(1ULL << 45, (1ULL << 45) + PAGE_SIZE);
    c->h[STACK].type = HOB_UNUSED;
})

static void published(void **state)
{
    (void)state;
    const enum rule_id rule = RULE_HOB_MEMORY;
    CHECKS_RUN(&hvm, {"good", check_published, published_good, 0, 0, {0, 0}},
               {"to the end of RAM", check_published, published_last, 0, 0, {0, 0}},
               {"a byte too many", check_published, published_beyond, 1, rule, {0x40000000, 0x40000001}},
               {"from below 1 MiB", check_published, published_low, 1, rule, {0xE0000, 0xE0001}},
               {"stack below", check_published, published_stack, 1, rule, {0xFF000, 0xFF001}},
               {"stack above", check_published, published_stack_above, 0, 0, {0, 0}},
               {"no stack", check_published, published_no_stack, 0, 0, {0, 0}},
               {"beyond all", check_published, published_nowhere, 1, rule, {1ULL << 45, (1ULL << 45) + 1}});
}

CASE(interrupts_on, c->view.regs.rflags = 0x202)
CASE(interrupts_off, c->view.regs.rflags = 0xDD6)

static void interrupts(void **state)
{
    (void)state;
    CHECKS_RUN(&hvm, {"on", check_interrupts, interrupts_on, 1, RULE_INTERRUPTS, {0, 0}},
               {"off, all else on", check_interrupts, interrupts_off, 0, 0, {0, 0}});
}

/* --- what is known, and no reason for a finding */

static void known(void **state)
{
    (void)state;
    struct hob xen_info = {.type = HOB_GUID};
    enum { HVM = 1, PVH = 2, XEN = 4, PLAIN = 8 };
    static const struct {
        enum rule_id rule;
        struct span at;
        unsigned of; /* for whom it is known */
    } cases[] = {
        {RULE_HOB_OVERLAP, {0xA0000, MIB}, HVM | PVH | XEN},
        {RULE_HOB_OVERLAP, {0x9F000, MIB}, 0},
        {RULE_HOB_OVERLAP, {0xA0000, MIB + PAGE_SIZE}, 0},
        {RULE_HOB_RAM_MISSING, {0xA0000, MIB}, PVH | XEN | PLAIN},
        {RULE_HOB_RAM_MISSING, {0x9F000, 0xA0000}, 0},
        {RULE_HOB_RAM_MISSING, {MIB, MIB + PAGE_SIZE}, 0},
        {RULE_HOB_RAM_MISSING, {0x3FFFF000, 0x40000000}, 0},
        {RULE_HOB_RAM_MISSING, {4 * GIB, 5 * GIB}, HVM | PLAIN}, /* CMOS is HVM's */
        {RULE_HOB_RAM_MISSING, {4 * GIB - PAGE_SIZE, 5 * GIB}, 0},
        {RULE_HOB_RESERVED_MISSING, {0xFEFF8000, 0xFEFF9000}, 0},         /* RESERVED */
        {RULE_HOB_RESERVED_MISSING, {0xFC000000, 0xFC001000}, HVM | XEN}, /* NVS; ACPI for PVH */
        {RULE_HOB_RESERVED_MISSING, {0xFC001800, 0xFC001900}, HVM | PVH | XEN},
        {RULE_HOB_RESERVED_MISSING, {0xFEFF8800, 0xFEFF9800}, HVM | PVH | XEN}, /* parts of two pages */
        {RULE_HOB_RESERVED_MISSING, {0xFEFF8800, 0xFEFFA000}, 0},
        {RULE_HOB_RESERVED_MISSING, {0x50000000, 0x50001000}, HVM | PVH | XEN}, /* nothing there */
        {RULE_HOB_CPU_NARROW, {1ULL << 36, 1ULL << 40}, HVM | PVH | PLAIN},
        {RULE_HOB_CPU, {1ULL << 36, 1ULL << 40}, 0},
        {RULE_HYPERCALL_PAGE, {0x810000, 0x811000}, HVM | PVH | XEN},
        {RULE_HYPERCALL_PAGE, {0x80F000, 0x810000}, 0},
        {RULE_HYPERCALL_PAGE, {0x820000, 0x821000}, 0},
        {RULE_PAGE_TABLES, {256 * GIB, 257 * GIB}, HVM | PVH | XEN | PLAIN}, /* of 38 bits */
        {RULE_PAGE_TABLES, {255 * GIB, 256 * GIB}, 0},
        {RULE_PAGE_TABLES, {511 * GIB, 512 * GIB}, HVM | PVH | XEN | PLAIN},
        {RULE_PAGE_TABLES, {512 * GIB, 513 * GIB}, 0},
        {RULE_PROCESSOR_TABLES, {511 * GIB, 512 * GIB}, HVM | PVH | XEN | PLAIN},
        {RULE_PROCESSOR_TABLES, {512 * GIB, 513 * GIB}, 0},
        {RULE_DESCRIPTOR_TABLES, {0x200000, 0x200020}, PVH | XEN | PLAIN}, /* in PVH's image */
        {RULE_DESCRIPTOR_TABLES, {0x2FFFF0, 0x300010}, 0},
    };
    struct checks *both[2] = {&hvm, &pvh};
    for (unsigned g = 0; g < 2; g++)
        for (unsigned x = 0; x < 2; x++)
            for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct checks *c = both[g];
                checks_reset(c);
                const unsigned bits = c->t.l.phys_bits;
                if (cases[i].rule == RULE_PAGE_TABLES || cases[i].rule == RULE_PROCESSOR_TABLES)
                    c->t.l.phys_bits = 38;
                c->view.xen_info = x == 0 ? &xen_info : NULL;
                const bool is = known_why(&c->view, cases[i].rule, cases[i].at) != NULL;
                c->t.l.phys_bits = bits;
                const bool wanted =
                    (cases[i].of & (g == 0 ? HVM : PVH)) != 0 && (cases[i].of & (x == 0 ? XEN : PLAIN)) != 0;
                if (is != wanted)
                    fail_msg("%s at %#llx, %s, %s: %s", rules[cases[i].rule].name,
                             (unsigned long long)cases[i].at.start, g == 0 ? "HVM" : "PVH",
                             x == 0 ? "knows Xen" : "plain", is ? "known" : "not known");
            }
}

/* The last 64 KiB of RAM that CMOS does not count. */
static void known_of_cmos(void **state)
{
    (void)state;
    struct checks *c = &hvm;
    static const struct {
        uint64_t cmos;
        struct span at;
        bool known;
    } cases[] = {
        {0x3FFF0000, {0x3FFF0000, 0x40000000}, true},  {0x3FFF0000, {0x3FFF8000, 0x3FFF9000}, true},
        {0x3FFF0000, {0x3FFEF000, 0x40000000}, false}, {0x40000000, {0x3FFF0000, 0x40000000}, false},
        {0x50000000, {0x3FFF0000, 0x40000000}, false},
    };
    const uint64_t was = c->t.g.cmos_low_ram;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        checks_reset(c);
        c->t.g.cmos_low_ram = cases[i].cmos;
        assert_int_equal(known_why(&c->view, RULE_HOB_RAM_MISSING, cases[i].at) != NULL, cases[i].known);
    }
    c->t.g.cmos_low_ram = was;
}

/* What one driver of DXE's does is known; not of others, not before. */
static void known_of_drivers(void **state)
{
    (void)state;
    struct checks *c = &hvm;
    static const char flash[] = "733CBAC2-B23F-4B92-BC8E-FB01CE5907B7", hsti[] = "60740CF3-D428-4500-80E6-04A5798241ED";
    struct dxe_watch dxe = {0};
    static const struct {
        enum rule_id rule;
        const char *guid;
        bool dxe, known;
    } cases[] = {
        {RULE_WRITE_IMAGE, flash, true, true},       {RULE_READ_UNPOPULATED, flash, true, true},
        {RULE_WRITE_UNPOPULATED, flash, true, true}, {RULE_WRITE_RESERVED, flash, true, false},
        {RULE_WRITE_IMAGE, "", true, false},         {RULE_WRITE_IMAGE, flash, false, false},
        {RULE_WRITE_IMAGE, hsti, true, true},        {RULE_WRITE_UNPOPULATED, hsti, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        checks_reset(c);
        c->mon.dxe = cases[i].dxe ? &dxe : NULL;
        c->v.nr_modules = 0;
        *verdict_add_module(&c->v) = (struct module){.base = 0x3000000, .size = 0x1000};
        (void)snprintf(c->v.module[0].guid, sizeof c->v.module[0].guid, "%s", cases[i].guid);
        assert_int_equal(known_access(&c->mon, cases[i].rule, 0x3000010, 0xFFF00000), cases[i].known);
        assert_int_equal(c->v.nr_known, cases[i].known);
        assert_false(known_access(&c->mon, cases[i].rule, 0x5000010, 0xFFF00000)); /* no module */
    }
    c->mon.dxe = NULL;
    c->v.nr_modules = 0;
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
        cmocka_unit_test(allocations),
        cmocka_unit_test(allocations_that_overlap),
        cmocka_unit_test(ram),
        cmocka_unit_test(ram_that_is_missing),
        cmocka_unit_test(ram_that_is_missing_below_1_mib),
        cmocka_unit_test(vga),
        cmocka_unit_test(reserved),
        cmocka_unit_test(resources_that_overlap),
        cmocka_unit_test(resources_at_random),
        cmocka_unit_test(list),
        cmocka_unit_test(memory),
        cmocka_unit_test(stack),
        cmocka_unit_test(processor),
        cmocka_unit_test(wide_processor),
        cmocka_unit_test(volumes),
        cmocka_unit_test(xen),
        cmocka_unit_test(hypercalls),
        cmocka_unit_test(clock_of_the_bus),
        cmocka_unit_test(mapping),
        cmocka_unit_test(pages_that_went),
        cmocka_unit_test(published),
        cmocka_unit_test(interrupts),
        cmocka_unit_test(known),
        cmocka_unit_test(known_of_cmos),
        cmocka_unit_test(known_of_drivers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
