/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be touched and run (check/rights/), at its edges, and how findings are recorded: a PVH guest that stands still in
 * flat mode, where gva = gpa, and events as the engine gives them.
 */
#include "checks_kit.h"

#include "check/internal.h"
#include "check/rights/rights.h"

static struct checks pvh;
static struct checks *const c = &pvh;
static struct monitor *const mon = &pvh.mon;
static struct dxe_watch dxe;

#define PC 0x900000u /* free RAM */
#define PLACE 0x5000000u

static void reset(void)
{
    checks_reset(c);
    c->m.stopping = c->m.pausing = false;
    c->m.phase = PHASE_PEI;
    mon->dxe = NULL;
    mon->access.f = NULL;
    memset(mon->exec_good, 0, sizeof mon->exec_good);
    mon->aftermath = (struct aftermath){.on = false};
    mon->options.first_only = mon->options.follow_low_exec = mon->options.deliver = false;
    mon->options.no_chains = false;
    c->v.nr_modules = 0;
    c->v.findings.dropped = 0;
    c->v.exceptions = c->v.software_interrupts = 0;
    c->v.dxe_entry = 0;
    c->m.xen.msr_hypercall_page = 0;
    memset(&dxe, 0, sizeof dxe);
    engine_jump(c->m.engine, PC);
}

static const struct finding *last(void)
{
    return &c->v.findings.f[c->v.findings.nr - 1];
}

static struct module *module(const char *guid, uint64_t base, uint32_t size)
{
    struct module *m = verdict_add_module(&c->v);
    *m = (struct module){.name = "Module", .base = base, .size = size};
    (void)snprintf(m->guid, sizeof m->guid, "%s", guid);
    return m;
}

static struct plan_range range_of(enum plan_class cls)
{
    return (struct plan_range){.at = {PLACE, PLACE + 0x1000}, .kind = PLAN_RAM, .cls = cls, .owner = "a range"};
}

/* --- guard.c */

/* Which rule each kind of access to each class breaks, and whether it takes place all the same. */
static void classes(void **state)
{
    (void)state;
    static const struct {
        enum plan_class cls;
        enum rule_id read, write;
    } cases[] = {
        {CLASS_FREE, RULE_COUNT, RULE_COUNT},
        {CLASS_LIVE, RULE_COUNT, RULE_WRITE_LIVE},
        {CLASS_PRESERVED, RULE_READ_RESERVED, RULE_WRITE_PRESERVED},
        {CLASS_RESERVED, RULE_READ_RESERVED, RULE_WRITE_RESERVED},
        {CLASS_IMAGE, RULE_COUNT, RULE_WRITE_IMAGE},
        {CLASS_DEVICE, RULE_READ_RESERVED, RULE_WRITE_RESERVED},
        {CLASS_HOLE, RULE_READ_UNPOPULATED, RULE_WRITE_UNPOPULATED},
        {CLASS_NULL, RULE_READ_NULL, RULE_WRITE_NULL},
    };
    static const enum access_kind kinds[] = {
        [ENGINE_READ] = ACCESS_READ, [ENGINE_WRITE] = ACCESS_WRITE, [ENGINE_FETCH] = ACCESS_EXEC};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (enum engine_fault kind = ENGINE_READ; kind <= ENGINE_FETCH; kind++) {
            const struct plan_range r = range_of(cases[i].cls);
            const enum rule_id rule = kind == ENGINE_FETCH   ? RULE_EXEC_UNPOPULATED
                                      : kind == ENGINE_WRITE ? cases[i].write
                                                             : cases[i].read;
            reset();
            const bool goes_on = guard_access(mon, kind, PLACE + 8, 4, 0xFFFFFFFF12345678, &r);
            if (c->v.findings.nr != (rule != RULE_COUNT))
                fail_msg("class %d, access %d: %zu findings", cases[i].cls, kind, c->v.findings.nr);
            assert_true(goes_on == (rule == RULE_COUNT || rules[rule].then == GO_ON_THROUGH));
            assert_true(c->m.stopping == (rule != RULE_COUNT && rules[rule].then == STOP));
            if (rule == RULE_COUNT)
                continue;
            assert_int_equal(last()->rule, rule);
            assert_int_equal(last()->access, kinds[kind]);
            assert_int_equal(last()->value, 0x12345678);
            assert_int_equal(last()->size, 4);
            assert_int_equal(last()->gpa, PLACE + 8);
            assert_int_equal(last()->gva, PLACE + 8);
            assert_int_equal(last()->count, 1);
            assert_int_equal(last()->touched.start, PLACE + 8);
            assert_int_equal(last()->touched.end, PLACE + 12);
            assert_int_equal(last()->at.gva, PC);
            assert_int_equal(last()->cls, cases[i].cls);
            assert_int_equal(last()->range.start, cases[i].cls == CLASS_NULL ? 0 : PLACE);
            assert_string_equal(last()->owner, cases[i].cls == CLASS_NULL ? "page 0" : "a range");
        }
    reset();
    assert_true(guard_access(mon, ENGINE_READ, PLACE, 8, 0, NULL));
    assert_int_equal(last()->rule, RULE_READ_UNPOPULATED);
    assert_int_equal(last()->cls, CLASS_HOLE);
    assert_int_equal(last()->range.start, 0);
    assert_false(guard_access(mon, ENGINE_WRITE, PLACE, 8, 0x8000000000000001, NULL));
    assert_int_equal(last()->value, 0x8000000000000001);
    assert_false(guard_access(mon, ENGINE_WRITE, PLACE, 1, 0x1FF, NULL)); /* folded: the first is told of */
    assert_int_equal(last()->value, 0x8000000000000001);
}

