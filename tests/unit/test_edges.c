/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which block came after which: in code that is remembered it is counted by itself, and must be what a spy sees block by block. */
#include "engine_kit.h"

#define TABLE 0x200000u
#define WAYS_OUT 8u
#define FUNCTION 0x210000u
#define OUT(i) (0x211000u + 32 * (i))

/* Order and parts do not matter: a sum over all edges that no other set of them is likely to have. */
struct sum {
    uint64_t times, mixed;
    uint64_t last; /* of the spy */
};

static void add(void *self, uint64_t from, uint64_t to, uint64_t times)
{
    struct sum *s = self;
    uint64_t h = (from * 0x9E3779B97F4A7C15ULL) ^ (to + 0x632BE59BD9B4E019ULL);
    h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9ULL;
    s->times += times;
    s->mixed += times * (h ^ h >> 32);
}

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct sum *s = self;
    (void)size;
    add(s, s->last, pc, 1);
    s->last = pc;
}

static void jump(struct bed *b, uint32_t at, uint8_t op, uint32_t to)
{
    const uint32_t rel = to - (at + 5);
    b->memory.base[at] = op;
    put_le32(b->memory.base + at + 1, rel);
}

/* A loop of 3,000 turns whose way out is another each time; four of them call one function, one fills memory by REP STOSB. */
static void lay_dice(struct bed *b)
{
    static const uint8_t turn[] = {0xb9, 0xb8, 0x0b, 0x00, 0x00,              /* mov ecx, 3000 */
                                   0x69, 0xc0, 0x6d, 0x4e, 0xc6, 0x41,        /* imul eax, eax, 0x41c64e6d */
                                   0x05, 0x39, 0x30, 0x00, 0x00,              /* add eax, 0x3039 */
                                   0x89, 0xc3, 0xc1, 0xeb, 0x0d,              /* mov ebx, eax; shr ebx, 13 */
                                   0x83, 0xe3, 0x07,                          /* and ebx, 7 */
                                   0xff, 0x24, 0x9d, 0x00, 0x00, 0x20, 0x00,  /* jmp [TABLE + 4 * ebx] */
                                   0x49, 0x75, 0xe3, 0xf4};                   /* dec ecx; jnz; hlt */
    static const uint8_t stosb[] = {0x51, 0xb9, 0x40, 0x00, 0x00, 0x00, 0xbf, /* push ecx; mov ecx, 64; mov edi, DATA */
                                    0x00, 0x00, 0x30, 0x00, 0xf3, 0xaa, 0x59}; /* rep stosb; pop ecx */
    const uint32_t back = START + sizeof turn - 4;
    put(b, START, turn, sizeof turn);
    put(b, FUNCTION, (const uint8_t[]){0x90, 0xc3}, 2);
    for (uint32_t i = 0; i < WAYS_OUT; i++) {
        uint32_t at = OUT(i);
        put_le32(b->memory.base + TABLE + (size_t)i * 4, at);
        if (i == WAYS_OUT - 2) {
            put(b, at, stosb, sizeof stosb);
            at += sizeof stosb;
        } else if (i % 2 == 1) {
            jump(b, at, 0xe8, FUNCTION);
            at += 5;
        }
        jump(b, at, 0xe9, back);
    }
}

#define CHAIN 20000u

/* So many blocks that there is no room for them at first, three times. */
static void lay_chain(struct bed *b)
{
    static const uint8_t head[] = {0xb9, 0x03, 0x00, 0x00, 0x00, 0xeb, 0x00}; /* mov ecx, 3; jmp */
    uint32_t at = START + sizeof head;
    put(b, START, head, sizeof head);
    for (unsigned i = 0; i < CHAIN; i++, at += 2)
        put(b, at, (const uint8_t[]){0xeb, 0x00}, 2);
    put(b, at, (const uint8_t[]){0x49, 0x0f, 0x85}, 3); /* dec ecx; jnz */
    put_le32(b->memory.base + at + 3, START + (uint32_t)sizeof head - (at + 7));
    b->memory.base[at + 7] = 0xf4;
}

static struct sum seen_by_spy(void (*lay)(struct bed *b))
{
    static const struct engine_spy spy = {.block = on_block};
    struct sum s = {0};
    struct bed b;
    start(&b, false, (const uint8_t[]){0xf4}, 1, 0, 0);
    lay(&b);
    engine_spy(b.e, &spy, &s);
    assert_int_equal(engine_run(b.e), ENGINE_HALTED);
    assert_int_equal(s.times, engine_blocks(b.e));
    stop(&b);
    return s;
}

