/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops (check/loop/), at their edges: a few bytes of code for each processor of a PVH guest in flat mode, run until they
 * are proved to loop for ever or the budget is spent, with and without a timer that interrupts them.
 */
#include "checks_kit.h"

#include "check/internal.h"

#define CODE 0x900000u
#define DATA 0x5000000u
#define PLACE(cpu) (CODE + 0x10000u * (cpu))
#define CPUS 3u

struct program {
    const char *what;
    const char *code[CPUS]; /* as hex digits; NULL: not that many processors */
    bool dead;
    uint64_t at;      /* where the finding is; 0: anywhere */
    const char *says; /* NULL: anything */
};

static struct checks kit;
static struct checks *const c = &kit;

static size_t hex(const char *text, uint8_t *out)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        if (*text != ' ') {
            const char digits[] = {text[0], text[1], '\0'};
            out[n++] = (uint8_t)strtoul(digits, NULL, 16);
            text++;
        }
    return n;
}

static void start(unsigned cpus, uint64_t budget)
{
    memset(c, 0, sizeof *c);
    guest_init(&c->t, GUEST_PVH, 256, 0, AMPLE, 2);
    c->t.l.vcpus = cpus;
    checks_start(c, false);
    c->mon.options.budget = budget;
    *verdict_add_module(&c->v) = (struct module){.name = "Loops", .base = CODE, .size = CPUS * 0x10000};
    for (unsigned i = 1; i < cpus; i++) {
        struct cpu_entry entry = c->entry;
        entry.eip = PLACE(i);
        vcpus_prepare(&c->m.vcpus, i, &entry);
        vcpus_up(&c->m.vcpus, i);
    }
    if (cpus > 1)
        engine_slice(c->m.engine, 4096); /* as where one of them has started the others */
    engine_jump(c->m.engine, CODE);
}

static void finish(const struct program *p)
{
    const struct finding *f = NULL;
    monitor_run(&c->mon);
    for (size_t i = 0; i < c->v.findings.nr; i++)
        if (c->v.findings.f[i].rule == RULE_DEAD_LOOP)
            f = &c->v.findings.f[i];
    if ((f != NULL) != p->dead)
        fail_msg("%s: %sdead: %s", p->what, p->dead ? "not " : "", f != NULL ? f->text : c->v.detail);
    if (c->v.ending != (p->dead ? END_FINDING : END_BUDGET))
        fail_msg("%s: ending %s: %s", p->what, ending_name(c->v.ending), c->v.detail);
    if (f != NULL && p->at != 0 && (f->gpa != p->at || f->gva != p->at || f->at.gva != p->at))
        fail_msg("%s: at %#llx", p->what, (unsigned long long)f->gpa);
    if (f != NULL && p->says != NULL && strstr(f->text, p->says) == NULL)
        fail_msg("%s: %s", p->what, f->text);
    checks_exit(c);
}

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

/* One processor whose local APIC's timer interrupts it. Bus cycles are of 10 ns. */
#define SETUP                                                                          \
    "0f011500100005"                       /* lgdt [DATA + 0x1000] */                  \
    "0f011d08100005"                       /* lidt [DATA + 0x1008] */                  \
    "ea1500900008 00"                      /* jmp 8:next */                            \
    "b810000000 8ed8 8ec0 8ed0 bc00000105" /* next: ds, es, ss; esp, DATA + 0x10000 */ \
    "c705f000e0feff010000"                 /* the local APIC on */                     \
    "c705e003e0fe0b000000"                 /* divided by 1 */                          \
    "a110100005 a32003e0fe"                /* its LVT entry: DATA + 0x1010 */          \
    "a114100005 a38003e0fe"                /* its count: DATA + 0x1014 */              \
    "31c0 e9ac000000"                      /* xor eax, eax; jmp LOOP */
#define LOOP (CODE + 0x100)
#define HANDLER (CODE + 0x200)
#define VECTOR 0x40u
#define PERIODIC 0x20040u
#define ONCE 0x40u
#define MS10 1000000u
#define RETURN "c705b000e0fe00000000 cf" /* mov dword [EOI], 0; iretd */

struct ticking {
    const char *what, *loop, *handler;
    uint32_t lvt, count;
    bool dead;
    const char *says;
};

