/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan says of some memory, and whether another says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/footprint.h"

#define TOP 0x40000u
#define SPANS 5
#define ANOTHER "memory that firmware uses before it looks at the layout is another here"
#define CONTENT "firmware looks at memory whose content is another here, early"

struct part {
    struct span at;
    enum plan_kind kind;
    enum plan_class cls;
    const char *bytes;
};

static void make(struct plan *p, const struct part *part, size_t nr)
{
    struct diag d = {0};
    plan_init(p, TOP);
    for (size_t i = 0; i < nr; i++)
        assert_non_null(plan_put(p, part[i].at, part[i].kind, part[i].cls, "part", part[i].bytes,
                                 part[i].bytes != NULL ? strlen(part[i].bytes) : 0, &d));
    assert_true(plan_seal(p, &d));
}

static const struct part usual[] = {
    {{0, 0x30000}, PLAN_RAM, CLASS_FREE, NULL},
    {{0x2000, 0x3000}, PLAN_RAM, CLASS_LIVE, "info"},
    {{0x8000, 0x9000}, PLAN_RAM, CLASS_RESERVED, NULL},
    {{0x20000, 0x30000}, PLAN_RAM, CLASS_IMAGE, "the image"},
};
#define USUAL (sizeof usual / sizeof usual[0])

/* In order, as a machine adds them, with what was never touched in between. */
static const struct span touched[SPANS] = {
    {0, 0x1000}, {0x2000, 0x2800}, {0x2800, 0x8800}, {0xA000, 0xB000}, {0x20000, 0x30000}};

static void print(struct footprint *f, const struct plan *p, bool upwards)
{
    *f = (struct footprint){.nr = 0};
    for (size_t i = 0; i < SPANS; i++)
        assert_true(footprint_add(f, p, touched[upwards ? i : SPANS - 1 - i]));
}

static bool never(const void *self, struct span at)
{
    (void)self;
    (void)at;
    return false;
}

static void says(const struct part *more, uint64_t fill, bool strict, const char *why)
{
    struct part part[USUAL + 1];
    struct plan was, is;
    struct footprint f;
    const struct footprint_use use = {PHASE_PEI, fill, strict ? NULL : never, NULL};
    memcpy(part, usual, sizeof usual);
    part[USUAL] = *more;
    make(&was, usual, USUAL);
    make(&is, part, USUAL + 1);
    for (unsigned upwards = 0; upwards < 2; upwards++) { /* the order is only a matter of time */
        print(&f, &was, upwards);
        assert_null(footprint_unlike(&f, &was, &use));
        const char *const found = footprint_unlike(&f, &is, &use);
        if (why == NULL)
            assert_null(found);
        else
            assert_string_equal(found, why);
        footprint_free(&f);
    }
    plan_exit(&was);
    plan_exit(&is);
}

static void only_what_was_touched(void **state)
{
    (void)state;
    for (uint64_t gpa = 0; gpa < TOP; gpa += 0x400) {
        bool inside = false;
        for (size_t i = 0; i < SPANS; i++)
            inside |= span_has(touched[i], gpa);
        says(&(struct part){{gpa, gpa + 0x400}, PLAN_HOLE, CLASS_HOLE, NULL}, 0, true, inside ? ANOTHER : NULL);
    }
}

static void what_it_holds(void **state)
{
    (void)state;
    says(&(struct part){{0x2000, 0x3000}, PLAN_RAM, CLASS_LIVE, "info"}, 0, true, NULL);
    says(&(struct part){{0x2000, 0x3000}, PLAN_RAM, CLASS_LIVE, "INFO"}, 0, true, CONTENT);
    says(&(struct part){{0x2000, 0x3000}, PLAN_RAM, CLASS_LIVE, "information"}, 0, true, CONTENT);
    says(&(struct part){{0x9000, 0xA000}, PLAN_RAM, CLASS_LIVE, "info"}, 0, true, NULL);
    says(&(struct part){{0xA400, 0xA800}, PLAN_RAM, CLASS_FREE, "info"}, 0, true, CONTENT);
}

static void what_it_is_for(void **state)
{
    (void)state;
    const struct part live = {{0xA400, 0xA800}, PLAN_RAM, CLASS_LIVE, NULL},
                      reserved = {{0xA400, 0xA800}, PLAN_RAM, CLASS_RESERVED, NULL},
                      free_now = {{0x8000, 0x9000}, PLAN_RAM, CLASS_FREE, NULL};
    says(&live, 0, true, ANOTHER);
    says(&reserved, 0, false, ANOTHER); /* less is allowed */
    says(&free_now, 0, true, ANOTHER);
    says(&free_now, 0, false, NULL);
    says(&free_now, 1, false, CONTENT); /* there is a pattern there now */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_was_touched),
        cmocka_unit_test(what_it_holds),
        cmocka_unit_test(what_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
