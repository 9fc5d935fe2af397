/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which checks are done at which look, and which are left out for want of what they need (check/handoff/handoff.c): a guest
 * with whom everything is wrong, so that each check that is done has something to tell.
 */
#include "checks_kit.h"

#include "check/handoff/look.h"
#include "check/internal.h"

enum { PAGED, UNPAGED, NR_GUESTS };
static struct checks guests[NR_GUESTS];
static struct checks *c;

#define CODE 0x900000u
#define TABLES 0x2c00000u
#define LIST 0x2004000u
#define FREE 0x3000000u

enum { LIST_WHOLE = 1, XEN = 2, PAGING = 4, E820 = 8 };
enum { PLATFORM = 1, HANDOFF = 2, BOTH = 3 };
static const struct {
    enum rule_id rule;
    unsigned when, needs;
} checks[] = {
    {RULE_HOB_LIST, BOTH, 0},
    {RULE_HOB_RAM, BOTH, E820},
    {RULE_HOB_RAM_MISSING, BOTH, LIST_WHOLE | E820},
    {RULE_HOB_VGA, BOTH, E820},
    {RULE_HOB_RESERVED_MISSING, BOTH, LIST_WHOLE | E820 | XEN},
    {RULE_HOB_OVERLAP, BOTH, 0},
    {RULE_HOB_MEMORY, HANDOFF, LIST_WHOLE},
    {RULE_HOB_MEMORY, PLATFORM, E820},
    {RULE_HOB_ALLOCATION, BOTH, LIST_WHOLE},
    {RULE_HOB_ALLOCATION_OVERLAP, BOTH, 0},
    {RULE_HOB_STACK, HANDOFF, LIST_WHOLE},
    {RULE_HOB_CPU, BOTH, LIST_WHOLE},
    {RULE_HOB_VOLUME, BOTH, LIST_WHOLE},
    {RULE_HOB_XEN, BOTH, LIST_WHOLE | XEN},
    {RULE_HYPERCALL_PAGE, HANDOFF, LIST_WHOLE | XEN},
    {RULE_BUS_CLOCK, HANDOFF, 0},
    {RULE_XEN_MAPPING, HANDOFF, 0},
    {RULE_PAGE_TABLES, HANDOFF, LIST_WHOLE | PAGING},
    {RULE_DESCRIPTOR_TABLES, HANDOFF, LIST_WHOLE},
    {RULE_INTERRUPTS, HANDOFF, 0},
    {RULE_BYTES_CHANGED, HANDOFF, 0},
    {RULE_LOW_MEMORY, HANDOFF, 0},
};

static uint64_t end; /* of the list so far */

static uint8_t *hob(uint16_t type, uint16_t size)
{
    static uint8_t p[128];
    memset(p, 0, sizeof p);
    put_le16(p, type);
    put_le16(p + 2, size);
    return p;
}
static void add(const uint8_t *p)
{
    assert_true(memory_write(&c->m.memory, end, p, le16(p + 2)));
    end += le16(p + 2);
}
static void resource(uint32_t kind, uint64_t from, uint64_t to)
{
    uint8_t *p = hob(HOB_RESOURCE, 48);
    put_le32(p + 24, kind);
    put_le32(p + 28, HOB_ATTRIBUTE_TESTED);
    put_le64(p + 32, from);
    put_le64(p + 40, to - from);
    add(p);
}
static void allocation(const struct guid *name, uint64_t from, uint64_t to)
{
    uint8_t *p = hob(HOB_ALLOCATION, 48);
    if (name != NULL)
        memcpy(p + 8, name->b, 16);
    put_le64(p + 24, from);
    put_le64(p + 32, to - from);
    put_le32(p + 40, 4);
    add(p);
}
static void named(const struct guid *name, const uint32_t *words, unsigned nr)
{
    uint8_t *p = hob(HOB_GUID, (uint16_t)(24 + 4 * nr));
    memcpy(p + 8, name->b, 16);
    for (unsigned i = 0; i < nr; i++)
        put_le32(p + 24 + 4 * i, words[i]);
    add(p);
}

