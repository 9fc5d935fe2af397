/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a machine boots again, the library's TLB is filled from here: its own walk finds the same and leaves the same bits
 * behind; stores and code stay coherent; and what nobody is asked about is not lost.
 */
#include "engine_kit.h"

#define TABLES 0x200000u /* PML4, PDPT, PD of the first GiB, PT of TARGET's 2 MiB */
#define TARGET 0x400000u
#define PRESENT 0x1ULL
#define WRITABLE 0x3ULL
#define ACCESSED 0x20ULL
#define DIRTY 0x40ULL
#define LARGE 0x80ULL
#define NX (1ULL << 63)
#define PG 0x80000000u
#define WP 0x10000u

/* --- guests ------------------------------------------------------------------------------------------------------- */

/* From flat 32-bit code to long mode, with NX; EBX is what comes into CR0. */
static const uint8_t to_long[] = {
    0x0f, 0x01, 0x15, 0x48, 0x00, 0x10, 0x00,             /* lgdt [gdtr] */
    0x0f, 0x20, 0xe0, 0x83, 0xc8, 0x20, 0x0f, 0x22, 0xe0, /* CR4.PAE */
    0xb8, 0x00, 0x00, 0x20, 0x00, 0x0f, 0x22, 0xd8,       /* mov eax, TABLES; mov cr3, eax */
    0xb9, 0x80, 0x00, 0x00, 0xc0, 0xb8, 0x00, 0x09, 0x00, 0x00, 0x31, 0xd2, 0x0f, 0x30, /* EFER: LME, NXE */
    0x0f, 0x20, 0xc0, 0x09, 0xd8, 0x0f, 0x22, 0xc0,                                     /* or cr0, ebx */
    0xea, 0x00, 0x20, 0x10, 0x00, 0x08, 0x00,                                           /* jmp 8:CODE */
    0x90, 0x90, 0x90, 0,    0,    0,    0,    0,    0,    0,    0,                      /* GDT: none, 64-bit code */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x9a, 0x20, 0x00, 0x0f, 0x00, 0x38, 0x00, 0x10, 0x00};

static void put_entry(struct bed *b, unsigned table, unsigned index, uint64_t entry)
{
    put_le64(b->memory.base + TABLES + (uint64_t)table * PAGE_SIZE + (uint64_t)index * 8, entry);
}

/* --- the same walk ------------------------------------------------------------------------------------------------ */

static const uint8_t load[] = {0x48, 0x8b, 0x06, 0xf4};                   /* mov rax, [rsi]; hlt */
static const uint8_t store[] = {0x48, 0x89, 0x06, 0xf4};                  /* mov [rsi], rax; hlt */
static const uint8_t both[] = {0x48, 0x8b, 0x06, 0x48, 0x89, 0x06, 0xf4}; /* one after the other */
static const uint8_t modify[] = {0x48, 0xff, 0x06, 0xf4};                 /* inc qword [rsi]; hlt */
static const uint8_t fetch[] = {0xff, 0xe6};                              /* jmp rsi */
static const struct access {
    const uint8_t *code;
    size_t n;
} accesses[] = {
    {load, sizeof load}, {store, sizeof store}, {both, sizeof both}, {modify, sizeof modify}, {fetch, sizeof fetch}};

/* TARGET: by a PT, or by one page of 2 MiB, or of 1 GiB. */
enum reach { BY_4K, BY_2M, BY_1G };

static void make_tables(struct bed *b, enum reach reach, uint64_t upper, uint64_t flags)
{
    put_entry(b, 0, 0, (TABLES + 0x1000) | upper);
    put_entry(b, 1, 0, reach == BY_1G ? LARGE | flags : (TABLES + 0x2000) | upper);
    put_entry(b, 2, 0, LARGE | WRITABLE);
    put_entry(b, 2, 1, LARGE | WRITABLE | 0x200000);
    put_entry(b, 2, 2, reach == BY_2M ? LARGE | TARGET | flags : (TABLES + 0x3000) | upper);
    put_entry(b, 3, 0, TARGET | flags);
    b->memory.base[TARGET] = 0xf4;
}

static unsigned faults, mapped;

static void check_same_memory(const struct bed *a, const struct bed *b, const char *what)
{
    if (memcmp(a->memory.base + START, b->memory.base + START, TARGET + MIB - START) != 0)
        fail_msg("%s", what);
}

