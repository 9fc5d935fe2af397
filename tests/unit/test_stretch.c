/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stretch of a boot is taken over where all that it depends on is as it was, and nowhere else. */
#include "checks_kit.h"

#include "machine/demand.h"
#include "machine/pages.h"
#include "warm/stretch_parts.h"

#define CLEAN 0x3000000u
#define STACK 0x3002000u
#define TABLE 0x3004000u
#define PC 0x3006000u
#define AFTER 0x3006100u

static struct checks c;
static struct stretches *s;
static struct cpu_regs before;

static void put(uint64_t gpa, uint64_t value)
{
    pages_writing(&c.m.memory, (struct span){gpa, gpa + sizeof value});
    memcpy(c.m.memory.base + gpa, &value, sizeof value);
}

static uint64_t get(uint64_t gpa)
{
    uint64_t value;
    memcpy(&value, c.m.memory.base + gpa, sizeof value);
    return value;
}

/* As learn.c takes it down: a page that was only read, a stack that was read and written, and a table's entry. */
static void take_down(struct stretch *k)
{
    *k = (struct stretch){.in = before, .out = before, .blocks = 300, .instructions = 900, .nr_last = 1};
    k->in.rip = PC;
    k->out.rip = AFTER;
    k->out.gpr[CPU_RAX] = 0x1234;
    k->last[0] = PC + 8;
    k->bytes = malloc(2);
    k->read = calloc(1, sizeof *k->read);
    k->write = calloc(1, sizeof *k->write);
    k->clean = calloc(1, sizeof *k->clean);
    k->touched = calloc(1, sizeof *k->touched);
    k->entry = calloc(1, sizeof *k->entry);
    k->bytes[0] = 0x11;
    k->bytes[1] = 0x22;
    k->read[k->nr_read++] = (struct stretch_bytes){STACK + 8, 1, 0};
    k->write[k->nr_write++] = (struct stretch_bytes){STACK + 16, 1, 1};
    k->clean[k->nr_clean++] = CLEAN;
    k->touched[k->nr_touched++] = STACK;
    k->entry[k->nr_entries++] = (struct stretch_entry){TABLE, 0x800003};
}

static int set_up(void **state)
{
    (void)state;
    memset(&c, 0, sizeof c);
    guest_init(&c.t, GUEST_HVM, 1024, 0, AMPLE, 2);
    checks_start(&c, true);
    for (uint64_t gpa = CLEAN; gpa <= TABLE; gpa += PAGE_SIZE)
        assert_true(demand_touch(&c.m, gpa));
    assert_true(engine_keep(c.m.engine) && demand_keep(&c.m));
    put(STACK + 8, 0x11);
    put(TABLE, 0x800063); /* accessed and dirty */
    engine_regs(c.m.engine, &before);
    s = stretches_new(&c.m);
    take_down(&s->stretch[s->nr++]);
    s->learnt = true;
    s->phase = c.m.phase;
    assert_false(stretches_begin(s, true));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stretches_free(s);
    checks_exit(&c);
    return 0;
}

static void test_taken(void **state)
{
    (void)state;
    struct cpu_regs r;
    const uint64_t blocks = engine_blocks(c.m.engine), work = engine_instructions(c.m.engine);
    assert_true(stretches_offered(s, PC));
    stretches_take_over(s);
    engine_regs(c.m.engine, &r);
    assert_int_equal(r.rip, AFTER);
    assert_int_equal(r.gpr[CPU_RAX], 0x1234);
    assert_int_equal(get(STACK + 16), 0x22);
    assert_int_equal(get(STACK + 8), 0x11);
    assert_int_equal(engine_blocks(c.m.engine), blocks + 300);
    assert_int_equal(engine_instructions(c.m.engine), work + 900);
    assert_int_equal(engine_last_block(c.m.engine), PC + 8);
    assert_int_equal(stretches_spared(s), 300);
    assert_false(stretches_offered(s, PC)); /* RAX is another */
}

static void test_elsewhere(void **state)
{
    (void)state;
    assert_false(stretches_offered(s, PC + 1));
}

static void test_registers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        engine_set_reg(c.m.engine, i, before.gpr[i] ^ 1);
        assert_false(stretches_offered(s, PC));
        engine_set_reg(c.m.engine, i, before.gpr[i]);
    }
    struct cpu_regs *in = &s->stretch[0].in;
    uint64_t *const wide[] = {&in->rflags, &in->cr0, &in->cr3, &in->cr4, &in->efer};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        *wide[i] ^= 1u << 12;
        assert_false(stretches_offered(s, PC));
        *wide[i] ^= 1u << 12;
    }
    uint16_t *const selector[] = {&in->cs, &in->ss, &in->ds, &in->es, &in->fs, &in->gs};
    for (size_t i = 0; i < sizeof selector / sizeof selector[0]; i++) {
        *selector[i] ^= 8;
        assert_false(stretches_offered(s, PC));
        *selector[i] ^= 8;
    }
    assert_true(stretches_offered(s, PC));
}

static void test_memory(void **state)
{
    (void)state;
    put(STACK + 8, 0x10);
    assert_false(stretches_offered(s, PC)); /* it was read */
    put(STACK + 8, 0xff11);
    assert_true(stretches_offered(s, PC)); /* that byte alone */
    put(STACK + 16, 7);
    assert_true(stretches_offered(s, PC)); /* it is written over */
    put(CLEAN + 512, 0);
    assert_false(stretches_offered(s, PC)); /* nobody had written there */
}

