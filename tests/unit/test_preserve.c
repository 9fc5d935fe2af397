/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that must stay (check/handoff/preserve.c): which are kept, and what of a change is told. Each case changes bytes of a
 * guest that stands still, with memory that is all there and with memory that comes page by page (machine/pages.h).
 */
#include "checks_kit.h"

#include <malloc.h>

#include "check/handoff/look.h"
#include "check/leave/leave.h"
#include "machine/pages.h"

/* RESERVED RAM of 5 MiB, of which the first 4 are kept; and one that begins and ends within a page. */
#define LARGE 0x20000000u
#define LARGE_KEPT (LARGE + 4 * MIB)
#define LARGE_END (LARGE + 5 * MIB)
#define RAGGED 0x30000800u
#define RAGGED_END 0x30001900u
/* A volume. */
#define AT 0x900000u
#define SIZE 0x10000u
/* NVS of 5 MiB in RAM, all of which is kept. */
#define OTHER 0x28000000u
#define OTHER_END (OTHER + 5 * MIB)
#define NVS_START 0xFC000000u
#define NVS_END 0xFC00B000u

enum { HVM, PVH, PAGED, NR_GUESTS };
static struct checks guests[NR_GUESTS];
static struct checks *c; /* whom a case is about */

static void e820_hole(struct e820_map *m, uint64_t start, uint64_t end, uint32_t type)
{
    for (unsigned i = 0; i < m->nr; i++)
        if (span_contains(m->e[i].at, (struct span){start, end})) {
            const uint64_t rest = m->e[i].at.end;
            m->e[i].at.end = start;
            assert_true(e820_add(m, start, end, type));
            assert_true(e820_add(m, end, rest, E820_TYPE_RAM));
            return;
        }
    fail();
}

static void start(unsigned which)
{
    c = &guests[which];
    memset(c, 0, sizeof *c);
    guest_init(&c->t, which == PVH ? GUEST_PVH : GUEST_HVM, 1024, 0, AMPLE, 2);
    e820_hole(&c->t.g.e820, LARGE, LARGE_END, E820_TYPE_RESERVED);
    e820_hole(&c->t.g.e820, RAGGED, RAGGED_END, E820_TYPE_RESERVED);
    e820_hole(&c->t.g.e820, OTHER, OTHER_END, E820_TYPE_NVS);
    checks_start(c, which == PAGED);
}

static void begin(unsigned which)
{
    c = &guests[which];
    checks_reset(c);
    c->view.regs = (struct cpu_regs){0};
    preserve_begin(&c->mon);
}

static void end(void)
{
    preserve_end(&c->mon);
}

static uint8_t byte_at(uint64_t gpa)
{
    uint8_t b;
    assert_true(memory_read(&c->m.memory, gpa, &b, 1));
    return b;
}

static void flip(uint64_t gpa)
{
    const uint8_t b = byte_at(gpa) ^ 0xFF;
    assert_true(memory_write(&c->m.memory, gpa, &b, 1));
}

/* Changes byte @gpa, asks, changes it back. How many findings @check has; the first must be @rule's, and about @told. */
static void changed(void (*check)(struct view *v), uint64_t gpa, size_t findings, enum rule_id rule, uint64_t told)
{
    const size_t before = c->v.findings.nr;
    flip(gpa);
    check(&c->view);
    flip(gpa);
    const struct finding *f = &c->v.findings.f[before];
    if (c->v.findings.nr - before != findings)
        fail_msg("%#llx: %zu findings: %s", (unsigned long long)gpa, c->v.findings.nr - before,
                 c->v.findings.nr != before ? f->text : "none");
    if (findings != 0 && (f->rule != rule || f->touched.start != told))
        fail_msg("%#llx: %s at %#llx", (unsigned long long)gpa, rules[f->rule].name,
                 (unsigned long long)f->touched.start);
    c->v.findings.nr = before;
}
#define STAYS(gpa) changed(check_bytes_changed, gpa, 0, 0, 0)
#define TOLD(gpa) changed(check_bytes_changed, gpa, 1, RULE_BYTES_CHANGED, gpa)
#define LOW_STAYS(gpa) changed(check_low_memory, gpa, 0, 0, 0)
#define LOW_TOLD(gpa) changed(check_low_memory, gpa, 1, RULE_LOW_MEMORY, gpa)

