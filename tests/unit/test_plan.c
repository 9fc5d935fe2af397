/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout/plan.h"

static struct plan_range *put(struct plan *p, uint64_t start, uint64_t end, enum plan_kind kind, enum plan_class cls,
                              const void *bytes, size_t n)
{
    struct diag d = {0};
    struct plan_range *r = plan_put(p, (struct span){start, end}, kind, cls, plan_class_name(cls), bytes, n, &d);
    if (r == NULL)
        fail_msg("%s", d.message);
    return r;
}

static void seal(struct plan *p)
{
    struct diag d = {0};
    if (!plan_seal(p, &d))
        fail_msg("%s", d.message);
}

static void rights(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum plan_class c;
        uint8_t allow[PHASE_COUNT];
    } want[] = {
        {"free", CLASS_FREE, {7, 7, 7, 7}},         {"null", CLASS_NULL, {4, 4, 4, 4}},
        {"live", CLASS_LIVE, {1, 1, 7, 7}},         {"preserved", CLASS_PRESERVED, {1, 1, 1, 1}},
        {"reserved", CLASS_RESERVED, {0, 0, 0, 0}}, {"image", CLASS_IMAGE, {5, 5, 5, 5}},
        {"device", CLASS_DEVICE, {3, 3, 3, 3}},     {"hole", CLASS_HOLE, {0, 0, 0, 0}},
    };
    assert_int_equal(sizeof want / sizeof want[0], CLASS_COUNT);
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        uint8_t got[PHASE_COUNT];
        plan_class_rights(want[i].c, got);
        assert_memory_equal(got, want[i].allow, PHASE_COUNT);
        assert_string_equal(plan_class_name(want[i].c), want[i].name);
    }
    assert_string_equal(phase_name(PHASE_MEMORY), "PEI-mem");
}

static void refuses(void **state)
{
    (void)state;
    struct plan p;
    struct diag d;
    static const uint8_t byte[2] = {1, 2};
    static const struct {
        struct span at;
        size_t nbytes;
        const char *why;
    } bad[] = {
        {{5, 5}, 0, "no range"},         {{6, 5}, 0, "no range"},
        {{0xf000, 0x10001}, 0, "above"}, {{UINT64_MAX - 1, 1}, 0, "no range"},
        {{5, 6}, 2, "larger"},
    };
    plan_init(&p, 0x10000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(plan_put(&p, bad[i].at, PLAN_RAM, CLASS_FREE, "x", byte, bad[i].nbytes, &d));
        assert_non_null(strstr(d.message, bad[i].why));
    }
    assert_null(plan_find(&p, 0)); /* not sealed */
    seal(&p);
    assert_null(plan_put(&p, (struct span){0, 1}, PLAN_RAM, CLASS_FREE, "x", NULL, 0, NULL));
    assert_false(plan_seal(&p, NULL));
    assert_int_equal(p.nr, 1);
    assert_int_equal(plan_find(&p, 0xffff)->kind, PLAN_HOLE);
    assert_null(plan_find(&p, 0x10000));
    plan_exit(&p);
    plan_exit(&p); /* twice is fine */
}

static void no_addresses(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p, 0);
    seal(&p);
    assert_int_equal(p.nr, 0);
    assert_null(plan_find(&p, 0));
    plan_exit(&p);
}

/* A rule over content keeps the content; a hole between the two does not. */
static void content_under_rule(void **state)
{
    (void)state;
    struct plan p;
    uint8_t bytes[0x30];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    plan_init(&p, 0x10000);
    put(&p, 0, 0x8000, PLAN_RAM, CLASS_FREE, NULL, 0);
    put(&p, 0x1000, 0x1100, PLAN_RAM, CLASS_FREE, bytes, sizeof bytes);
    memset(bytes, 0xEE, sizeof bytes); /* the plan has its own copy */
    struct plan_range *r = put(&p, 0x1010, 0x1080, PLAN_RAM, CLASS_LIVE, NULL, 0);
    r->allow[PHASE_SEC] = ALLOW_W;
    put(&p, 0x1090, 0x10a0, PLAN_HOLE, CLASS_HOLE, NULL, 0);
    put(&p, 0x1098, 0x10a8, PLAN_RAM, CLASS_FREE, NULL, 0);
    seal(&p);

    const struct plan_range *f = plan_find(&p, 0x1000);
    assert_int_equal(f->at.end, 0x1010);
    assert_int_equal(f->nbytes, 0x10);
    f = plan_find(&p, 0x107f);
    assert_int_equal(f->at.start, 0x1010);
    assert_int_equal(f->cls, CLASS_LIVE);
    assert_int_equal(f->allow[PHASE_SEC], ALLOW_W);
    assert_int_equal(f->nbytes, 0x20); /* to the end of the content */
    assert_int_equal(f->bytes[0], 0x10);
    assert_int_equal(f->bytes[0x1f], 0x2f);
    f = plan_find(&p, 0x1080);
    assert_int_equal(f->at.end, 0x1090);
    assert_non_null(f->bytes); /* content whose given bytes are used up: zero, not fill */
    assert_int_equal(f->nbytes, 0);
    assert_null(plan_find(&p, 0x1090)->bytes);
    f = plan_find(&p, 0x1098);
    assert_int_equal(f->at.end, 0x10a0);
    assert_null(f->bytes);
    assert_non_null(plan_find(&p, 0x10a0)->bytes);
    assert_null(plan_find(&p, 0x1100)->bytes);
    assert_int_equal(p.r[p.nr - 1].at.start, 0x8000);
    assert_int_equal(p.r[p.nr - 1].cls, CLASS_HOLE);
    plan_exit(&p);
}

