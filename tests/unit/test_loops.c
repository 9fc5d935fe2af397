/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops (check/loop/), at their edges: a few bytes of code for each processor of a PVH guest in flat mode, run until they
 * are proved to loop for ever or the budget is spent. With interrupts: test_loops_timer.c.
 */
#include "loops_kit.h"

static void run(const struct program *p, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        unsigned cpus = 0;
        uint8_t code[256];
        while (cpus < CPUS && p[i].code[cpus] != NULL)
            cpus++;
        start(cpus, cpus > 1 ? 3000000 : 1600000);
        for (unsigned k = 0; k < cpus; k++)
            assert_true(memory_write(&c->m.memory, PLACE(k), code, hex(p[i].code[k], code)));
        finish(&p[i]);
    }
}
#define RUN(...) \
    run((const struct program[]){__VA_ARGS__}, sizeof((const struct program[]){__VA_ARGS__}) / sizeof(struct program))

#define JUMP "eb fe"
#define COUNT "41 eb fd"                           /* inc ecx */
#define SAME "c7 05 00 00 00 05 44 33 22 11 eb f4" /* mov dword [DATA], 0x11223344 */
#define SAME_BYTE "c6 05 03 00 00 05 44 eb f7"     /* mov byte [DATA + 3], 0x44 */
#define CHANGES "f7 15 00 00 00 05 eb f8"          /* not dword [DATA] */
#define CHANGES_LAST "f6 15 07 00 00 05 eb f8"     /* not byte [DATA + 7] */
#define ASKS "ba 80 00 00 00 ec eb fd"             /* in al, 0x80 */
#define HIGH_FIRST                                                             \
    "eb 1e" /* to 20 */ " 90 90 90 90 90 90 90 90 90 90 90 90 90 90" /* 10: */ \
    " 90 90 eb 0c 90 90 90 90 90 90 90 90 90 90 90 90" /* 20: to 10 */ " 90 eb ed"
#define STOPS "f4"
#define WAITS "fb f4"

static void one(void **state)
{
    (void)state;
    RUN({"a jump", {JUMP}, true, CODE, "can never end"}, {"a count", {COUNT}, false, 0, NULL},
        {"the lowest block", {HIGH_FIRST}, true, CODE + 0x10, NULL}, {"the same is stored", {SAME}, true, CODE, NULL},
        {"the same byte", {SAME_BYTE}, true, CODE, NULL}, {"memory changes", {CHANGES}, false, 0, NULL},
        {"a byte changes", {CHANGES_LAST}, false, 0, NULL});
}

static void several(void **state)
{
    (void)state;
    RUN({"two", {JUMP, JUMP}, true, CODE, "1 other processor loops as well"},
        {"three", {JUMP, JUMP, JUMP}, true, CODE, "2 other processors loop as well"},
        {"one counts", {JUMP, COUNT}, false, 0, NULL}, {"the first counts", {COUNT, JUMP}, false, 0, NULL},
        {"the last counts", {JUMP, JUMP, COUNT}, false, 0, NULL},
        {"one stores the same", {JUMP, SAME}, true, CODE, NULL}, {"the first does", {SAME, JUMP}, true, CODE, NULL},
        {"one changes memory", {JUMP, CHANGES}, false, 0, NULL}, {"the first does", {CHANGES, JUMP}, false, 0, NULL},
        {"a byte", {JUMP, CHANGES_LAST}, false, 0, NULL}, {"one asks a device", {JUMP, ASKS}, false, 0, NULL},
        {"the lowest block", {HIGH_FIRST, JUMP}, true, CODE + 0x10, NULL},
        {"the first is stopped", {STOPS, JUMP, JUMP}, true, 0, "1 other processor loops as well"},
        {"the first waits", {WAITS, JUMP, JUMP}, true, 0, "1 other processor loops as well"},
        {"the first is stopped, one changes memory", {STOPS, JUMP, CHANGES}, false, 0, NULL});
}

/* As many blocks as are looked at, and one more. */
static void long_loops(void **state)
{
    (void)state;
    static uint8_t code[2 * 4200];
    for (unsigned blocks = 4095; blocks <= 4097; blocks++) {
        const struct program p = {"a long loop", {NULL}, blocks <= 4096, CODE, NULL};
        for (unsigned i = 0; i < blocks; i++) {
            code[2 * i] = 0xeb;
            code[2 * i + 1] = 0;
        }
        uint8_t *last = code + 2 * (size_t)(blocks - 1);
        last[0] = 0xe9; /* back to the first */
        put_le32(last + 1, (uint32_t) - (int32_t)(2 * (blocks - 1) + 5));
        start(1, 1600000);
        assert_true(memory_write(&c->m.memory, CODE, code, 2 * (size_t)blocks + 3));
        finish(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one), cmocka_unit_test(several), cmocka_unit_test(long_loops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