/* All wrong. */
static void list(unsigned has)
{
    end = LIST;
    uint8_t *p = hob(HOB_HANDOFF, 0x38);
    put_le32(p + 8, 9);
    put_le64(p + 16, 0x10000); /* its addresses are not in order */
    put_le64(p + 24, 0x20000);
    put_le64(p + 48, 1); /* it ends elsewhere */
    add(p);
    resource(HOB_RESOURCE_RAM, 0x80000, 0x30000000); /* VGA; the rest is missing */
    resource(HOB_RESOURCE_RAM, 0x50000000, 0x50001000);
    resource(HOB_RESOURCE_MMIO, 0xF0000000, 0xF1000000);
    resource(HOB_RESOURCE_RESERVED, 0xF0000000, 0xF0001000);
    allocation(NULL, 0x60000000, 0x60001000);
    allocation(NULL, 0x60000000, 0x60001000);
    allocation(&hob_guid_stack, 0x2010000, 0x2020000);
    p = hob(HOB_FV, 24);
    put_le64(p + 8, FREE);
    put_le64(p + 16, 0x10000);
    add(p);
    p = hob(HOB_CPU, 16);
    p[8] = 60;
    add(p);
    static const uint32_t clocks[2][4] = {{1, 7, 5, 0}, {1, 7, 100000000, 0}},
                          xen[] = {FREE + 0x8000, 0, 9 | 9 << 16, 0, 0, 0};
    named(&hob_guid_pcd_database, clocks[0], 4);
    named(&hob_guid_pcd_database, clocks[1], 4);
    if ((has & XEN) != 0)
        named(&hob_guid_xen_info, xen, 6);
    if ((has & LIST_WHOLE) != 0)
        add(hob(HOB_END, 8));
    else
        add(hob(HOB_END, 12)); /* not a multiple of 8 */
}

static void flip(uint64_t gpa)
{
    uint8_t b;
    assert_true(memory_read(&c->m.memory, gpa, &b, 1));
    b ^= 0xFF;
    assert_true(memory_write(&c->m.memory, gpa, &b, 1));
}

static bool found(enum rule_id rule)
{
    for (size_t i = 0; i < c->v.findings.nr; i++)
        if (c->v.findings.f[i].rule == rule)
            return true;
    return false;
}

static bool expected(enum rule_id rule, unsigned when, unsigned has)
{
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].rule == rule && (checks[i].when & when) != 0 && (checks[i].needs & ~has) == 0)
            return true;
    return false;
}

static void look(unsigned which, unsigned when, unsigned has)
{
    c = &guests[which];
    checks_forget(c);
    c->v.nr_known = 0;
    hob_list_free(&c->v.hobs);
    list(has);
    c->v.hob_list = LIST;
    c->v.dxe_entry = CODE + 0x40;
    c->v.published = (struct span){0x60000000, 0x60001000};
    c->mon.e820_told = (has & E820) != 0;
    (when == HANDOFF ? handoff_reached : handoff_platform)(&c->mon);
    if (!c->m.guard_firmware)
        return;
    for (unsigned rule = 0; rule < RULE_COUNT; rule++)
        if (found(rule) != expected(rule, when, has))
            fail_msg("look %u, has %u: %s is %stold", when, has, rules[rule].name, found(rule) ? "" : "not ");
    assert_int_equal(c->v.findings.f[0].at.gva, when == HANDOFF ? c->v.dxe_entry : engine_pc(c->m.engine));
}

static void looks(void **state)
{
    (void)state;
    for (unsigned when = PLATFORM; when <= HANDOFF; when++)
        for (unsigned has = 0; has < 16; has++)
            look((has & PAGING) != 0 ? PAGED : UNPAGED, when, has);
    /* Without rights nothing is looked at, but the list is read. */
    guests[UNPAGED].m.guard_firmware = false;
    look(UNPAGED, HANDOFF, E820 | LIST_WHOLE | XEN);
    assert_int_equal(c->v.findings.nr, 0);
    assert_true(c->v.hobs.complete && c->v.hobs.nr == 13);
    c->m.guard_firmware = true;
}

/* --- what is told, and what is not told twice */

static struct view view;

static bool tell(uint64_t from, uint64_t to, enum rule_id rule)
{
    return handoff_tell(&view, rule, NULL, (struct span){from, to}, "x");
}

