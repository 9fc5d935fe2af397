/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead loops (check/loop/), at their edges: a few bytes of code for each processor of a PVH guest in flat mode, run until they
 * are proved to loop for ever or the budget is spent. Interrupts are what tests/roms show.
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one), cmocka_unit_test(several), cmocka_unit_test(long_loops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