static void header(uint64_t gpa, uint64_t size, uint32_t signature)
{
    uint8_t h[48] = {0};
    put_le64(h + 32, size);
    put_le32(h + 40, signature);
    assert_true(memory_write(&c->m.memory, gpa, h, sizeof h));
}

static void reserved(unsigned which)
{
    begin(which);
    check_bytes_changed(&c->view);
    check_low_memory(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    TOLD(LARGE);
    TOLD(LARGE_KEPT - 1);
    STAYS(LARGE_KEPT);
    STAYS(LARGE - 1);
    TOLD(RAGGED);
    TOLD(0x30000FFF);
    TOLD(0x30001000);
    TOLD(RAGGED_END - 1);
    STAYS(RAGGED - 1);
    STAYS(RAGGED_END);
    TOLD(OTHER_END - 1);
    STAYS(OTHER_END);
    STAYS(MIB + 5 * MIB);
    LOW_STAYS(LARGE);
    LOW_TOLD(0x2000); /* free */
    LOW_TOLD(0x7FFFF);
    LOW_STAYS(8 * MIB);
    STAYS(0x2000);
    end();
    assert_int_equal(c->mon.preserve.nr, 0);
}

static void reserved_hvm(void **state)
{
    (void)state;
    reserved(HVM);
    begin(HVM);
    TOLD(NVS_START);
    TOLD(NVS_END - 1);
    TOLD(0xFFFFFFFF); /* the image */
    TOLD(c->t.g.image.start);
    LOW_STAYS(NVS_START);
    LOW_TOLD(0);                            /* page 0 */
    LOW_STAYS(0x1000);                      /* what hvmloader has left to be read */
    TOLD(0xEA030);                          /* the RSDP, in the middle of a page */
    checks_add(c, HOB_FV, 0, 0, PAGE_SIZE); /* what lies there was not unpacked */
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    end();
    /* With content of its own, all of it is kept. */
    static uint8_t content;
    struct plan_range *r = (struct plan_range *)plan_find(&c->plan, LARGE);
    *r = (struct plan_range){r->at, r->kind, r->cls, r->owner, {0}, &content, 1, true};
    begin(HVM);
    TOLD(LARGE_KEPT);
    TOLD(LARGE_END - 1);
    end();
    r->bytes = NULL;
    r->nbytes = 0;
}

static void reserved_pvh(void **state)
{
    (void)state;
    reserved(PVH);
    begin(PVH);
    TOLD(MIB); /* the image */
    TOLD(3 * MIB - 1);
    STAYS(3 * MIB);
    LOW_TOLD(MIB - 1);
    LOW_STAYS(MIB);
    end();
    /* An image that is loaded higher up. */
    struct plan_range *r = (struct plan_range *)plan_find(&c->plan, MIB - 1);
    r->at.end = r[1].at.start = 2 * MIB;
    begin(PVH);
    LOW_TOLD(MIB - 1);
    LOW_STAYS(MIB);
    end();
    r->at.end = r[1].at.start = MIB;
}

static void reserved_paged(void **state)
{
    (void)state;
    reserved(PAGED);
    begin(PAGED);
    for (size_t i = 0; i < c->mon.preserve.nr; i++)
        assert_null(c->mon.preserve.k[i].bytes);
    TOLD(NVS_START + 0x1234);
    TOLD(0xFFFFFFFF);
    TOLD(0xEA030); /* the RSDP, in the middle of a page */
    end();
}

/* The first byte, what it was and is, and how many. */
static void counted(void **state)
{
    (void)state;
    for (unsigned which = HVM; which < NR_GUESTS; which++) {
        begin(which);
        flip(LARGE + 0x5432);
        flip(LARGE + 0x2FFF);
        flip(LARGE + 0x3000);
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(c->v.findings.f[0].touched.start, LARGE + 0x2FFF);
        assert_int_equal(c->v.findings.f[0].touched.end, LARGE + 0x3000);
        assert_non_null(strstr(c->v.findings.f[0].text,
                               ": 3 bytes have changed since the firmware was entered, the first at "
                               "0x20002fff from 00 to ff"));
        flip(LARGE + 0x5432);
        flip(LARGE + 0x2FFF);
        flip(LARGE + 0x3000);
        const uint8_t one = 1, none = 0; /* the least that a byte can differ */
        assert_true(memory_write(&c->m.memory, LARGE, &one, 1));
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, 2);
        assert_true(memory_write(&c->m.memory, LARGE, &none, 1));
        end();
    }
}