/* Who runs in zeroed low memory has been told of. */
static void null_from_low(void **state)
{
    (void)state;
    const struct plan_range r = range_of(CLASS_NULL);
    for (uint64_t pc = 0x9FFFF; pc <= 0xA0000; pc++) {
        reset();
        engine_jump(c->m.engine, pc);
        assert_true(guard_access(mon, ENGINE_WRITE, 8, 4, 1, &r));
        assert_int_equal(c->v.findings.nr, pc == 0xA0000);
        assert_true(guard_access(mon, ENGINE_READ, 8, 4, 1, &r));
        assert_int_equal(c->v.findings.nr, pc == 0xA0000 ? 2 : 0);
    }
    /* Reserved memory is another matter. */
    const struct plan_range reserved = range_of(CLASS_RESERVED);
    reset();
    engine_jump(c->m.engine, 0x1000);
    assert_true(guard_access(mon, ENGINE_WRITE, PLACE, 4, 1, &reserved));
    assert_int_equal(c->v.findings.nr, 1);
    /* In DXE page 0 is somebody's, where it is; before, it is nobody's. */
    reset();
    dxe.left = true;
    mon->dxe = &dxe;
    assert_true(guard_access(mon, ENGINE_WRITE, 8, 4, 1, &r));
    assert_int_equal(c->v.findings.nr, 1);
    reset();
    dxe.left = true;
    mon->dxe = &dxe;
    c->m.phase = PHASE_DXE;
    assert_true(guard_access(mon, ENGINE_WRITE, 8, 4, 1, &r));
    assert_int_equal(c->v.findings.nr, 0);
    assert_true(guard_access(mon, ENGINE_WRITE, PLACE, 4, 1, &reserved));
    assert_int_equal(c->v.findings.nr, 1);
}

/* What DXE's drivers do that is known. */
static void known_in_dxe(void **state)
{
    (void)state;
    const struct plan_range image = range_of(CLASS_IMAGE), null = range_of(CLASS_NULL);
    reset();
    mon->dxe = &dxe;
    c->m.phase = PHASE_DXE;
    module("733CBAC2-B23F-4B92-BC8E-FB01CE5907B7", PC, 0x10000); /* QemuFlashFvb */
    assert_true(guard_access(mon, ENGINE_WRITE, PLACE, 1, 1, &image));
    assert_int_equal(c->v.findings.nr, 0);
    assert_int_equal(c->v.nr_known, 1);
    assert_false(guard_access(mon, ENGINE_WRITE, PLACE, 1, 1, NULL)); /* dropped, as known */
    assert_int_equal(c->v.nr_known, 2);
    /* Page 0, of whoever does not own it. */
    assert_true(guard_access(mon, ENGINE_WRITE, 8, 4, 1, &null));
    assert_int_equal(c->v.findings.nr, 1);
    assert_int_equal(last()->rule, RULE_WRITE_NULL);
}

/* More findings than there is room for. */
static void no_room(void **state)
{
    (void)state;
    const struct plan_range r = range_of(CLASS_RESERVED), live = range_of(CLASS_LIVE);
    reset();
    checks_found(c, FINDINGS_MAX - 1);
    assert_true(guard_access(mon, ENGINE_WRITE, PLACE, 4, 1, &r));
    assert_int_equal(c->v.findings.nr, FINDINGS_MAX);
    assert_int_equal(c->v.findings.dropped, 0);
    engine_jump(c->m.engine, PC + 8);
    assert_true(guard_access(mon, ENGINE_WRITE, PLACE, 4, 1, &r));
    assert_false(guard_access(mon, ENGINE_WRITE, PLACE, 4, 1, &live));
    assert_int_equal(c->v.findings.nr, FINDINGS_MAX);
    assert_int_equal(c->v.findings.dropped, 2);
}

/* Until when it is forbidden. */
static void until(void **state)
{
    (void)state;
    struct plan_range r = range_of(CLASS_RESERVED);
    static const char *const text[] = {"a range, until PEI memory is in use", "a range, until DXE", "a range"};
    for (unsigned i = 0; i < 3; i++)
        for (unsigned kind = ENGINE_READ; kind <= ENGINE_WRITE; kind++) {
            reset();
            memset(r.allow, 0, sizeof r.allow);
            r.allow[PHASE_SEC] = ALLOW_R | ALLOW_W;
            r.allow[PHASE_PEI] = kind == ENGINE_WRITE ? ALLOW_R : ALLOW_W;
            if (i < 2)
                r.allow[PHASE_MEMORY + i] = kind == ENGINE_WRITE ? ALLOW_W : ALLOW_R;
            guard_access(mon, kind, PLACE, 4, 1, &r);
            assert_int_equal(c->v.findings.nr, 1);
            const char *said = strstr(last()->text, "a range");
            assert_non_null(said);
            assert_string_equal(said, text[i]);
        }
}

/* The same finding in another plan: what is said of it follows, where nothing but a name is another. */
static void quoted(void **state)
{
    (void)state;
    const struct plan_range before = range_of(CLASS_RESERVED);
    struct plan_range now = before;
    now.at = (struct span){PLACE - 0x1000, PLACE + 0x800};
    now.owner = "another range";
    struct finding f, expected;
    for (unsigned kind = ENGINE_READ; kind <= ENGINE_WRITE; kind++) {
        reset();
        guard_access(mon, kind, PLACE + 0x10, 4, 1, &before);
        f = *last();
        reset();
        guard_access(mon, kind, PLACE + 0x10, 4, 1, &now);
        expected = *last();
        assert_true(finding_fits(&f, &before) && finding_fits(&f, &now));
        finding_quote(&f, &now);
        assert_string_equal(f.text, expected.text);
        assert_string_equal(f.owner, expected.owner);
        assert_memory_equal(&f.range, &expected.range, sizeof f.range);
    }
    assert_false(finding_fits(&f, NULL));
    struct plan_range r = before;
    r.cls = CLASS_PRESERVED;
    assert_false(finding_fits(&f, &r));
    r = before;
    r.at.end = PLACE + 0x13; /* it would be two */
    assert_false(finding_fits(&f, &r));
    r = before;
    r.allow[PHASE_PEI] = ALLOW_W; /* it would be none */
    assert_false(finding_fits(&f, &r));
    r = before;
    r.allow[PHASE_DXE] = ALLOW_W; /* it would be told another way */
    assert_false(finding_fits(&f, &r));
    f.owner = before.owner;
    (void)snprintf(f.text, sizeof f.text, "something else");
    assert_false(finding_fits(&f, &now));
    f.owner = NULL;
    assert_true(finding_fits(&f, NULL));
}