static void check_runs(void (*lay)(struct bed *b))
{
    const struct sum spied = seen_by_spy(lay);
    struct bed b;
    start(&b, true, (const uint8_t[]){0xf4}, 1, 0, 0);
    lay(&b);
    for (unsigned run = 0; run < 4; run++) {
        struct sum s = {0};
        engine_watch_edges(b.e, add, &s);
        assert_int_equal(engine_run(b.e), ENGINE_HALTED);
        if (run != 2) { /* what nobody has asked for is not told of the next run */
            engine_tell_edges(b.e);
            assert_int_equal(s.times, spied.times);
            assert_int_equal(s.mixed, spied.mixed);
        }
        engine_tell_edges(b.e); /* once is enough */
        assert_true(s.times == spied.times || run == 2);
        assert_true(engine_go_back(b.e));
    }
    stop(&b);
}

static void test_as_a_spy_sees_them(void **state)
{
    (void)state;
    check_runs(lay_dice);
}

static void test_more_blocks_than_there_was_room_for(void **state)
{
    (void)state;
    check_runs(lay_chain);
}

static void expect(struct bed *b, const struct sum *got, const struct engine_edge *edge, size_t nr)
{
    struct sum s = {0};
    for (size_t i = 0; i < nr; i++)
        add(&s, edge[i].from, edge[i].to, edge[i].times);
    engine_tell_edges(b->e);
    assert_int_equal(got->times, s.times);
    assert_int_equal(got->mixed, s.mixed);
}

#define EXPECT(b, got, ...)                                      \
    do {                                                         \
        static const struct engine_edge edges[] = {__VA_ARGS__}; \
        expect(b, got, edges, sizeof edges / sizeof edges[0]);   \
    } while (0)

/* What ran without the engine, of blocks that it remembers and that it does not. */
static void test_what_others_ran(void **state)
{
    (void)state;
    static const uint64_t last[] = {OUT(2), OUT(4)};
    static const struct engine_edge inner[] = {{FUNCTION, OUT(2), 1}, {OUT(2), OUT(4), 7}};
    const struct engine_done done = {
        .blocks = 9, .instructions = 20, .first = FUNCTION, .last = last, .nr_last = 2, .edge = inner, .nr_edges = 2};
    struct bed b;
    struct sum s = {0};
    start(&b, true, (const uint8_t[]){0xf4}, 1, 0, 0);
    lay_dice(&b);
    engine_watch_edges(b.e, add, &s);
    assert_int_equal(engine_run(b.e), ENGINE_HALTED);
    engine_tell_edges(b.e);

    s = (struct sum){0};
    engine_begin_edges(b.e, FUNCTION);
    EXPECT(&b, &s, {0, FUNCTION, 1});
    engine_count_more(b.e, OUT(0), 5);
    EXPECT(&b, &s, {0, FUNCTION, 1}, {FUNCTION, OUT(0), 1}, {OUT(0), OUT(0), 4});
    const uint64_t blocks = engine_blocks(b.e), work = engine_instructions(b.e);
    engine_count_blocks(b.e, &done);
    assert_int_equal(engine_blocks(b.e), blocks + 9);
    assert_int_equal(engine_instructions(b.e), work + 20);
    assert_int_equal(engine_last_block(b.e), OUT(4));
    engine_count_more(b.e, 0x12345, 3); /* nobody knows it */
    engine_count_more(b.e, OUT(1), UINT64_MAX - 8);
    EXPECT(&b, &s, {0, FUNCTION, 1}, {FUNCTION, OUT(0), 1}, {OUT(0), OUT(0), 4}, {OUT(0), FUNCTION, 1},
           {FUNCTION, OUT(2), 1}, {OUT(2), OUT(4), 7}, {OUT(4), 0x12345, 1}, {0x12345, 0x12345, 2},
           {0x12345, OUT(1), 1}, {OUT(1), OUT(1), UINT64_MAX - 9});
    engine_watch_edges(b.e, NULL, NULL);
    engine_count_more(b.e, OUT(3), 2);
    engine_tell_edges(b.e);
    stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_a_spy_sees_them),
        cmocka_unit_test(test_more_blocks_than_there_was_room_for),
        cmocka_unit_test(test_what_others_ran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