/* What stopped at a doubt goes back, has the page fault that the library delivers, and is as fast as before after that. */
static void check_fault(const struct bed *own, struct bed *b)
{
    assert_int_equal(b->exceptions, 0);
    assert_string_equal(engine_doubt(b->e), "a page fault");
    assert_true(engine_doubts_walk(b->e) && engine_walk_itself(b->e, true));
    memcpy(b->memory.base + START, own->memory.base + START, TARGET + MIB - START);
    assert_true(engine_go_back(b->e) && engine_quick(b->e, NULL, 0));
    assert_int_equal(engine_run(b->e), ENGINE_STOPPED);
    assert_int_equal(b->vector, 14);
    assert_true(engine_doubt(b->e) == NULL && !engine_doubts_walk(b->e));
    check_same_memory(own, b, "after a page fault");
    assert_true(engine_walk_itself(b->e, false) && engine_go_back(b->e));
    assert_int_equal(engine_run(b->e), ENGINE_STOPPED);
    assert_true(engine_doubts_walk(b->e));
    assert_int_equal(b->exceptions, 1);
}

static void compare(enum reach reach, uint64_t upper, uint64_t flags, const struct access *a, uint32_t cr0)
{
    struct bed own, ours;
    struct bed *const beds[] = {&own, &ours};
    for (unsigned i = 0; i < 2; i++) {
        start(beds[i], i == 1, to_long, sizeof to_long, cr0, TARGET);
        put(beds[i], CODE, a->code, a->n);
        make_tables(beds[i], reach, upper, flags);
    }
    const enum engine_end end = engine_run(own.e);
    if (end == ENGINE_HALTED) {
        mapped++;
        assert_int_equal(engine_run(ours.e), ENGINE_HALTED);
        assert_null(engine_doubt(ours.e));
        char what[128];
        (void)snprintf(what, sizeof what, "reach %u, upper %#llx, flags %#llx, access %zu, CR0 %#x", reach,
                       (unsigned long long)upper, (unsigned long long)flags, (size_t)(a - accesses), cr0);
        check_same_memory(&own, &ours, what);
        assert_int_equal(engine_blocks(own.e), engine_blocks(ours.e));
        assert_int_equal(engine_reg(own.e, CPU_RAX), engine_reg(ours.e, CPU_RAX));
    } else {
        faults++;
        assert_int_equal(end, ENGINE_STOPPED);
        assert_int_equal(own.vector, 14);
        assert_int_equal(engine_run(ours.e), ENGINE_STOPPED);
        check_fault(&own, &ours);
    }
    stop(&own);
    stop(&ours);
}

static void test_the_same_walk(void **state)
{
    (void)state;
    static const uint64_t flags[] = {0,
                                     PRESENT,
                                     WRITABLE,
                                     WRITABLE | ACCESSED,
                                     WRITABLE | ACCESSED | DIRTY,
                                     PRESENT | ACCESSED | DIRTY,
                                     WRITABLE | NX,
                                     WRITABLE | DIRTY | NX,
                                     PRESENT | 1ULL << 51,
                                     WRITABLE | 0x2000};
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        for (unsigned k = 0; k < sizeof accesses / sizeof accesses[0]; k++) {
            compare(BY_4K, WRITABLE, flags[i] & ~0x2000ULL, &accesses[k], PG | WP);
            compare(BY_2M, WRITABLE, flags[i], &accesses[k], PG);
        }
    for (unsigned k = 0; k < sizeof accesses / sizeof accesses[0]; k++) {
        compare(BY_1G, WRITABLE, WRITABLE, &accesses[k], PG | WP);
        compare(BY_4K, PRESENT, WRITABLE, &accesses[k], PG | WP); /* the upper levels forbid */
        compare(BY_4K, PRESENT, WRITABLE, &accesses[k], PG);
        compare(BY_4K, WRITABLE | ACCESSED, PRESENT, &accesses[k], PG);
        compare(BY_2M, WRITABLE | DIRTY, WRITABLE, &accesses[k], PG | WP);
    }
    assert_true(mapped > 50 && faults > 30);
}