static void with_timer(const struct ticking *p)
{
    uint8_t code[256], gate[8];
    start(1, 3000000);
    struct memory *mem = &c->m.memory;
    assert_true(memory_write(mem, CODE, code, hex(SETUP, code)));
    assert_true(memory_write(mem, LOOP, code, hex(p->loop, code)));
    size_t n = hex(p->handler, code);
    n += hex(RETURN, code + n);
    assert_true(memory_write(mem, HANDLER, code, n));
    static const uint8_t gdt[24] = {[8] = 0xFF, 0xFF, 0, 0, 0, 0x9B, 0xCF, 0, 0xFF, 0xFF, 0, 0, 0, 0x93, 0xCF, 0};
    assert_true(memory_write(mem, DATA + 0x1100, gdt, sizeof gdt));
    put_le32(gate, (HANDLER & 0xFFFF) | 8u << 16);
    put_le32(gate + 4, (HANDLER & 0xFFFF0000) | 0x8E00);
    assert_true(memory_write(mem, DATA + 0x1200 + 8 * VECTOR, gate, sizeof gate));
    checks_poke(c, DATA + 0x1000, (DATA + 0x1100) << 16 | 23);
    checks_poke(c, DATA + 0x1004, (DATA + 0x1100) >> 16);
    checks_poke(c, DATA + 0x1008, (DATA + 0x1200) << 16 | 0x7FF);
    checks_poke(c, DATA + 0x100C, (DATA + 0x1200) >> 16);
    checks_poke(c, DATA + 0x1010, p->lvt);
    checks_poke(c, DATA + 0x1014, p->count);
    finish(&(struct program){p->what, {NULL}, p->dead, 0, p->says});
}

#define ON_FLAG "fb 833d0000000555 75f7" /* sti; until [DATA] is 0x55 */
#define TICKS "ff0500010005"             /* inc dword [DATA + 0x100] */
#define TICKS_WORD "ff0508000005"        /* inc dword [DATA + 8] */
#define FLAG_AT_300 TICKS "813d00010005 2c010000 750a c7050000000555000000"
/* Of ecx words from DATA + 8 on, each twice: mov ecx, n; mov eax, [DATA + ecx * 8]; again; loop; xor eax, eax; jmp */
#define WORDS(n) "fb b9" n "000000 8b04cd00000005 8b04cd00000005 e2f0 31c0 ebe7"

static void interrupted(void **state)
{
    (void)state;
    static const struct ticking t[] = {
        {"nothing changes", "fb ebfe", TICKS, PERIODIC, MS10, true, "6001 interrupts in 60 s"},
        {"a flag that nobody sets", ON_FLAG, TICKS, PERIODIC, MS10, true, "6001 interrupts in 60 s"},
        {"a flag that is set", ON_FLAG " 41 ebfd", FLAG_AT_300, PERIODIC, MS10, false, NULL},
        {"the last timer has run out", ON_FLAG, TICKS, ONCE, 20 * MS10, true, "can never end"},
        {"interrupts are off", "fa ebfe", TICKS, PERIODIC, MS10, true, "can never end"},
        {"interrupts are off for most of it", "fb 90 90 fa 833d0000000555 75f3", TICKS, PERIODIC, MS10, true,
         "does not end"},
        {"it goes on elsewhere", "fb ebfe 41 ebfd", "830424 02", PERIODIC, MS10, false, NULL},
        {"a register changes", "fb ebfe", "40", PERIODIC, MS10, false, NULL},
        {"it asks a device", "fb 66ba8000 ec ebfd", TICKS, PERIODIC, MS10, true, "a device that does not answer; "},
        {"it stores the same", "fb c7050000000500000000 ebf4", TICKS, PERIODIC, MS10, true, "does not end"},
        {"it changes memory", "fb f71500000005 ebf8", TICKS, PERIODIC, MS10, false, NULL},
        {"what it loads changes", "fb a108000005 31c0 ebf7", TICKS_WORD, PERIODIC, MS10, false, NULL},
        {"the end of what it loads changes", "fb a106000005 31c0 ebf7", TICKS_WORD, PERIODIC, MS10, false, NULL},
        {"what is behind it changes", "fb a104000005 31c0 ebf7", TICKS_WORD, PERIODIC, MS10, true, "does not end"},
        {"the second that it loads changes", "fb a100000005 a108000005 31c0 ebf2", TICKS_WORD, PERIODIC, MS10, false,
         NULL},
        {"the first that it loads changes", "fb a108000005 a110000005 31c0 ebf2", TICKS_WORD, PERIODIC, MS10, false,
         NULL},
        {"the 32nd of 64 words changes", WORDS("40"), TICKS, PERIODIC, MS10, false, NULL},
        {"it loads 31 words", WORDS("1f"), TICKS, PERIODIC, MS10, true, "does not end"},
        {"it loads 65 words", WORDS("41"), "", PERIODIC, MS10, false, NULL},
        {"it loads 64 words", WORDS("40"), "", PERIODIC, MS10, true, "does not end"},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        with_timer(&t[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one), cmocka_unit_test(several), cmocka_unit_test(long_loops),
                                       cmocka_unit_test(interrupted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