static void write_told(enum access_kind access, uint64_t start, uint64_t stop)
{
    struct finding *f = record_new(&c->mon, RULE_WRITE_RESERVED, 0, NULL);
    f->access = access;
    f->touched = (struct span){start, stop};
}

/* A write that has been told of is not told of again. */
static void excused(void **state)
{
    (void)state;
    for (unsigned which = HVM; which < NR_GUESTS; which++) {
        begin(which);
        write_told(ACCESS_WRITE, LARGE + 0x400, LARGE + 0x401);
        STAYS(LARGE + 0x400);
        write_told(ACCESS_READ, LARGE + 0x100, LARGE + 0x104);
        write_told(ACCESS_WRITE, LARGE + 0x200, LARGE + 0x204);
        write_told(ACCESS_WRITE, LARGE + 0x300, LARGE + 0x304);
        TOLD(LARGE + 0x100);
        TOLD(LARGE + 0x1FF);
        STAYS(LARGE + 0x200);
        STAYS(LARGE + 0x203);
        TOLD(LARGE + 0x204);
        STAYS(LARGE + 0x300);
        /* Low memory, also where the firmware has allocated it; reserved memory not. */
        checks_add(c, HOB_ALLOCATION, 4, 0x5000, 0x6000);
        checks_add(c, HOB_ALLOCATION, 4, LARGE, LARGE_END);
        LOW_STAYS(0x5000);
        LOW_STAYS(0x5FFF);
        LOW_TOLD(0x6000);
        TOLD(LARGE);
        write_told(ACCESS_WRITE, 0x7000, 0x7001);
        LOW_STAYS(0x7000);
        end();
    }
}

static void gdt(uint32_t base, uint16_t limit)
{
    c->entry.gdt_base = base;
    c->entry.gdt_limit = limit;
    assert_true(engine_switch(c->m.engine, 0, &c->entry));
}

static void spot(uint64_t gpa, uint16_t limit, uint32_t base)
{
    uint8_t raw[6];
    put_le16(raw, limit);
    put_le32(raw + 2, base);
    assert_true(memory_write(&c->m.memory, gpa, raw, sizeof raw));
}

/* GDTR's base in PVH's image, which the reset vector makes right. */
static void gdt_base(void **state)
{
    (void)state;
    const uint64_t at = MIB + 0x1234;
    static const struct {
        uint32_t base;
        uint16_t limit;
        size_t told; /* of a change of the base alone */
    } regs[] = {{0x12345678, 0x3F, 0}, {0x12345679, 0x3F, 1}, {0x12345678, 0x3E, 1}};
    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        c = &guests[PVH];
        spot(at, 0x3F, 0x02345600);
        begin(PVH);
        gdt(regs[i].base, regs[i].limit);
        spot(at, 0x3F, 0x12345678);
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, regs[i].told);
        end();
    }
    /* Each byte of the base by itself, and its neighbours. */
    for (unsigned i = 0; i < 8; i++) {
        uint8_t old;
        c = &guests[PVH];
        spot(at, 0x3F, 0x12345678);
        old = byte_at(at + i) ^ 0xFF;
        assert_true(memory_write(&c->m.memory, at + i, &old, 1));
        begin(PVH);
        gdt(0x12345678, 0x3F);
        flip(at + i);
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, i < 2 || i >= 6);
        end();
    }
    gdt(0, 0);
    c = &guests[HVM];
    gdt(0x12345678, 0x3F);
    spot(LARGE, 0x3F, 0x02345678);
    begin(HVM);
    spot(LARGE, 0x3F, 0x12345678);
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 1);
    end();
    spot(LARGE, 0, 0);
    gdt(0, 0);
}