/* Legacy paging: a doubt, and from the next run on the library walks itself. */
static void test_strange_tables(void **state)
{
    (void)state;
    static const uint8_t legacy[] = {0x0f, 0x20, 0xe0, 0x83, 0xc8, 0x10, 0x0f, 0x22, 0xe0, /* CR4.PSE */
                                     0xb8, 0x00, 0x00, 0x20, 0x00, 0x0f, 0x22, 0xd8,       /* CR3 */
                                     0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0, 0xeb, 0x00,
                                     0xc7, 0x05, 0x00, 0x00, 0x30, 0x00, 0x07, 0x00, 0x00, 0x00, 0xf4}; /* [DATA] = 7 */
    struct bed b;
    start(&b, true, legacy, sizeof legacy, 0, TARGET);
    put_le32(b.memory.base + TABLES, LARGE | WRITABLE);
    assert_int_equal(engine_run(b.e), ENGINE_STOPPED);
    assert_string_equal(engine_doubt(b.e), "page tables of an unusual kind");
    assert_true(engine_go_back(b.e));
    assert_null(engine_doubt(b.e));
    assert_int_equal(engine_run(b.e), ENGINE_HALTED);
    assert_int_equal(le32(b.memory.base + DATA), 7);
    assert_null(engine_doubt(b.e));
    stop(&b);
}

/* --- stores and code ---------------------------------------------------------------------------------------------- */

/* Writes "mov eax, 1; ret" to DATA, calls it, makes it 2, calls it, and 1 again; what came is at DATA + 0x100. */
static const uint8_t writes_code[] = {
    0xbf, 0x00, 0x00, 0x30, 0x00, 0xbc, 0x00, 0xf0, 0x3f, 0x00, 0xc6, 0x07, 0xb8, 0xc7, 0x47, 0x01, 0x01, 0x00, 0x00,
    0x00, 0xc6, 0x47, 0x05, 0xc3, 0xff, 0xd7, 0x89, 0x87, 0x00, 0x01, 0x00, 0x00, 0xc7, 0x47, 0x01, 0x02, 0x00, 0x00,
    0x00, 0xff, 0xd7, 0x89, 0x87, 0x04, 0x01, 0x00, 0x00, 0xc7, 0x47, 0x01, 0x01, 0x00, 0x00, 0x00, 0xff, 0xd7, 0xf4};
static const struct span hot = {DATA, DATA + 2 * PAGE_SIZE};

static void start_writing(struct bed *b)
{
    start(b, true, to_long, sizeof to_long, PG | WP, TARGET);
    put(b, CODE, writes_code, sizeof writes_code);
    make_tables(b, BY_4K, WRITABLE, WRITABLE);
}

static void check_written(struct bed *b)
{
    assert_int_equal(engine_run(b->e), ENGINE_HALTED);
    assert_null(engine_doubt(b->e));
    assert_int_equal(le32(b->memory.base + DATA + 0x100), 1);
    assert_int_equal(le32(b->memory.base + DATA + 0x104), 2);
    assert_int_equal(engine_reg(b->e, CPU_RAX), 1);
    assert_int_equal(b->forbidden, 0);
}

static void test_code_where_data_was(void **state)
{
    (void)state;
    struct bed b;
    start_writing(&b);
    assert_true(engine_quick(b.e, &hot, 1));
    for (unsigned run = 0; run < 3; run++) {
        check_written(&b);
        memset(b.memory.base + DATA, 0, PAGE_SIZE);
        if (run == 1)
            engine_forget_code(b.e);
        assert_true(engine_go_back(b.e));
    }
    stop(&b);
}

/* As machine/demand maps it: without code, until code of it runs that an earlier run has translated. */
static void run_again(struct bed *b)
{
    for (unsigned run = 0; run < 4; run++) {
        check_written(b);
        memset(b->memory.base + DATA, 0, PAGE_SIZE);
        engine_forget_code(b->e);
        assert_true(engine_go_back(b->e));
        assert_true(engine_protect_data(b->e, DATA, PAGE_SIZE, ALLOW_R | ALLOW_W));
        b->data = true;
        assert_true(engine_quick(b->e, &hot, run % 2));
    }
}

static void test_code_known_from_before(void **state)
{
    (void)state;
    struct bed b;
    start_writing(&b);
    run_again(&b);
    stop(&b);
}

/*
 * Without paging nothing flushes the library's TLB between two runs: it finds the block without a fetch. What is read first
 * takes its page out of the TLB.
 */
