/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each phase may write to, as the engine enforces it: the first byte and the last of each range of RAM. */
#include "loops_kit.h"

/* mov byte [gpa], 0 for each; jmp $ */
static void stores(enum phase phase, bool loader)
{
    static uint8_t code[0x4000];
    uint64_t at[512];
    bool may[512];
    size_t n = 0, nr = 0;
    memset(c, 0, sizeof *c);
    guest_init(&c->t, GUEST_PVH, 256, 0, AMPLE, 2);
    checks_start(c, false);
    if (loader) { /* to whom all is given, until the firmware is entered */
        struct diag d = {0};
        machine_exit(&c->m);
        assert_true(machine_init(&c->m, &c->t.l, &c->t.g, &c->plan, &c->entry, true, true, &d));
        monitor_init(&c->mon, &c->m, &c->mon.options, &c->v);
        assert_true(machine_firmware_entered(&c->m));
    }
    c->mon.options.budget = 1600000;
    *verdict_add_module(&c->v) = (struct module){.name = "Stores", .base = CODE, .size = sizeof code};
    for (enum phase p = PHASE_SEC; p <= phase; p++)
        assert_true(machine_enter_phase(&c->m, p));
    for (size_t i = 0; i < c->plan.nr; i++) {
        const struct plan_range *r = &c->plan.r[i];
        if (r->kind != PLAN_RAM || span_size(r->at) < 2 || r->at.end > 4 * GIB)
            continue;
        if ((r->at.start != 0 && r->at.start < PAGE_SIZE) || r->cls == CLASS_IMAGE) /* are told of otherwise */
            continue;
        for (unsigned k = 0; k < (r->at.start == 0 ? 1u : 2u) && nr < 512; k++, nr++) {
            at[nr] = k == 0 ? r->at.start : r->at.end - 1;
            may[nr] = (r->allow[phase] & ALLOW_W) != 0;
            n += hex("c605", code + n);
            put_le32(code + n, (uint32_t)at[nr]);
            code[n + 4] = 0;
            n += 5;
        }
    }
    n += hex("ebfe", code + n);
    assert_true(memory_write(&c->m.memory, CODE, code, n));
    engine_enter(c->m.engine, &c->entry);
    engine_jump(c->m.engine, CODE);
    monitor_run(&c->mon);
    for (size_t i = 0; i < nr; i++) {
        bool told = false;
        for (size_t k = 0; k < c->v.findings.nr; k++)
            told = told || (c->v.findings.f[k].gpa == at[i] && c->v.findings.f[k].rule != RULE_DEAD_LOOP);
        if (told == may[i])
            fail_msg("phase %s: a store to %#llx is %stold of", phase_name(phase), (unsigned long long)at[i],
                     told ? "" : "not ");
    }
    assert_true(nr >= 20 && c->v.findings.nr > 1);
    checks_exit(c);
}

static void rights(void **state)
{
    (void)state;
    for (enum phase p = PHASE_SEC; p < PHASE_COUNT; p++) {
        stores(p, false);
        stores(p, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