static void told(void **state)
{
    (void)state;
    checks_reset(c = &guests[UNPAGED]);
    view = c->view;
    assert_true(tell(0x1000, 0x2000, RULE_HOB_RAM));
    assert_true(tell(0x1000, 0x2000, RULE_HOB_RAM));
    assert_true(tell(0x5000, 0x6000, RULE_HOB_VGA));
    assert_int_equal(c->v.findings.nr, 3);
    view.later = true;
    assert_false(tell(0x1000, 0x2000, RULE_HOB_RAM));
    assert_false(tell(0x5000, 0x6000, RULE_HOB_VGA)); /* the last */
    assert_true(tell(0x1000, 0x2001, RULE_HOB_RAM));
    assert_true(tell(0x1001, 0x2000, RULE_HOB_RAM));
    assert_true(tell(0x1000, 0x2000, RULE_HOB_STACK));
    assert_int_equal(c->v.findings.nr, 6);
    c->v.findings.nr = 1; /* the first */
    assert_false(tell(0x1000, 0x2000, RULE_HOB_RAM));
    /* No room: told all the same, and nobody is blamed. */
    checks_found(c, FINDINGS_MAX);
    c->v.findings.f[FINDINGS_MAX - 1].bytes = (struct span){1, 2};
    assert_true(tell(0x9000, 0xA000, RULE_HOB_RAM));
    handoff_blame(&view, (struct span){3, 4});
    assert_int_equal(c->v.findings.f[FINDINGS_MAX - 1].bytes.start, 1);
    c->v.findings.dropped = 0;
    handoff_blame(&view, (struct span){3, 4});
    assert_int_equal(c->v.findings.f[FINDINGS_MAX - 1].bytes.start, 3);
    checks_forget(c);
    handoff_blame(&view, (struct span){5, 6}); /* nobody */
}

static void known(void **state)
{
    (void)state;
    static const char one[] = "one", two[] = "two";
    struct verdict *v = &guests[UNPAGED].v;
    v->nr_known = 0;
    tell_known(v, RULE_HOB_RAM, "a", one);
    tell_known(v, RULE_HOB_RAM, "b", one);
    tell_known(v, RULE_HOB_RAM, "c", two);
    tell_known(v, RULE_HOB_VGA, "d", two);
    tell_known(v, RULE_HOB_RAM, "e", two);
    tell_known(v, RULE_HOB_VGA, "f", two);
    tell_known(v, RULE_HOB_VGA, "g", two);
    assert_int_equal(v->nr_known, 3);
    static const struct {
        enum rule_id rule;
        const char *why, *text;
        uint64_t count;
    } expected_of[] = {{RULE_HOB_RAM, one, "a", 2}, {RULE_HOB_RAM, two, "c", 2}, {RULE_HOB_VGA, two, "d", 3}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(v->known[i].rule, expected_of[i].rule);
        assert_ptr_equal(v->known[i].why, expected_of[i].why);
        assert_string_equal(v->known[i].text, expected_of[i].text);
        assert_int_equal(v->known[i].count, expected_of[i].count);
    }
    for (unsigned i = 0; i < KNOWN_MAX + 2; i++)
        tell_known(v, (enum rule_id)i, "x", "three");
    assert_int_equal(v->nr_known, KNOWN_MAX);
    v->nr_known = 0;
}

/* HOBs around a place: the first, the last, and what is merely touched. */
static void around(void **state)
{
    (void)state;
    checks_reset(c = &guests[UNPAGED]);
    view = c->view;
    assert_ptr_equal(hob_ram_around(&view, (struct span){0x1000, 0x2000}), &c->h[LOW_RAM]);
    assert_null(hob_ram_around(&view, (struct span){0x9F000, 0xA1000}));
    assert_ptr_equal(hob_allocation_around(&view, (struct span){PEI_MEMORY, HEAP_END}), &c->h[HEAP]);
    assert_null(hob_allocation_around(&view, (struct span){PEI_MEMORY, HEAP_END + 1}));
    assert_null(hob_allocation_around(&view, (struct span){0x2a00000, 0x2a01000})); /* given back */
    assert_true(hob_is_kept(&view, (struct span){PEI_MEMORY, HEAP_END}));
    assert_false(hob_is_kept(&view, (struct span){0x5000000, 0x5001000}));
    assert_true(hob_is_kept(&view, (struct span){0x50000000, 0x50001000})); /* no RAM */
    assert_false(hob_is_kept(&view, (struct span){0x9F000, 0xA1000}));      /* partly RAM */
    struct hob *last = checks_add(c, HOB_RESOURCE, HOB_RESOURCE_RAM, 0x50000000, 0x50001000);
    assert_ptr_equal(hob_ram_around(&view, last->range), last);
    assert_false(hob_is_kept(&view, last->range));
    last->type = HOB_ALLOCATION;
    last->kind = 4;
    assert_ptr_equal(hob_allocation_around(&view, last->range), last);
}