/* Pages that Xen has taken away before, or takes away meanwhile. */
static void gone(void **state)
{
    (void)state;
    c = &guests[HVM];
    assert_true(memory_drop(&c->m.memory, (struct span){LARGE, LARGE + PAGE_SIZE}, MEMORY_REMOVED));
    static uint8_t page[PAGE_SIZE];
    assert_true(memory_put(&c->m.memory, (struct span){LARGE + 0x2000, LARGE + 0x3000}, page, ALLOW_R, "a page"));
    assert_true(memory_drop(&c->m.memory, (struct span){LARGE + 0x4000, LARGE + 0x6000}, MEMORY_REMOVED));
    begin(HVM);
    assert_int_equal(c->mon.preserve.nr_gone, 2);
    assert_int_equal(c->mon.preserve.gone[0].start, LARGE);
    assert_int_equal(c->mon.preserve.gone[1].start, LARGE + 0x4000);
    assert_int_equal(c->mon.preserve.gone[1].end, LARGE + 0x6000);
    assert_true(memory_drop(&c->m.memory, (struct span){LARGE + 0x8000, LARGE + 0x9000}, MEMORY_REMOVED));
    TOLD(LARGE + 0x1000);
    TOLD(LARGE + 0x9000);
    /* And an empty page where there was none. */
    assert_true(memory_put(&c->m.memory, (struct span){LARGE, LARGE + PAGE_SIZE}, page, ALLOW_R, "a page"));
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    end();
    assert_null(c->mon.preserve.gone);
    preserve_end(&c->mon); /* once more: nothing */
    free(memory_take_overrides(&c->m.memory, &(size_t){0}));
}

/* However much a layout calls NVS: no more than 64 MiB are copied, or looked at. */
static void huge(void **state)
{
    (void)state;
    for (unsigned paged = 0; paged < 2; paged++) {
        static struct checks guest;
        uint64_t sum = 0;
        c = &guest;
        memset(c, 0, sizeof *c);
        guest_init(&c->t, GUEST_HVM, 1024, 0, AMPLE, 2);
        e820_hole(&c->t.g.e820, 256 * MIB, 384 * MIB, E820_TYPE_NVS);
        checks_start(c, paged != 0);
        preserve_begin(&c->mon);
        for (size_t i = 0; i < c->mon.preserve.nr; i++)
            if (c->mon.preserve.k[i].why == KEEP_RESERVED)
                sum += span_size(c->mon.preserve.k[i].at);
        end();
        checks_exit(c);
        assert_int_equal(sum, 64 * MIB);
    }
}

/* Nobody looks where nothing is checked. */
static void unguarded(void **state)
{
    (void)state;
    c = &guests[HVM];
    checks_reset(c);
    c->m.guard_firmware = false;
    checks_volume(c, AT);
    preserve_begin(&c->mon);
    preserve_volumes(&c->mon);
    assert_int_equal(c->mon.preserve.nr, 0);
    end();
    c->m.guard_firmware = true;
    c->mon.e820_told = false;
    preserve_begin(&c->mon);
    assert_true(c->mon.e820_told);
    header(AT, 0, 0);
    end();
}

/* --- volumes */

static size_t volumes(void)
{
    size_t n = 0;
    for (size_t i = 0; i < c->mon.preserve.nr; i++)
        n += c->mon.preserve.k[i].why == KEEP_VOLUME;
    return n;
}