/* One access that the engine does in parts is one. */
struct part {
    enum engine_fault kind;
    uint64_t at; /* from PLACE */
    unsigned size;
    uint64_t value;
};

static void parts_of(const struct part *p, unsigned nr)
{
    static const struct plan_range r = {
        .at = {PLACE - 0x1000, PLACE + 0x1000}, .kind = PLAN_RAM, .cls = CLASS_RESERVED, .owner = "a range"};
    reset();
    for (unsigned i = 0; i < nr; i++)
        assert_true(guard_access(mon, p[i].kind, PLACE + p[i].at, p[i].size, p[i].value, &r));
}
#define PARTS(...) \
    parts_of((const struct part[]){__VA_ARGS__}, sizeof((const struct part[]){__VA_ARGS__}) / sizeof(struct part))
#define IS(nr_findings, how_often, bytes, stop, said)                   \
    do {                                                                \
        assert_int_equal(c->v.findings.nr, nr_findings);                \
        assert_int_equal(c->v.findings.f[0].count, how_often);          \
        assert_int_equal(c->v.findings.f[0].size, bytes);               \
        assert_int_equal(c->v.findings.f[0].touched.end, PLACE + stop); \
        assert_int_equal(c->v.findings.f[0].value, said);               \
    } while (0)

static void parts(void **state)
{
    (void)state;
    const enum engine_fault w = ENGINE_WRITE, r = ENGINE_READ;
    PARTS({w, 0, 1, 0x11}, {w, 1, 1, 0x22}, {w, 2, 1, 0x133});
    IS(1, 1, 3, 3, 0x332211);
    PARTS({w, 0, 4, 0x44332211}, {w, 4, 4, 0x88776655});
    IS(1, 1, 8, 8, 0x8877665544332211);
    PARTS({w, 0, 4, 0x44332211}, {w, 4, 4, 0x88776655}, {w, 8, 1, 0x99});
    IS(1, 1, 9, 9, 0x8877665544332211);
    PARTS({w, 0, 8, 7}, {w, 3, 1, 9}); /* again, byte by byte */
    IS(1, 1, 8, 8, 7);
    PARTS({w, 0, 8, 7}, {w, 7, 1, 9});
    IS(1, 1, 8, 8, 7);
    PARTS({w, 0, 8, 7}, {w, 0, 8, 9}); /* another */
    IS(1, 2, 8, 8, 7);
    PARTS({w, 0, 8, 7}, {w, 6, 2, 9});
    IS(1, 2, 8, 8, 7);
    PARTS({w, 0, 8, 7}, {w, 9, 1, 9}); /* a gap */
    IS(1, 2, 8, 10, 7);
    PARTS({w, 8, 8, 7}, {w, 0, 4, 9}); /* before */
    IS(1, 2, 8, 16, 7);
    assert_int_equal(c->v.findings.f[0].touched.start, PLACE);
    PARTS({w, 0, 32, 7}, {w, 32, 32, 9});
    IS(1, 1, 64, 64, 7);
    PARTS({w, 0, 32, 7}, {w, 32, 33, 9});
    IS(1, 2, 32, 65, 7);
    PARTS({w, 0, 4, 7}, {r, 4, 4, 9});
    IS(2, 1, 4, 4, 7);
    assert_int_equal(last()->rule, RULE_READ_RESERVED);
    PARTS({w, 0, 4, 7}, {w, 0, 4, 7}, {w, 4, 4, 9}); /* parts of the second: the first is what is told */
    IS(1, 2, 4, 8, 7);
    PARTS({w, 0, 16, 7}, {w, 0, 4, 7}, {w, 4, 4, 9});
    IS(1, 2, 16, 16, 7);
    PARTS({w, 0, 4, 7});
    engine_jump(c->m.engine, PC + 4);
    const struct plan_range range = {.at = {PLACE - 0x1000, PLACE + 0x1000}, .cls = CLASS_RESERVED, .owner = "a range"};
    assert_true(guard_access(mon, w, PLACE + 4, 4, 9, &range)); /* another instruction */
    assert_int_equal(c->v.findings.nr, 2);
    PARTS({w, 0, 4, 7});
    mon->access.blocks++; /* it has run once more */
    assert_true(guard_access(mon, w, PLACE + 4, 4, 9, &range));
    IS(1, 2, 4, 8, 7);
}

/* --- record.c */

static void recorded(void **state)
{
    (void)state;
    struct plan_range r = range_of(CLASS_RESERVED), other = range_of(CLASS_RESERVED);
    other.at.start += 8;
    bool again;
    reset();
    engine_set_work(c->m.engine, 0, 1234);
    c->m.vcpus.current = 2;
    struct finding *a = record(mon, RULE_WRITE_RESERVED, PC, &r, &again);
    assert_false(again);
    assert_ptr_equal(record(mon, RULE_WRITE_RESERVED, PC, &r, &again), a);
    assert_true(again);
    assert_ptr_equal(record(mon, RULE_WRITE_RESERVED, PC, NULL, &again), a);
    assert_int_equal(a->count, 3);
    assert_ptr_not_equal(record(mon, RULE_WRITE_RESERVED, PC + 1, &r, &again), a);
    assert_false(again);
    assert_ptr_not_equal(record(mon, RULE_READ_RESERVED, PC, &r, &again), a);
    assert_ptr_not_equal(record(mon, RULE_WRITE_RESERVED, PC, &other, &again), a);
    struct finding *d = &c->v.findings.f[3];
    assert_int_equal(c->v.findings.nr, 4);
    assert_ptr_equal(record(mon, RULE_WRITE_RESERVED, PC, &other, &again), d);
    assert_int_equal(a->vcpu, 2);
    assert_int_equal(a->blocks, 1234);
    c->m.vcpus.current = 0;
    assert_int_equal(a->phase, PHASE_PEI);
    assert_int_equal(a->severity, SEVERITY_ERROR);
    assert_false(c->m.stopping);
    record_touch(d, PLACE + 0x100, 4);
    assert_int_equal(d->touched.start, 0);
    assert_int_equal(d->touched.end, PLACE + 0x104);
    d->touched.start = PLACE + 0x100;
    record_touch(d, PLACE + 0x80, 4);
    assert_int_equal(d->touched.start, PLACE + 0x80);
    assert_int_equal(d->touched.end, PLACE + 0x104);
}

