/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks of page tables (check/handoff/tables.c, check/leave/cpu.c), at their edges: a guest that has gone to long mode by
 * itself, with tables that a case changes.
 */
#include "checks_kit.h"

#include "check/leave/leave.h"

static struct checks pvh;
static struct checks *const c = &pvh;
static struct efi_map map;
static struct leave leave;

#define CODE 0x900000u
/* PML4, page directory pointers, and what a case wants. */
#define TABLES 0x2c00000u
#define POINTERS (TABLES + 0x1000)
#define MORE(i) (TABLES + 0x2000 + 0x1000 * (uint64_t)(i))
#define TABLES_END (TABLES + 0x20000)
#define FREE 0x3000000u /* free RAM */
#define LARGE 0x83u     /* present, writable, large */
#define LEADS 3u
#define NX (1ULL << 63)

static void put(uint64_t table, unsigned i, uint64_t entry)
{
    uint8_t raw[8];
    put_le64(raw, entry);
    assert_true(memory_write(&c->m.memory, table + 8 * i, raw, sizeof raw));
}

/* 4 GiB in pages of one, each at its own address. */
static void reset(void)
{
    static const uint8_t none[0x20000];
    checks_reset(c);
    checks_add(c, HOB_ALLOCATION, 4, TABLES, TABLES_END);
    assert_true(memory_write(&c->m.memory, TABLES, none, sizeof none));
    assert_true(memory_write(&c->m.memory, FREE, none, 0x10000));
    put(TABLES, 0, POINTERS | LEADS);
    for (unsigned i = 0; i < 4; i++)
        put(POINTERS, i, i * GIB | LARGE);
    c->t.l.phys_bits = 40;
    c->v.paging = (struct paging_summary){0};
}

/* Asks, and says what was found first. */
static const struct finding *ask(size_t findings)
{
    check_page_tables(&c->view);
    if (c->v.findings.nr != findings)
        fail_msg("%zu findings, not %zu: %s", c->v.findings.nr, findings,
                 c->v.findings.nr != 0 ? c->v.findings.f[0].text : "none");
    for (size_t i = 0; i < findings; i++)
        assert_int_equal(c->v.findings.f[i].rule, RULE_PAGE_TABLES);
    return &c->v.findings.f[0];
}
#define ABOUT(f, from, to)                          \
    do {                                            \
        assert_int_equal((f)->touched.start, from); \
        assert_int_equal((f)->touched.end, to);     \
    } while (0)
#define BLAMED(f, from)                               \
    do {                                              \
        assert_int_equal((f)->bytes.start, from);     \
        assert_int_equal((f)->bytes.end, (from) + 8); \
    } while (0)

static void summary(void **state)
{
    (void)state;
    const struct paging_summary *s = &c->v.paging;
    reset();
    (void)ask(0);
    assert_int_equal(s->tables, 2);
    assert_int_equal(s->mapped, 4 * GIB);
    assert_int_equal(s->wx, 4 * GIB);
    assert_int_equal(s->wx_runs, 1);
    reset();
    put(POINTERS, 1, GIB | LARGE | NX);
    put(POINTERS, 2, 2 * GIB | 0x81);
    put(POINTERS, 3, 3 * GIB | LARGE);
    (void)ask(0); /* only RAM is to be writable */
    assert_int_equal(s->mapped, 4 * GIB);
    assert_int_equal(s->wx, 2 * GIB);
    assert_int_equal(s->wx_runs, 2);
}

/* Entries that the processor refuses. */
static void faults(void **state)
{
    (void)state;
    reset();
    c->t.l.phys_bits = 36;
    put(POINTERS, 64, 64 * GIB | LARGE); /* what DxeIpl's table has too many of */
    (void)ask(0);
    assert_int_equal(c->v.nr_known, 1);
    reset();
    c->t.l.phys_bits = 36;
    put(POINTERS, 64, 65 * GIB | LARGE); /* for another address */
    const struct finding *f = ask(1);
    ABOUT(f, POINTERS + 64 * 8, POINTERS + 65 * 8);
    BLAMED(f, POINTERS + 64 * 8);
    reset();
    c->t.l.phys_bits = 36;
    put(POINTERS, 64, 64 * GIB | LEADS); /* no page */
    f = ask(1);
    ABOUT(f, POINTERS + 64 * 8, POINTERS + 65 * 8);
    reset();
    c->t.l.phys_bits = 36;
    put(POINTERS, 65, MORE(0) | LEADS);
    put(MORE(0), 0, 65 * GIB | LARGE); /* of 2 MiB */
    f = ask(1);
    ABOUT(f, MORE(0), MORE(0) + 8);
    BLAMED(f, MORE(0));
    reset();
    put(POINTERS, 4, 4 * GIB | 0x2000 | LARGE); /* not aligned, and within the width */
    f = ask(1);
    ABOUT(f, 4 * GIB, 5 * GIB);
    BLAMED(f, POINTERS + 4 * 8);
    for (unsigned n = 4; n < 6; n++) {
        reset();
        for (unsigned i = 0; i < n; i++)
            put(POINTERS, 8 + i, (8 + i) * GIB | 0x2000 | LARGE);
        (void)ask(4);
    }
}