/* Random layers against an array that says for every byte who owns it and what it holds. */
#define TOP 256
#define FILL (-1)
struct cell {
    int layer; /* index, -1: nobody */
    enum plan_kind kind;
    int value;   /* FILL, or a byte */
    int content; /* index of the layer that the byte is from, -1: none */
};

static uint32_t next_random(uint32_t *s)
{
    *s = *s * 1664525 + 1013904223;
    return *s >> 8;
}

static void paint(struct cell *map, struct span at, int layer, enum plan_kind kind, const uint8_t *bytes, size_t n)
{
    for (uint64_t a = at.start; a < at.end; a++) {
        struct cell *c = &map[a];
        if (bytes != NULL) {
            c->value = a - at.start < n ? bytes[a - at.start] : 0;
            c->content = layer;
        } else if (kind != PLAN_RAM || c->kind != PLAN_RAM) {
            c->value = FILL;
            c->content = -1;
        }
        c->layer = layer;
        c->kind = kind;
    }
}

static void compare(const struct plan *p, const struct cell *map, const char *owners)
{
    uint64_t at = 0;
    for (size_t i = 0; i < p->nr; i++) {
        const struct plan_range *r = &p->r[i];
        assert_int_equal(r->at.start, at); /* sorted, disjoint, without gaps */
        assert_true(r->at.end > r->at.start);
        assert_true(r->nbytes <= span_size(r->at));
        at = r->at.end;
    }
    assert_int_equal(at, TOP);
    for (uint64_t a = 0; a < TOP; a++) {
        const struct plan_range *r = plan_find(p, a);
        uint64_t offset = a - r->at.start;
        assert_true(span_has(r->at, a));
        assert_int_equal(r->kind, map[a].kind);
        if (map[a].layer >= 0)
            assert_ptr_equal(r->owner, &owners[map[a].layer]);
        else
            assert_int_equal(r->cls, CLASS_HOLE);
        int value = r->bytes == NULL ? FILL : offset < r->nbytes ? r->bytes[offset] : 0;
        assert_int_equal(value, map[a].value);
        const bool cut = a == 0 || map[a - 1].layer != map[a].layer || map[a - 1].content != map[a].content;
        assert_int_equal(a == r->at.start, cut);
    }
}

static void random_layers(void **state)
{
    (void)state;
    static const char owners[256]; /* addresses only */
    uint32_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        struct plan p;
        struct cell map[TOP];
        for (size_t i = 0; i < TOP; i++)
            map[i] = (struct cell){.layer = -1, .kind = PLAN_HOLE, .value = FILL, .content = -1};
        plan_init(&p, TOP);
        int layers = (int)(next_random(&seed) % (round % 8 == 0 ? 256 : 40));
        for (int i = 0; i < layers; i++) {
            uint64_t start = next_random(&seed) % TOP;
            uint64_t end = start + 1 + next_random(&seed) % (round % 2 ? 8 : TOP);
            struct span at = {start, end > TOP ? TOP : end};
            enum plan_kind kind = next_random(&seed) % 4 > 1 ? PLAN_RAM
                                  : next_random(&seed) % 2   ? PLAN_HOLE
                                                             : PLAN_DEVICE;
            uint8_t bytes[TOP];
            for (size_t j = 0; j < TOP; j++)
                bytes[j] = (uint8_t)next_random(&seed);
            bool content = next_random(&seed) % 2 != 0; /* of any kind, though only RAM hands it up */
            size_t n = content ? next_random(&seed) % (span_size(at) + 1) : 0;
            assert_non_null(plan_put(&p, at, kind, (enum plan_class)(next_random(&seed) % CLASS_COUNT), &owners[i],
                                     content ? bytes : NULL, n, NULL));
            paint(map, at, i, kind, content ? bytes : NULL, n);
        }
        seal(&p);
        compare(&p, map, owners);
        plan_exit(&p);
    }
}

static void write_table(void **state)
{
    (void)state;
    struct plan p;
    char *text = NULL;
    size_t n = 0;
    plan_init(&p, 1ULL << 32);
    put(&p, 0, 0xa0000, PLAN_RAM, CLASS_FREE, NULL, 0);
    put(&p, 0x1000, 0x1028, PLAN_RAM, CLASS_LIVE, NULL, 0);
    put(&p, 0xfee00000, 0xfee01000, PLAN_DEVICE, CLASS_DEVICE, NULL, 0);
    seal(&p);
    FILE *f = open_memstream(&text, &n);
    plan_write(&p, f);
    fclose(f);
    assert_string_equal(
        text,
        "start         end                     size  kind    class     SEC     PEI     PEI-mem DXE     owner\n"
        "000000000000  000000001000           4 KiB  ram     free      rwx     rwx     rwx     rwx     free\n"
        "000000001000  000000001028          40 B    ram     live      r--     r--     rwx     rwx     live\n"
        "000000001028  0000000a0000      651224 B    ram     free      rwx     rwx     rwx     rwx     free\n"
        "0000000a0000  0000fee00000     4175232 KiB  -       hole      ---     ---     ---     ---     nothing\n"
        "0000fee00000  0000fee01000           4 KiB  device  device    rw-     rw-     rw-     rw-     device\n"
        "0000fee01000  000100000000       18428 KiB  -       hole      ---     ---     ---     ---     nothing\n");
    free(text);
    plan_exit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights),        cmocka_unit_test(refuses),
        cmocka_unit_test(no_addresses),  cmocka_unit_test(content_under_rule),
        cmocka_unit_test(random_layers), cmocka_unit_test(write_table),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