static void test_tables(void **state)
{
    (void)state;
    put(TABLE, 0x800003);
    assert_true(stretches_offered(s, PC));
    put(TABLE, 0x800001);
    assert_false(stretches_offered(s, PC));
    put(TABLE, 0xa00003);
    assert_false(stretches_offered(s, PC));
}

static void test_pages(void **state)
{
    (void)state;
    static uint8_t other[PAGE_SIZE];
    s->stretch[0].touched[0] = 0x5000000; /* not of the beginning */
    assert_false(stretches_offered(s, PC));
    s->stretch[0].touched[0] = STACK;
    assert_true(memory_put(&c.m.memory, (struct span){CLEAN, CLEAN + PAGE_SIZE}, other, ALLOW_R, "Xen's"));
    assert_false(stretches_offered(s, PC));
}

static void test_time(void **state)
{
    (void)state;
    engine_slice(c.m.engine, 300);
    assert_false(stretches_offered(s, PC)); /* the slice is over behind its last block */
    engine_slice(c.m.engine, 301);
    assert_true(stretches_offered(s, PC));
    engine_slice(c.m.engine, 0);
    engine_deadline(c.m.engine, 1u << 20);
    assert_false(stretches_offered(s, PC));
    engine_deadline(c.m.engine, UINT64_MAX);
    assert_true(stretches_offered(s, PC));
    c.m.phase = PHASE_DXE;
    assert_false(stretches_offered(s, PC));
}

/* What Xen has put somewhere may have to be mapped first, and another processor's turn may fall into it. */
static void test_not_alone(void **state)
{
    (void)state;
    c.m.memory.nr_late = 1;
    assert_false(stretches_offered(s, PC));
    c.m.memory.nr_late = 0;
    assert_true(stretches_offered(s, PC));
    const unsigned nr = c.m.vcpus.nr;
    c.m.vcpus.nr = 2;
    c.m.vcpus.v[1].state = VCPU_UP;
    assert_false(stretches_offered(s, PC));
    c.m.vcpus.nr = nr;
}

static struct engine_edge told[8];
static size_t nr_told;
static void on_edge(void *self, uint64_t from, uint64_t to, uint64_t times)
{
    (void)self;
    told[nr_told++ % 8] = (struct engine_edge){from, to, times};
}

/* Coverage is as if it had run, and what it wrote comes back in the next boot. */
static void test_told(void **state)
{
    (void)state;
    struct stretch *k = &s->stretch[0];
    k->write[0].gpa = CLEAN + 8; /* where nobody has written yet */
    k->edge = calloc(1, sizeof *k->edge);
    k->edge[k->nr_edges++] = (struct engine_edge){PC, PC + 16, 5};
    k->last[1] = PC + 16;
    k->nr_last = 2;
    assert_false(pages_written_since(&c.m.memory, CLEAN));
    assert_true(stretches_offered(s, PC));
    engine_watch_edges(c.m.engine, on_edge, NULL);
    engine_begin_edges(c.m.engine, STACK);
    stretches_take_over(s);
    engine_count_more(c.m.engine, AFTER, 1);
    static const struct engine_edge expected[] = {{0, STACK, 1}, {STACK, PC, 1}, {PC, PC + 16, 5}, {PC + 16, AFTER, 1}};
    assert_int_equal(nr_told, 4);
    assert_memory_equal(told, expected, sizeof expected);
    assert_true(pages_written_since(&c.m.memory, CLEAN));
    assert_false(stretches_begin(s, true));
    assert_null(s->chosen);
}

/* Enough was tried. */
static void test_no_more_tries(void **state)
{
    (void)state;
    s->learnt = false;
    s->tries = TRIES_MAX;
    for (unsigned i = 0; i <= WATCHED_BOOT; i++)
        assert_false(stretches_begin(s, true));
}

static void test_not_wanted(void **state)
{
    (void)state;
    assert_false(stretches_begin(s, false));
    assert_false(stretches_offered(s, PC));
}

/* The 32nd boot is watched, until something is known; and again when that is of no use. */
static void test_watched(void **state)
{
    (void)state;
    s->learnt = false;
    for (unsigned i = 1; i < WATCHED_BOOT; i++)
        assert_false(stretches_begin(s, true));
    assert_true(stretches_begin(s, true));
    s->learnt = true;
    s->spared = 1;
    for (unsigned i = 0; i < MISSES_MAX; i++)
        assert_false(stretches_begin(s, true));
    assert_true(s->learnt);
    /* A boot that may take nothing over says nothing. */
    assert_false(stretches_begin(s, false));
    assert_true(s->learnt);
    assert_false(stretches_begin(s, true));
    assert_false(s->learnt);
    for (unsigned i = 0; i < 2 * WATCHED_BOOT; i++)
        assert_false(stretches_begin(s, false));
    for (unsigned i = 1; i < WATCHED_BOOT; i++)
        (void)stretches_begin(s, true);
    assert_int_equal(s->misses, 0);
}

#define ON_A_GUEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_GUEST(test_taken),         ON_A_GUEST(test_elsewhere),  ON_A_GUEST(test_registers),
        ON_A_GUEST(test_memory),        ON_A_GUEST(test_tables),     ON_A_GUEST(test_pages),
        ON_A_GUEST(test_time),          ON_A_GUEST(test_not_alone),  ON_A_GUEST(test_told),
        ON_A_GUEST(test_no_more_tries), ON_A_GUEST(test_not_wanted), ON_A_GUEST(test_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