/* Tables in memory that somebody else gets. */
static void unkept(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 6; n++) {
        reset();
        for (unsigned i = 0; i < n; i++)
            put(POINTERS, 8 + i, (FREE + 0x1000 * i) | LEADS);
        const struct finding *f = ask(n < 4 ? n : 4);
        ABOUT(f, FREE, FREE + 0x1000);
        assert_int_equal(f->bytes.start, FREE);
        assert_int_equal(f->bytes.end, FREE + 0x1000);
    }
}

/* Memory that is not at its own address. */
static void elsewhere(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 6; n++) {
        reset();
        for (unsigned i = 0; i < n; i++)
            put(POINTERS, 8 + 2 * i, (9 + 2 * i) * GIB | LARGE);
        const struct finding *f = ask(n < 4 ? n : 4);
        ABOUT(f, 9 * GIB, 10 * GIB);
        BLAMED(f, POINTERS + 8 * 8);
    }
    /* The upper half's addresses are sign-extended. */
    reset();
    c->t.l.phys_bits = 48;
    put(TABLES, 256, MORE(0) | LEADS);
    put(MORE(0), 0, 0x800000000000 | LARGE);
    put(MORE(0), 1, 0x800040000000 | LARGE);
    (void)ask(0);
    put(MORE(0), 1, 0x800080000000 | LARGE);
    (void)ask(1);
    /* What is elsewhere is not covered. */
    reset();
    c->h[RAM].range.end = 2 * GIB;
    put(POINTERS, 1, 5 * GIB | LARGE);
    const struct finding *f = ask(2);
    ABOUT(f, 5 * GIB, 6 * GIB);
}

/* Up to where memory is mapped 1:1. */
static void covered(void **state)
{
    (void)state;
    for (unsigned pages = 511; pages <= 512; pages++) {
        reset();
        put(POINTERS, 0, MORE(0) | LEADS);
        for (unsigned i = 0; i < pages; i++)
            put(MORE(0), i, i * 2 * MIB | LARGE);
        put(POINTERS, 1, 0);
        const struct finding *f = ask(pages == 511 ? 1 : 0); /* there is RAM to 1 GiB */
        if (pages == 511)
            ABOUT(f, MIB, GIB);
    }
    reset();
    put(POINTERS, 0, 0); /* from 0 on */
    (void)ask(2);
    reset();
    c->h[RESERVED].range.end = 64 * GIB; /* what is no RAM need not be */
    (void)ask(0);
}

/* RAM that is read-only, free or not. */
static void unwritable(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 6; n++) {
        reset();
        put(POINTERS, 0, MORE(0) | LEADS);
        for (unsigned i = 0; i < 512; i++)
            put(MORE(0), i, i * 2 * MIB | (i >= 32 && i < 32 + 2 * n && i % 2 == 0 ? 0x81 : LARGE));
        const struct finding *f = ask(n < 4 ? n : 4);
        ABOUT(f, 64 * MIB, 66 * MIB);
        BLAMED(f, MORE(0) + 32 * 8);
        checks_add(c, HOB_ALLOCATION, 4, 64 * MIB, 66 * MIB);
        checks_forget(c);
        (void)ask(n - 1);
    }
}