/* What ends the run. */
static void ends(void **state)
{
    (void)state;
    enum severity *severity = mon->options.severity;
    static const struct {
        enum rule_id rule;
        bool first_only, follow, aftermath, stopping, as_warning, ends;
    } cases[] = {
        {RULE_WRITE_RESERVED, 0, 0, 0, 0, 0, false}, {RULE_WRITE_RESERVED, 1, 0, 0, 0, 0, true},
        {RULE_WRITE_RESERVED, 1, 0, 0, 0, 1, false}, {RULE_WRITE_RESERVED, 1, 0, 0, 1, 0, false},
        {RULE_EXCEPTION, 0, 0, 0, 0, 0, true},       {RULE_EXCEPTION, 0, 0, 1, 0, 0, false},
        {RULE_EXCEPTION, 0, 1, 0, 0, 0, true},       {RULE_EXEC_NULL, 0, 0, 0, 0, 0, true},
        {RULE_EXEC_NULL, 0, 1, 0, 0, 0, false},      {RULE_EXEC_LOW, 0, 1, 0, 0, 0, false},
        {RULE_EXEC_LOW, 0, 0, 0, 0, 0, true},        {RULE_EXEC_UNPOPULATED, 0, 1, 0, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset();
        mon->options.first_only = cases[i].first_only;
        mon->options.follow_low_exec = cases[i].follow;
        mon->aftermath.wanted = cases[i].aftermath;
        c->m.stopping = cases[i].stopping;
        if (cases[i].as_warning)
            severity[cases[i].rule] = SEVERITY_WARNING;
        c->v.ending = END_BUDGET;
        const struct finding *f = record_new(mon, cases[i].rule, PC, NULL);
        assert_int_equal(f->severity, severity[cases[i].rule]);
        severity[cases[i].rule] = rules[cases[i].rule].severity;
        if ((c->v.ending == END_FINDING) != cases[i].ends)
            fail_msg("case %zu", i);
        if (!cases[i].stopping)
            assert_true(c->m.stopping == cases[i].ends);
        if (cases[i].ends)
            assert_string_equal(c->v.detail, rules[cases[i].rule].name);
    }
    /* No call chain is looked for where nobody will ask. */
    bool again = true;
    for (unsigned i = 0; i < 2; i++) {
        reset();
        mon->options.no_chains = i != 0;
        assert_true((record(mon, RULE_WRITE_RESERVED, PC, NULL, &again)->trace == NULL) == (i != 0));
    }
    /* While a handler prints what it prints, nothing is a finding; what would stop the run ends it. */
    reset();
    mon->aftermath.on = true;
    assert_null(record(mon, RULE_WRITE_RESERVED, PC, NULL, &again));
    assert_false(again || c->m.stopping);
    assert_null(record(mon, RULE_HALT, PC, NULL, &again));
    assert_true(c->m.stopping);
    assert_string_equal(c->v.detail, "exception");
    assert_int_equal(c->v.findings.nr, 0);
}

/* --- null.c */

#define CORE 0xA00000u
#define OTHER 0xB00000u
#define LIST 0xC00000u

/* The core's list of one descriptor, of page 0. */
static void list(uint32_t type)
{
    uint8_t raw[0x60] = {0};
    const uint64_t entry = LIST + 0x10, link = entry + 8;
    put_le64(raw, link);
    put_le64(raw + 8, link);
    put_le32(raw + 0x10, 0x70616d6d); /* mmap */
    put_le64(raw + 0x18, LIST);
    put_le64(raw + 0x20, LIST);
    put_le32(raw + 0x10 + 0x1c, type);
    put_le64(raw + 0x10 + 0x28, 0xFFF);
    assert_true(memory_write(&c->m.memory, LIST, raw, sizeof raw));
    dxe.lists.map = LIST;
}

static void code(uint64_t gpa, const char *bytes, size_t n)
{
    assert_true(memory_write(&c->m.memory, gpa, bytes, n));
}

static void dxe_reset(void)
{
    reset();
    mon->dxe = &dxe;
    dxe.boot = LIST + 0x1000;
    list(EFI_CONVENTIONAL);
    module("core", CORE, 0x10000);
    module("other", OTHER, 0x10000);
    module("", 0xD00000, 0x10000); /* out of no volume: a loader */
    c->v.dxe_entry = CORE + 0x100;
    code(CORE, "\x90\x90\x90\x90", 4);
    code(OTHER, "\x90\x90\x90\x90", 4);
}

static void null_page(void **state)
{
    (void)state;
    const enum engine_fault w = ENGINE_WRITE, r = ENGINE_READ;
    dxe_reset();
    assert_false(null_is_fair(mon, w, OTHER, 8, 0));
    assert_false(null_is_fair(mon, r, OTHER, 8, 0));
    mon->dxe = NULL;
    assert_true(null_is_fair(mon, w, OTHER, 8, 0));
    mon->dxe = &dxe;
    dxe.left = true;
    assert_true(null_is_fair(mon, w, OTHER, 8, 0));
    dxe.left = false;
    /* The core clears it while it is in no list. */
    assert_false(null_is_fair(mon, w, CORE, 8, 0));
    checks_poke(c, LIST + 0x10 + 0x28, 0xFFE); /* to its last byte but one */
    assert_false(null_is_fair(mon, w, CORE, 8, 0));
    checks_poke(c, LIST + 0x10 + 0x20, 0x1000);
    checks_poke(c, LIST + 0x10 + 0x28, 0x1FFF);
    assert_true(null_is_fair(mon, w, CORE, 8, 0));
    assert_false(null_is_fair(mon, w, CORE, 8, 1));
    assert_false(null_is_fair(mon, r, CORE, 8, 0));
    assert_false(null_is_fair(mon, w, OTHER, 8, 0));
    assert_false(null_is_fair(mon, w, PLACE, 8, 0)); /* no module's code */
    c->v.dxe_entry = PLACE;                          /* nor is the core's known */
    assert_false(null_is_fair(mon, w, PLACE, 8, 0));
    assert_false(null_is_fair(mon, w, CORE, 8, 0));
    /* Allocated. */
    for (uint32_t type = 0; type < 15; type++) {
        dxe_reset();
        list(type);
        assert_true(null_is_fair(mon, w, OTHER, 8, 1) == (type != EFI_CONVENTIONAL));
    }
    /* Before the core's list is found, and where it should be. */
    dxe_reset();
    dxe.lists.map = 0;
    assert_true(null_is_fair(mon, w, OTHER, 8, 1));
    dxe.boot = 0;
    assert_false(null_is_fair(mon, w, OTHER, 8, 1));
    dxe_reset();
    dxe.boot = 0;
    assert_false(null_is_fair(mon, w, OTHER, 8, 1));
}

/* The BIOS data area, which loaders read. */
static void bios_data(void **state)
{
    (void)state;
    static const struct {
        uint64_t gpa;
        bool fair;
    } cases[] = {{0x3FF, false}, {0x400, true}, {0x4FF, true}, {0x500, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        dxe_reset();
        assert_true(null_is_fair(mon, ENGINE_READ, PLACE, cases[i].gpa, 0) == cases[i].fair); /* nobody's code */
        assert_true(null_is_fair(mon, ENGINE_READ, 0xD00000, cases[i].gpa, 0) == cases[i].fair);
        assert_false(null_is_fair(mon, ENGINE_READ, OTHER, cases[i].gpa, 0));
        assert_false(null_is_fair(mon, ENGINE_WRITE, PLACE, cases[i].gpa, 0));
    }
}

/* A call or jump through memory is told of where it leads to. */
static void transfers(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        bool is;
    } cases[] = {
        {"\xff\x10\x90\x90", true},  /* call [rax] */
        {"\xff\x20\x90\x90", true},  /* jmp [rax] */
        {"\xff\x50\x08\x90", true},  /* call [rax+8] */
        {"\xff\x90\x08\x90", true},  /* call [rax+disp32] */
        {"\x3e\xff\x20\x90", true},  /* notrack jmp [rax] */
        {"\x41\xff\x10\x90", true},  /* call [r8] */
        {"\x3e\x41\xff\x20", true},  /* notrack jmp [r8] */
        {"\xff\xd0\x90\x90", false}, /* call rax */
        {"\xff\xe0\x90\x90", false}, /* jmp rax */
        {"\xff\x18\x90\x90", false}, /* far call */
        {"\xff\x28\x90\x90", false}, /* far jmp */
        {"\xff\x30\x90\x90", false}, /* push [rax] */
        {"\xff\x00\x90\x90", false}, /* inc [rax] */
        {"\xff\x08\x90\x90", false}, /* dec [rax] */
        {"\xfe\x10\x90\x90", false}, {"\x8b\x10\x90\x90", false}, {"\x3f\xff\x10\x90", false},
        {"\x51\xff\x10\x90", false}, {"\x31\xff\x10\x90", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        dxe_reset();
        code(OTHER, cases[i].code, 4);
        if (null_is_fair(mon, ENGINE_READ, OTHER, 8, 0) != cases[i].is)
            fail_msg("case %zu", i);
        assert_false(null_is_fair(mon, ENGINE_WRITE, OTHER, 8, 1));
    }
    assert_false(null_is_fair(mon, ENGINE_READ, 0xF0000000, 8, 0)); /* no code there */
}

/* --- exec.c */

static void run(uint64_t pc, unsigned size)
{
    const struct engine_block b = {.pc = pc, .size = size, .instructions = 1};
    exec_block(mon, &b);
}

static struct plan_range *at_plan(uint64_t gpa)
{
    return (struct plan_range *)plan_find(&c->plan, gpa);
}

/* Where no code should be. */
static void executed(void **state)
{
    (void)state;
    static const struct {
        uint64_t pc;
        enum rule_id rule;
    } cases[] = {{0, RULE_EXEC_NULL},
                 {0xFFF, RULE_EXEC_NULL},
                 {0x1000, RULE_EXEC_LOW},
                 {0x9FFFF, RULE_EXEC_LOW},
                 {0xA0000, RULE_EXEC_UNKNOWN},
                 {PLACE, RULE_EXEC_UNKNOWN},
                 {MIB, RULE_COUNT} /* the image */,
                 {0xF0000000, RULE_COUNT} /* no RAM */,
                 {64 * GIB, RULE_COUNT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset();
        run(cases[i].pc, 3);
        if (c->v.findings.nr != (cases[i].rule != RULE_COUNT))
            fail_msg("%#llx: %zu", (unsigned long long)cases[i].pc, c->v.findings.nr);
        if (c->v.findings.nr == 0)
            continue;
        assert_int_equal(last()->rule, cases[i].rule);
        assert_int_equal(last()->access, ACCESS_EXEC);
        assert_int_equal(last()->size, 3);
        assert_int_equal(last()->gpa, cases[i].pc);
        assert_int_equal(last()->gva, cases[i].pc);
        assert_int_equal(last()->touched.start, cases[i].pc);
        assert_int_equal(last()->touched.end, cases[i].pc + 3);
        assert_false(last()->has_caller);
        assert_non_null(strstr(last()->text, "control went to"));
    }
    reset();
    checks_found(c, FINDINGS_MAX); /* no room */
    run(0xB00000, 3);
    assert_int_equal(c->v.findings.dropped, 1);
    /* Xen's page. */
    reset();
    c->m.xen.msr_hypercall_page = PLACE;
    run(PLACE + 0x20, 3);
    assert_int_equal(c->v.findings.nr, 0);
    run(PLACE + PAGE_SIZE, 3);
    assert_int_equal(c->v.findings.nr, 1);
    run(PLACE - 1, 1);
    assert_int_equal(c->v.findings.nr, 2);
    reset();
    run(0x20, 3); /* none is given: page 0 is not it */
    assert_int_equal(c->v.findings.nr, 1);
}

static uint64_t *good_tables(uint64_t page)
{
    const size_t i = page / PAGE_SIZE % EXEC_GOOD;
    mon->exec_good[i].page = page;
    return &mon->exec_good[i].tables;
}

static bool is_good(uint64_t page)
{
    return mon->exec_good[page / PAGE_SIZE % EXEC_GOOD].page == page;
}

/* A module's code, in free RAM. */
static void modules(void **state)
{
    (void)state;
    reset();
    module("one", PLACE, 0x10000);
    run(PLACE + 0x1234, 3);
    assert_int_equal(c->v.findings.nr, 0);
    assert_true(is_good(PLACE + 0x1000));
    run(PLACE + 0x1238, 3);
    run(PLACE + 0x2238, 3);
    assert_true(is_good(PLACE + 0x1000) && is_good(PLACE + 0x2000));
    run(PLACE + 0x1000 + EXEC_GOOD * PAGE_SIZE, 3); /* its place is wanted */
    assert_false(is_good(PLACE + 0x1000));
    run(PLACE + 0x1238, 3);
    assert_int_equal(c->v.findings.nr, 0);
    run(PLACE + 0x10000, 3);
    assert_int_equal(c->v.findings.nr, 1);
    c->v.module[0].gone = true;
    run(PLACE + 0x1234, 3); /* the page was good as long as it was there */
    assert_int_equal(c->v.findings.nr, 2);
    /* Not in reserved memory. */
    struct plan_range *r = at_plan(PLACE);
    reset();
    module("one", PLACE, 0x10000);
    r->cls = CLASS_RESERVED;
    run(PLACE + 0x1234, 3);
    r->cls = CLASS_FREE;
    assert_int_equal(c->v.findings.nr, 1);
    assert_false(is_good(PLACE + 0x1000));
    /* Nor in low memory. */
    reset();
    module("one", 0x5000, 0x1000);
    run(0x5010, 3);
    assert_int_equal(c->v.findings.nr, 1);
    /* A page of which another range has a part is looked at each time. */
    reset();
    module("one", PLACE, 0x10000);
    const struct span was = r->at;
    r->at.start = PLACE + 0x1800;
    run(PLACE + 0x1900, 3);
    assert_false(is_good(PLACE + 0x1000));
    r->at = (struct span){was.start, PLACE + 0x1FFF};
    run(PLACE + 0x1900, 3);
    assert_false(is_good(PLACE + 0x1000));
    r->at = (struct span){PLACE + 0x1000, PLACE + 0x2000};
    run(PLACE + 0x1900, 3);
    assert_true(is_good(PLACE + 0x1000));
    r->at = was;
    assert_int_equal(c->v.findings.nr, 0);
    /* The same page in other page tables is another. */
    reset();
    module("one", PLACE, 0x10000);
    *good_tables(PLACE) = 0x1000;
    r->cls = CLASS_RESERVED;
    run(PLACE + 8, 3);
    assert_int_equal(c->v.findings.nr, 1);
    *good_tables(PLACE) = 0;
    run(PLACE + 16, 3);
    assert_int_equal(c->v.findings.nr, 1);
    assert_int_equal(last()->count, 1);
    run(PLACE + PAGE_SIZE, 3);
    assert_int_equal(c->v.findings.nr, 2);
    r->cls = CLASS_FREE;
}

/* One wrong transfer is one finding. */
static void told_once(void **state)
{
    (void)state;
    reset();
    run(PLACE + 0x100, 0x10);
    run(PLACE + 0x110, 0x10);
    run(PLACE + 0x80, 0x10);
    run(PLACE + 0xF00, 0x100);
    run(PLACE + 0x1000, 0x10); /* where the last left off */
    assert_int_equal(c->v.findings.nr, 1);
    assert_int_equal(last()->count, 5);
    assert_int_equal(last()->touched.start, PLACE + 0x80);
    assert_int_equal(last()->touched.end, PLACE + 0x1010);
    run(PLACE + 0x1020, 0x10); /* another page */
    assert_int_equal(c->v.findings.nr, 2);
    run(PLACE + 0x1030, 0x10); /* where that left off, and in its page */
    assert_int_equal(c->v.findings.nr, 2);
    assert_int_equal(last()->count, 2);
    /* From low memory up: a slide. */
    for (unsigned i = 0; i < 2; i++) {
        reset();
        mon->options.follow_low_exec = true;
        run(i == 0 ? 0 : 0x2000, 0x10);
        run(i == 0 ? 0x3000 : 0, 0x10);
        run(0x50000, 0x10);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(last()->count, 3);
        run(PLACE, 0x10);
        assert_int_equal(c->v.findings.nr, 2);
        run(0x60000, 0x10);
        assert_int_equal(c->v.findings.f[0].count, 4);
        run(PLACE + 0x20, 0x10);
        assert_int_equal(c->v.findings.nr, 2);
    }
}

/* --- wake.c */

static void sipi(uint16_t cs)
{
    c->m.vcpus.v[0].by_sipi = true;
    c->m.vcpus.v[0].entry.cs = cs;
}

static void woken(void **state)
{
    (void)state;
    uint8_t bytes[64];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i + 1);
    const struct cpu_entry was = c->m.vcpus.v[0].entry;
    reset();
    struct plan_range *r = at_plan(PLACE), *low = at_plan(0x88000);
    assert_true(r->cls == CLASS_FREE && low->cls == CLASS_FREE);
    sipi(0x8800);
    assert_true(wake_is_code(mon, low, 0x88000));
    assert_true(wake_is_code(mon, low, 0x88FFF));
    assert_false(wake_is_code(mon, low, 0x87FFF));
    assert_false(wake_is_code(mon, low, 0x89000));
    low->cls = CLASS_RESERVED;
    assert_false(wake_is_code(mon, low, 0x88000));
    low->cls = CLASS_FREE;
    sipi(0);
    assert_false(wake_is_code(mon, low, 0x10)); /* nothing starts in page 0 */
    sipi(0x100);
    assert_true(wake_is_code(mon, low, 0x1000));
    sipi(0);
    /* A copy of what a module holds. */
    module("one", 0x6000000, 0x1000);
    assert_true(memory_write(&c->m.memory, 0x60000FF, "\xee", 1));
    assert_true(memory_write(&c->m.memory, 0x6000100, bytes, sizeof bytes));
    assert_true(memory_write(&c->m.memory, 0x6000140, "\xee", 1));
    assert_true(memory_write(&c->m.memory, PLACE + 0x40, bytes, sizeof bytes));
    assert_true(memory_write(&c->m.memory, 0x90040, bytes, sizeof bytes));
    assert_true(wake_is_code(mon, r, PLACE + 0x40));
    assert_true(wake_is_code(mon, r, PLACE + 0x7F));
    assert_false(wake_is_code(mon, r, PLACE + 0x80));
    assert_false(wake_is_code(mon, r, PLACE + 0x3F));
    assert_false(wake_is_code(mon, low, 0x90040)); /* below 640 KiB there is the one page */
    assert_true(memory_write(&c->m.memory, 0xA0040, bytes, sizeof bytes));
    assert_true(wake_is_code(mon, r, 0xA0040));
    assert_false(wake_is_code(mon, r, 0x9FFF0));
    assert_true(memory_write(&c->m.memory, PLACE + 0x1000, bytes + 1, 32)); /* the least that tells */
    assert_true(wake_is_code(mon, r, PLACE + 0x1000));
    assert_true(memory_write(&c->m.memory, PLACE + 0x2000, bytes + 1, 31));
    assert_false(wake_is_code(mon, r, PLACE + 0x2000));
    c->m.vcpus.v[0].by_sipi = false;
    assert_false(wake_is_code(mon, r, PLACE + 0x40));
    sipi(0);
    /* Filling is no copy, but for its last byte. */
    uint8_t filling[32];
    memset(filling, 0x90, sizeof filling);
    assert_true(memory_write(&c->m.memory, 0x60001FF, "\xee", 1));
    assert_true(memory_write(&c->m.memory, 0x6000200, filling, sizeof filling));
    assert_true(memory_write(&c->m.memory, 0x6000220, "\x91", 1));
    assert_true(memory_write(&c->m.memory, PLACE + 0x3000, filling, sizeof filling));
    assert_false(wake_is_code(mon, r, PLACE + 0x3000));
    assert_true(memory_write(&c->m.memory, PLACE + 0x3020, "\x91", 1));
    assert_true(wake_is_code(mon, r, PLACE + 0x3001));
    /* Asked by exec.c. */
    run(PLACE + 0x40, 4);
    assert_int_equal(c->v.findings.nr, 0);
    run(PLACE + 0x4000, 4);
    assert_int_equal(c->v.findings.nr, 1);
    c->m.vcpus.v[0].by_sipi = false;
    c->m.vcpus.v[0].entry = was;
}

/* --- fault.c */

static void idt(uint16_t limit)
{
    c->entry.idt_limit = limit;
    assert_true(engine_switch(c->m.engine, 0, &c->entry));
}

static bool raise(unsigned vector, bool software)
{
    const struct engine_exception x = {vector, software, false, 0};
    engine_jump(c->m.engine, PC);
    return fault_taken(mon, &x);
}

/* With a gate for it, and without. */
static void faults(void **state)
{
    (void)state;
    static const struct {
        uint16_t limit;
        uint8_t type; /* of gate 6, at 0x30 */
        enum rule_id rule;
    } cases[] = {{0x37, 0x8E, RULE_EXCEPTION},    {0x36, 0x8E, RULE_TRIPLE_FAULT}, {0x38, 0x8E, RULE_EXCEPTION},
                 {0x37, 0x0E, RULE_TRIPLE_FAULT}, {0x37, 0x80, RULE_EXCEPTION},    {0x37, 0x0F, RULE_TRIPLE_FAULT},
                 {0, 0x8E, RULE_TRIPLE_FAULT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset();
        assert_true(memory_write(&c->m.memory, 0x35, &cases[i].type, 1));
        idt(cases[i].limit);
        assert_false(raise(6, false));
        assert_int_equal(c->v.findings.nr, 1);
        if (last()->rule != cases[i].rule)
            fail_msg("case %zu: %s", i, rules[last()->rule].name);
        assert_int_equal(last()->at.gva, PC);
        assert_int_equal(last()->fault.vector, 6);
        assert_false(raise(6, false));
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(last()->count, 2);
    }
    /* INT3 is a trap: the processor is behind it. */
    static const struct {
        unsigned vector;
        const char *byte;
        uint64_t at;
    } traps[] = {{3, "\xcc", PC - 1}, {3, "\x90", PC}, {6, "\xcc", PC}, {4, "\xcc", PC}};
    for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++) {
        reset();
        code(PC - 1, traps[i].byte, 1);
        raise(traps[i].vector, false);
        assert_int_equal(last()->at.gva, traps[i].at);
    }
    reset();
    fault_triple(mon, &(struct engine_exception){.vector = 8});
    assert_int_equal(last()->rule, RULE_TRIPLE_FAULT);
    assert_true(c->m.stopping);
    /* INT n is a handler's business in DXE, and nobody's before. */
    reset();
    assert_false(raise(0x40, true));
    assert_int_equal(c->v.findings.nr, 1);
    reset();
    mon->dxe = &dxe;
    assert_true(raise(0x40, true));
    assert_int_equal(c->v.findings.nr, 0);
    assert_int_equal(c->v.software_interrupts, 1);
    assert_int_equal(c->v.exceptions, 0);
    mon->options.deliver = true; /* which cannot be done in flat mode */
    assert_false(raise(6, false));
    assert_int_equal(c->v.findings.nr, 1);
    assert_int_equal(c->v.exceptions, 0);
    assert_false(mon->aftermath.on || mon->aftermath.wanted);
    code(0x35, "", 1);
    idt(0);
}

/* In real mode a vector is four bytes, all of them good. */
static void faults_in_real_mode(void **state)
{
    (void)state;
    static struct checks hvm;
    checks_init(&hvm, GUEST_HVM);
    for (uint16_t limit = 6 * 4 + 2; limit <= 6 * 4 + 3; limit++) {
        checks_reset(&hvm);
        hvm.m.stopping = false;
        hvm.entry.idt_limit = limit;
        assert_true(engine_switch(hvm.m.engine, 0, &hvm.entry));
        assert_false(fault_taken(&hvm.mon, &(struct engine_exception){.vector = 6}));
        assert_int_equal(hvm.v.findings.f[0].rule, limit == 6 * 4 + 3 ? RULE_EXCEPTION : RULE_TRIPLE_FAULT);
    }
    checks_exit(&hvm);
}

/* --- notice.c */

static void noticed(void **state)
{
    (void)state;
    static const struct {
        enum machine_notice_kind kind;
        enum rule_id rule;
    } kinds[] = {{NOTICE_BAR_DISPLACES, RULE_BAR_OVER_RAM},
                 {NOTICE_BAR_HIDDEN, RULE_BAR_OVER_RAM},
                 {NOTICE_HYPERCALL, RULE_HYPERCALL_REFUSED},
                 {NOTICE_RING, RULE_XENSTORE_RING},
                 {NOTICE_PV_RING, RULE_PV_RING}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const bool bar = i < 2;
        const struct machine_notice n = {.kind = kinds[i].kind,
                                         .pc = PC,
                                         .at = bar ? (struct span){PLACE, PLACE + 0x1000} : (struct span){0, 0},
                                         .owner = "a card",
                                         .text = "something else"};
        reset();
        notice_taken(mon, &n);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(last()->rule, kinds[i].rule);
        assert_int_equal(last()->touched.start, bar ? PLACE : 0);
        assert_int_equal(last()->touched.end, bar ? PLACE + 0x1000 : 0);
        assert_int_equal(last()->gpa, bar ? PLACE : 0);
        assert_int_equal(last()->gva, bar ? PLACE : 0);
        assert_true((last()->owner != NULL) == bar);
        if (bar)
            assert_non_null(strstr(last()->text, i == 0 ? "which is gone" : "which hides it"));
        else
            assert_string_equal(last()->text, "something else");
        notice_taken(mon, &n);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(last()->count, 2);
    }
    /* Room is gone. */
    reset();
    checks_found(c, FINDINGS_MAX);
    notice_taken(mon, &(struct machine_notice){.kind = NOTICE_RING, .pc = PC, .text = "x"});
    assert_int_equal(c->v.findings.dropped, 1);
}

/* The image below 1 MiB and below 4 GiB; this guest has all of it at 1 MiB, so that another is made up. */
static void entered(void **state)
{
    (void)state;
    static uint8_t bytes[0x3800];
    const struct image im = {.bytes = bytes, .size = sizeof bytes};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256 + 1);
    struct plan_range r[2] = {
        {.at = {MIB - 0x1800, MIB}, .kind = PLAN_RAM, .cls = CLASS_IMAGE, .owner = "low"},
        {.at = {0x40000000 - 0x3800, 0x40000000}, .kind = PLAN_RAM, .cls = CLASS_IMAGE, .owner = "high"}};
    struct plan plan = c->plan;
    plan.r = r;
    plan.nr = 1;
    reset();
    c->m.plan = &plan;
    mon->options.image = &im;
    assert_true(memory_write(&c->m.memory, MIB - 0x1800, bytes + sizeof bytes - 0x1800, 0x1800));
    notice_entry(mon);
    assert_int_equal(c->v.findings.nr, 0);
    static const uint64_t places[] = {MIB - 0x1800, MIB - 0x801, MIB - 0x800, MIB - 1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        reset();
        uint8_t b;
        assert_true(memory_read(&c->m.memory, places[i], &b, 1));
        b ^= 1;
        assert_true(memory_write(&c->m.memory, places[i], &b, 1));
        notice_entry(mon);
        assert_int_equal(c->v.findings.nr, 1);
        assert_int_equal(last()->rule, RULE_IMAGE_NOT_LOADED);
        assert_int_equal(last()->gpa, i < 2 ? MIB - 0x1800 : MIB - 0x800);
        assert_int_equal(last()->gva, last()->gpa);
        b ^= 1;
        assert_true(memory_write(&c->m.memory, places[i], &b, 1));
    }
    /* Only of what is the image's, and only where there is one to compare with. */
    const uint8_t wrong = (uint8_t)(bytes[sizeof bytes - 1] ^ 1), right = bytes[sizeof bytes - 1];
    assert_true(memory_write(&c->m.memory, MIB - 1, &wrong, 1));
    reset();
    mon->options.image = NULL;
    notice_entry(mon);
    mon->options.image = &im;
    r[0].cls = CLASS_RESERVED;
    notice_entry(mon);
    r[0].cls = CLASS_IMAGE;
    r[0].at.start = MIB - sizeof bytes - 1; /* more than the image has */
    notice_entry(mon);
    assert_int_equal(c->v.findings.nr, 0);
    r[0].at.start = MIB - 0x1800;
    notice_entry(mon);
    assert_int_equal(c->v.findings.nr, 1);
    assert_true(memory_write(&c->m.memory, MIB - 1, &right, 1));
    c->m.plan = &c->plan;
    mon->options.image = NULL;
}

static void limits(void **state)
{
    (void)state;
    reset();
    c->v.ending = END_ENGINE;
    notice_limits(mon);
    assert_int_equal(c->v.ending, END_ENGINE);
    c->m.xen.p2m.refused = 1;
    notice_limits(mon);
    c->m.xen.p2m.refused = 0;
    assert_int_equal(c->v.ending, END_UNSUPPORTED);
    assert_true(c->m.stopping);
}

static int set_up(void **state)
{
    (void)state;
    checks_init(c, GUEST_PVH);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),      cmocka_unit_test(null_from_low), cmocka_unit_test(no_room),
        cmocka_unit_test(known_in_dxe), cmocka_unit_test(until),         cmocka_unit_test(quoted),
        cmocka_unit_test(parts),        cmocka_unit_test(recorded),      cmocka_unit_test(ends),
        cmocka_unit_test(null_page),    cmocka_unit_test(bios_data),     cmocka_unit_test(transfers),
        cmocka_unit_test(executed),     cmocka_unit_test(modules),       cmocka_unit_test(told_once),
        cmocka_unit_test(woken),        cmocka_unit_test(faults),        cmocka_unit_test(faults_in_real_mode),
        cmocka_unit_test(noticed),      cmocka_unit_test(entered),       cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