/* Which are kept. */
static void volumes_kept(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint64_t gpa, size;
        uint32_t signature;
        bool kept;
    } cases[] = {
        {"first place", 8 * MIB, 0x10000, 0x4856465F, true},
        {"before it", 8 * MIB - 0x10000, 0x10000, 0x4856465F, false},
        {"last place", 24 * MIB - 0x10000, 0x10000, 0x4856465F, true},
        {"behind it", 24 * MIB, 0x10000, 0x4856465F, false},
        {"between", 0x910000, 0x10000, 0x4856465F, true},
        {"not aligned", 0x918000, 0x10000, 0x4856465F, false},
        {"no signature", 0x910000, 0x10000, 0x4856465E, false},
        {"a page", 0x910000, PAGE_SIZE, 0x4856465F, true},
        {"less", 0x910000, PAGE_SIZE - 1, 0x4856465F, false},
        {"largest", 0x910000, 16 * MIB, 0x4856465F, true},
        {"larger", 0x910000, 16 * MIB + 1, 0x4856465F, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        checks_reset(c = &guests[HVM]);
        header(cases[i].gpa, cases[i].size, cases[i].signature);
        preserve_volumes(&c->mon);
        header(cases[i].gpa, 0, 0);
        if (volumes() != cases[i].kept)
            fail_msg("%s: %zu", cases[i].what, volumes());
        end();
    }
    /* Only in free RAM. */
    c = &guests[HVM];
    static uint8_t none[PAGE_SIZE];
    put_le64(none + 32, 0x10000);
    put_le32(none + 40, 0x4856465F);
    assert_true(memory_drop(&c->m.memory, (struct span){0x910000, 0x911000}, MEMORY_REMOVED));
    preserve_volumes(&c->mon);
    assert_int_equal(c->mon.preserve.nr, 0);
    free(memory_take_overrides(&c->m.memory, &(size_t){0}));
    struct plan_range *r = (struct plan_range *)plan_find(&c->plan, 0x910000);
    assert_int_equal(r->cls, CLASS_FREE);
    header(0x910000, 0x10000, 0x4856465F);
    r->cls = CLASS_RESERVED;
    preserve_volumes(&c->mon);
    assert_int_equal(c->mon.preserve.nr, 0);
    r->cls = CLASS_FREE;
    header(0x910000, 0, 0);
    end();
}

#define VOLUME_STAYS(gpa) changed(check_bytes_changed, gpa, 0, 0, 0)
#define VOLUME_TOLD(gpa) changed(check_bytes_changed, gpa, 1, RULE_BYTES_CHANGED, page_down(gpa))

static void volume_edges(uint16_t type)
{
    struct hob *h = checks_volume(c, AT);
    h->type = type;
    preserve_volumes(&c->mon);
    assert_int_equal(volumes(), 1);
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    VOLUME_TOLD(AT);
    VOLUME_TOLD(AT + 8);
    VOLUME_TOLD(AT + 0x1FFF);
    VOLUME_TOLD(AT + SIZE - 1);
    VOLUME_STAYS(AT + SIZE);
    VOLUME_STAYS(AT - 1);
    flip(AT + 0x3003);
    flip(AT + 0x5005);
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 1);
    assert_true(c->v.findings.f[0].hob.present && c->v.findings.f[0].touched.start == AT + 0x3000);
    assert_int_equal(c->v.findings.f[0].touched.end, AT + 0x4000);
    assert_non_null(strstr(c->v.findings.f[0].text, ": 2 of its pages differ"));
    checks_forget(c);
    h->range.start += SIZE; /* another's HOB */
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    h->range.start -= SIZE;
    h->type = HOB_ALLOCATION;
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    h->type = type;
    /* Code has run from the second of the volumes that are known. */
    c->mon.volume[0] = AT + SIZE;
    c->mon.volume[1] = AT;
    c->mon.nr_volumes = 2;
    for (unsigned i = 0; i < 3; i++) {
        c->mon.nr_volumes_run = i;
        checks_forget(c);
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, i < 2);
    }
    c->mon.volume[0] = AT;
    c->mon.nr_volumes_run = 1;
    checks_forget(c);
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    c->mon.nr_volumes = c->mon.nr_volumes_run = 0;
    checks_forget(c);
    flip(AT + 0x3003);
    flip(AT + 0x5005);
}

static void volumes_changed(void **state)
{
    (void)state;
    static const uint16_t types[] = {HOB_FV, HOB_FV2, HOB_FV3};
    for (unsigned which = HVM; which < NR_GUESTS; which++)
        for (unsigned i = 0; i < 3; i++) {
            begin(which);
            volume_edges(types[i]);
            end();
            header(AT, 0, 0);
        }
}