/* GDT and IDT; in flat mode, of another guest. */
static void descriptors(void **state)
{
    (void)state;
    static struct checks other;
    checks_init(&other, GUEST_PVH);
    const struct {
        uint64_t gdt;
        uint16_t limit, idt;
        size_t findings;
        struct span at;
    } cases[] = {{FREE, 0x17, 0xFF, 2, {FREE, FREE + 0x18}},
                 {STACK_TOP - 0x18, 0x17, 0xFF, 1, {0, 0x100}}, /* the IDT alone: its base is 0 */
                 {STACK_TOP - 0x18, 0x18, 0xFF, 2, {STACK_TOP - 0x18, STACK_TOP + 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        checks_reset(&other);
        other.entry.gdt_base = (uint32_t)cases[i].gdt;
        other.entry.gdt_limit = cases[i].limit;
        other.entry.idt_limit = cases[i].idt;
        assert_true(engine_switch(other.m.engine, 0, &other.entry));
        check_descriptor_tables(&other.view);
        if (other.v.findings.nr != cases[i].findings)
            fail_msg("case %zu: %zu", i, other.v.findings.nr);
        ABOUT(&other.v.findings.f[0], cases[i].at.start, cases[i].at.end);
    }
    checks_exit(&other);
}

static void left(size_t findings)
{
    checks_forget(c);
    leave.v = c->view;
    check_processor_tables(&leave);
    if (c->v.findings.nr != findings)
        fail_msg("%zu findings, not %zu: %s", c->v.findings.nr, findings,
                 c->v.findings.nr != 0 ? c->v.findings.f[0].text : "none");
}

/* The same when boot services are left. */
static void processor(void **state)
{
    (void)state;
    const struct finding *f = c->v.findings.f;
    map.nr = 1;
    map.r[0] = (struct efi_range){.at = {FREE, FREE + 0x1000}, .type = EFI_CONVENTIONAL};
    leave.map = &map;
    for (unsigned n = 1; n < 6; n++) {
        reset();
        for (unsigned i = 0; i < n; i++)
            put(POINTERS, 8 + i, (FREE + 0x1000 * i) | LEADS);
        map.r[0].at.end = FREE + 0x1000 * n;
        left(n < 4 ? n : 4);
        ABOUT(f, FREE, FREE + 0x1000);
        map.r[0].type = EFI_BOOT_DATA;
        left(0);
        map.r[0].type = EFI_CONVENTIONAL;
    }
    reset();
    put(POINTERS, 4, 4 * GIB | 0x2000 | LARGE);
    left(1);
    ABOUT(f, 4 * GIB, 5 * GIB);
    reset();
    put(POINTERS, 4, MORE(0) | LEADS);
    put(MORE(0), 1, 4 * GIB | 0x2000 | LARGE);
    left(1);
    ABOUT(f, MORE(0) + 8, MORE(0) + 16);
    reset();
    put(TABLES, 4, MORE(0) | 0x83); /* which has no such bit there */
    left(1);
    ABOUT(f, TABLES + 32, TABLES + 40);
    for (unsigned n = 4; n < 6; n++) {
        reset();
        for (unsigned i = 0; i < n; i++)
            put(POINTERS, 8 + i, (8 + i) * GIB | 0x2000 | LARGE);
        left(4);
    }
}

static int set_up(void **state)
{
    (void)state;
    /* CR4.PAE, CR3, EFER.LME and NXE, CR0.PG, HLT */
    static const uint8_t code[] = {0xb8, 0x20, 0,    0,    0,    0x0f, 0x22, 0xe0, 0xb8, 0,    0,    0xc0, 2,    0x0f,
                                   0x22, 0xd8, 0xb9, 0x80, 0,    0,    0xc0, 0x0f, 0x32, 0x0d, 0,    0x09, 0,    0,
                                   0x0f, 0x30, 0x0f, 0x20, 0xc0, 0x0d, 0,    0,    0,    0x80, 0x0f, 0x22, 0xc0, 0xf4};
    checks_init(c, GUEST_PVH);
    reset();
    assert_true(memory_write(&c->m.memory, CODE, code, sizeof code));
    engine_jump(c->m.engine, CODE);
    assert_true(machine_run(&c->m));
    struct paging p;
    machine_paging(&c->m, &p);
    assert_true((p.cr0 >> 31 & 1) != 0 && p.cr3 == TABLES && (p.efer & 0x800) != 0);
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    reset();
    checks_exit(c);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(summary),     cmocka_unit_test(faults),
                                       cmocka_unit_test(unkept),      cmocka_unit_test(elsewhere),
                                       cmocka_unit_test(covered),     cmocka_unit_test(unwritable),
                                       cmocka_unit_test(descriptors), cmocka_unit_test(processor)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