/* hvmloader's block must lead to the table. */
static void tells_e820(void **state)
{
    (void)state;
    static struct checks hvm;
    struct ovmf_info info, good;
    checks_init(&hvm, GUEST_HVM);
    const struct monitor *mon = &hvm.mon;
    assert_true(handoff_tells_e820(mon));
    assert_true(handoff_tells_e820(&guests[UNPAGED].mon));
    assert_true(memory_read(&hvm.m.memory, HVMLOADER_OVMF_INFO, &good, sizeof good));
    for (unsigned i = 0; i < 4; i++) {
        info = good;
        if (i == 0)
            info.signature[0]++;
        else if (i == 1)
            info.e820_nr++;
        else if (i == 2)
            info.e820_nr--;
        else
            info.e820 = 0x50000000;
        assert_true(memory_write(&hvm.m.memory, HVMLOADER_OVMF_INFO, &info, sizeof info));
        assert_false(handoff_tells_e820(mon));
    }
    assert_true(memory_write(&hvm.m.memory, HVMLOADER_OVMF_INFO, &good, sizeof good));
    assert_true(handoff_tells_e820(mon));
    static const uint8_t other[] = {1};
    assert_true(memory_write(&hvm.m.memory, good.e820, other, 1));
    assert_false(handoff_tells_e820(mon));
    assert_true(memory_drop(&hvm.m.memory,
                            (struct span){page_down(HVMLOADER_OVMF_INFO), page_down(HVMLOADER_OVMF_INFO) + PAGE_SIZE},
                            MEMORY_REMOVED));
    assert_false(handoff_tells_e820(mon));
    free(memory_take_overrides(&hvm.m.memory, &(size_t){0}));
    checks_exit(&hvm);
}

static void start(unsigned which)
{
    /* LGDT; and with paging: CR4.PAE, CR3, EFER.LME, CR0.PG; HLT */
    static const uint8_t lgdt[] = {0x0f, 0x01, 0x15, 0x80, 0, 0x90, 0, 0xf4},
                         code[] = {0xb8, 0x20, 0,    0,    0,    0x0f, 0x22, 0xe0, 0xb8, 0,    0,    0xc0, 2,    0x0f,
                                   0x22, 0xd8, 0xb9, 0x80, 0,    0,    0xc0, 0x0f, 0x32, 0x0d, 0,    1,    0,    0,
                                   0x0f, 0x30, 0x0f, 0x20, 0xc0, 0x0d, 0,    0,    0,    0x80, 0x0f, 0x22, 0xc0, 0xf4},
                         gdtr[] = {0x17, 0, 0, 0x90, 0, 3};
    uint8_t raw[8];
    c = &guests[which];
    checks_init(c, GUEST_PVH);
    preserve_begin(&c->mon);
    put_le64(raw, (TABLES + 0x1000) | 3);
    assert_true(memory_write(&c->m.memory, TABLES, raw, 8));
    put_le64(raw, 0x83); /* 1 GiB, and no more: another RAM HOB lies higher up */
    assert_true(memory_write(&c->m.memory, TABLES + 0x1000, raw, 8));
    assert_true(memory_write(&c->m.memory, CODE, lgdt, sizeof lgdt));
    if (which == PAGED)
        assert_true(memory_write(&c->m.memory, CODE + 7, code, sizeof code));
    assert_true(memory_write(&c->m.memory, CODE + 0x80, gdtr, sizeof gdtr));
    engine_jump(c->m.engine, CODE);
    assert_true(machine_run(&c->m));
    engine_enter_gate(c->m.engine, 0x10, CODE, FREE + 0x4000, 0x202);
    c->m.xen.shared_info_gpa = 0xFEF00000;
    flip(MIB + 0x1234);
    flip(0x2000);
}

static int set_up(void **state)
{
    (void)state;
    for (unsigned which = 0; which < NR_GUESTS; which++)
        start(which);
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    for (unsigned which = 0; which < NR_GUESTS; which++) {
        c = &guests[which];
        preserve_end(&c->mon);
        hob_list_free(&c->v.hobs);
        checks_exit(c);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks), cmocka_unit_test(told), cmocka_unit_test(known),
                                       cmocka_unit_test(around), cmocka_unit_test(tells_e820)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