/* Whole pages of it. */
static void volume_ends_within_a_page(void **state)
{
    (void)state;
    begin(HVM);
    checks_volume(c, AT);
    header(AT, SIZE + 0x800, 0x4856465F);
    preserve_volumes(&c->mon);
    VOLUME_TOLD(AT + SIZE - 1);
    VOLUME_STAYS(AT + SIZE);
    end();
    header(AT, 0, 0);
}

/* A page of it is not there: when it is kept, before memory is, or at the hand-off. */
static void volume_has_a_hole(void **state)
{
    (void)state;
    const struct span hole = {AT + 0x4000, AT + 0x5000};
    for (unsigned when = 0; when < 3; when++) {
        begin(PAGED);
        checks_volume(c, AT);
        if (when == 0)
            assert_true(memory_drop(&c->m.memory, hole, MEMORY_REMOVED));
        preserve_volumes(&c->mon);
        assert_int_equal(volumes(), 1);
        if (when == 1)
            assert_true(memory_drop(&c->m.memory, hole, MEMORY_REMOVED));
        assert_true(preserve_settle(&c->mon));
        if (when == 2)
            assert_true(memory_drop(&c->m.memory, hole, MEMORY_REMOVED));
        check_bytes_changed(&c->view);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(c->v.findings.f[0].touched.start, hole.start);
        end();
        free(memory_take_overrides(&c->m.memory, &(size_t){0}));
        header(AT, 0, 0);
    }
}

/* What is kept is given back. */
static void given_back(void **state)
{
    (void)state;
    for (unsigned which = HVM; which < NR_GUESTS; which++) {
        size_t before = 0;
        for (unsigned turn = 0; turn < 6; turn++) {
            begin(which);
            checks_volume(c, AT);
            preserve_volumes(&c->mon);
            if (which == PAGED)
                assert_true(preserve_settle(&c->mon));
            check_bytes_changed(&c->view);
            end();
            header(AT, 0, 0);
            const struct mallinfo2 now = mallinfo2();
            if (turn == 5) /* those before may have made room for what stays */
                assert_int_equal(now.uordblks + now.hblkhd, before);
            before = now.uordblks + now.hblkhd;
        }
    }
}

/* All places are taken: nothing is kept, and nothing breaks. */
static void full(void **state)
{
    (void)state;
    for (unsigned which = HVM; which < NR_GUESTS; which++) {
        begin(which);
        const size_t nr = c->mon.preserve.nr;
        c->mon.preserve.nr = KEPT_MAX;
        checks_volume(c, AT);
        preserve_volumes(&c->mon);
        free(c->mon.preserve.gone);
        preserve_begin(&c->mon);
        assert_int_equal(c->mon.preserve.nr, KEPT_MAX);
        c->mon.preserve.nr = nr;
        end();
        header(AT, 0, 0);
    }
}

/* --- one boot after the other */