static void test_code_found_without_a_fetch(void **state)
{
    (void)state;
    static const uint8_t reads[] = {0xbe, 0x00, 0x00, 0x40, 0x00, 0x8b, 0x06, /* mov esi, TARGET; mov eax, [esi] */
                                    0x81, 0xc6, 0x00, 0x10, 0x00, 0x00,       /* add esi, PAGE_SIZE */
                                    0x81, 0xfe, 0x00, 0x00, 0x00, 0x01, 0x72, 0xf0}; /* cmp esi, SIZE; jb */
    struct bed b;
    start(&b, true, reads, sizeof reads, 0, TARGET);
    put(&b, START + sizeof reads, writes_code, sizeof writes_code);
    run_again(&b);
    stop(&b);
}

/* --- nobody is asked ---------------------------------------------------------------------------------------------- */

/* [DATA] = 1, [DATA + 1] = 2, [DATA + PAGE_SIZE] = 3 */
static const uint8_t stores[] = {0xc7, 0x05, 0x00, 0x00, 0x30, 0x00, 0x01, 0x00, 0x00, 0x00, 0xc7,
                                 0x05, 0x01, 0x00, 0x30, 0x00, 0x02, 0x00, 0x00, 0x00, 0xc7, 0x05,
                                 0x00, 0x10, 0x30, 0x00, 0x03, 0x00, 0x00, 0x00, 0xf4};

static void test_forbidden_after_it_was_quick(void **state)
{
    (void)state;
    struct bed b;
    start(&b, true, stores, sizeof stores, 0, TARGET);
    for (unsigned run = 0; run < 3; run++) {
        assert_true(engine_quick(b.e, &hot, 1));
        assert_int_equal(engine_run(b.e), ENGINE_HALTED);
        assert_int_equal(le32(b.memory.base + DATA), 0x201);
        assert_int_equal(b.forbidden, 0);
        assert_true(engine_go_back(b.e));
    }
    /* The right goes, and with it the haste. */
    assert_true(engine_protect(b.e, DATA, PAGE_SIZE, ALLOW_R));
    assert_true(engine_quick(b.e, (struct span[]){{DATA + PAGE_SIZE, DATA + 2 * PAGE_SIZE}}, 1));
    assert_int_equal(engine_run(b.e), ENGINE_HALTED);
    assert_true(b.forbidden >= 2);
    assert_null(engine_doubt(b.e));
    stop(&b);
}

struct told {
    unsigned nr;
    uint64_t sum;
};

static void stored(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct told *t = self;
    (void)size;
    t->nr++;
    t->sum += gpa - DATA + value;
}

/* Who watches stores hears of all, fast ones before or not. */
static void test_watched_after_it_was_quick(void **state)
{
    (void)state;
    struct bed b;
    start(&b, true, stores, sizeof stores, 0, TARGET);
    assert_true(engine_quick(b.e, &hot, 1));
    for (unsigned run = 0; run < 4; run++) {
        struct told t = {0};
        if (run % 2 == 1)
            engine_watch_stores(b.e, stored, &t);
        assert_int_equal(engine_run(b.e), ENGINE_HALTED);
        assert_int_equal(t.nr, run % 2 * 3);
        assert_int_equal(t.sum, run % 2 * (1 + 3 + PAGE_SIZE + 3));
        assert_true(engine_go_back(b.e));
    }
    stop(&b);
}

static void test_forbidden_where_nobody_is_asked(void **state)
{
    (void)state;
    struct bed b;
    start(&b, true, stores, sizeof stores, 0, TARGET);
    assert_true(engine_quick(b.e, &hot, 1));
    assert_int_equal(engine_run(b.e), ENGINE_HALTED);
    for (unsigned run = 0; run < 2; run++) {
        assert_true(engine_go_back(b.e));
        assert_null(engine_doubt(b.e));
        assert_true(engine_protect(b.e, DATA + PAGE_SIZE, PAGE_SIZE, run == 0 ? ALLOW_R : 0));
        assert_int_equal(engine_run(b.e), ENGINE_STOPPED);
        assert_string_equal(engine_doubt(b.e), "an access that nobody was asked about");
    }
    assert_int_equal(b.forbidden, 0);
    stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_walk),
        cmocka_unit_test(test_strange_tables),
        cmocka_unit_test(test_code_where_data_was),
        cmocka_unit_test(test_code_known_from_before),
        cmocka_unit_test(test_code_found_without_a_fetch),
        cmocka_unit_test(test_forbidden_after_it_was_quick),
        cmocka_unit_test(test_watched_after_it_was_quick),
        cmocka_unit_test(test_forbidden_where_nobody_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