/* What is kept of the volumes is the first monitor's, and seen by those that come after. */
static void shared(void **state)
{
    (void)state;
    static struct monitor kept, next;
    struct checks *const g = c = &guests[PAGED];
    begin(PAGED);
    checks_volume(c, AT);
    checks_volume(c, AT + 2 * SIZE);
    preserve_volumes(&c->mon);
    assert_int_equal(volumes(), 2);
    flip(AT + 0x3003); /* before memory is kept: differs from then on */
    assert_true(preserve_settle(&c->mon));
    kept = c->mon;
    kept.preserve = (struct preserve){.nr = 0};
    preserve_hand_over(&kept.preserve, &c->mon.preserve);
    assert_int_equal(kept.preserve.nr, 2);
    assert_int_equal(kept.preserve.k[0].at.start, AT);
    assert_int_equal(kept.preserve.k[1].at.start, AT + 2 * SIZE);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(kept.preserve.k[i].why, KEEP_VOLUME);
        assert_false(kept.preserve.k[i].shared);
        assert_non_null(kept.preserve.k[i].settled);
    }
    for (size_t i = 0; i < c->mon.preserve.nr; i++) {
        assert_true(c->mon.preserve.k[i].shared == (c->mon.preserve.k[i].why == KEEP_VOLUME));
        assert_true((c->mon.preserve.k[i].settled != NULL) == (c->mon.preserve.k[i].why == KEEP_VOLUME));
    }
    end();
    pages_keep(&g->m.memory, (struct span){AT, AT + 2 * SIZE + SIZE / 2});
    next = kept;
    next.preserve = (struct preserve){.nr = 0};
    preserve_begin(&next);
    const size_t own = next.preserve.nr;
    preserve_share(&next.preserve, &kept.preserve);
    assert_int_equal(next.preserve.nr, own + 2);
    assert_true(next.preserve.k[own].shared && next.preserve.k[own + 1].shared);
    c->mon = next;
    check_bytes_changed(&c->view); /* of the page that differed when it was kept */
    assert_int_equal(c->v.findings.nr, 1);
    assert_int_equal(c->v.findings.f[0].touched.start, AT + 0x3000);
    checks_forget(c);
    flip(AT + 0x3003); /* as SEC had it */
    check_bytes_changed(&c->view);
    assert_int_equal(c->v.findings.nr, 0);
    VOLUME_TOLD(AT + 2 * SIZE);
    VOLUME_TOLD(AT + 3 * SIZE - 1);
    preserve_end(&c->mon);
    /* No more than there is room for, and only volumes. */
    next.preserve = (struct preserve){.nr = KEPT_MAX - 1};
    preserve_share(&next.preserve, &kept.preserve);
    assert_int_equal(next.preserve.nr, KEPT_MAX);
    kept.preserve.k[0].why = KEEP_LOW;
    next.preserve = (struct preserve){.nr = 0};
    preserve_share(&next.preserve, &kept.preserve);
    assert_int_equal(next.preserve.nr, 1);
    assert_int_equal(next.preserve.k[0].at.start, AT + 2 * SIZE);
    kept.preserve.k[0].why = KEEP_VOLUME;
    preserve_end(&kept);
    header(AT, 0, 0);
    header(AT + 2 * SIZE, 0, 0);
}

/* What DXE may write is its own when boot services are left. */
static void left(struct view *v)
{
    static struct leave l;
    l.v = *v;
    check_bytes_left(&l);
}

static void dxe(void **state)
{
    (void)state;
    begin(HVM);
    changed(left, 0xFFFFFFFF, 1, RULE_BYTES_CHANGED, 0xFFFFFFFF); /* the image, the last */
    checks_volume(c, AT);
    preserve_volumes(&c->mon);
    changed(left, LARGE, 1, RULE_BYTES_CHANGED, LARGE);
    changed(left, NVS_START, 1, RULE_BYTES_CHANGED, NVS_START);
    changed(left, 0x2000, 0, 0, 0);
    changed(left, AT, 0, 0, 0);
    changed(left, 0, 0, 0, 0);
    struct plan_range *r = (struct plan_range *)plan_find(&c->plan, LARGE);
    r->allow[PHASE_DXE] |= ALLOW_R;
    changed(left, LARGE, 1, RULE_BYTES_CHANGED, LARGE);
    r->allow[PHASE_DXE] |= ALLOW_W;
    changed(left, LARGE, 0, 0, 0);
    r->allow[PHASE_DXE] = 0;
    end();
    header(AT, 0, 0);
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
    for (unsigned which = 0; which < NR_GUESTS; which++)
        checks_exit(&guests[which]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserved_hvm),
        cmocka_unit_test(reserved_pvh),
        cmocka_unit_test(reserved_paged),
        cmocka_unit_test(counted),
        cmocka_unit_test(excused),
        cmocka_unit_test(gdt_base),
        cmocka_unit_test(gone),
        cmocka_unit_test(huge),
        cmocka_unit_test(unguarded),
        cmocka_unit_test(volumes_kept),
        cmocka_unit_test(volumes_changed),
        cmocka_unit_test(volume_ends_within_a_page),
        cmocka_unit_test(volume_has_a_hole),
        cmocka_unit_test(given_back),
        cmocka_unit_test(full),
        cmocka_unit_test(shared),
        cmocka_unit_test(dxe),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
