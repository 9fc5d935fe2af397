/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "hob/hob.h"

#define BASE 0x3000u

struct bytes {
    uint8_t b[4096];
    size_t size;
};

static bool read_bytes(const void *self, uint64_t gpa, void *dst, size_t n)
{
    const struct bytes *m = self;
    if (gpa < BASE || gpa - BASE > m->size || n > m->size - (gpa - BASE))
        return false;
    memcpy(dst, m->b + (gpa - BASE), n);
    return true;
}

static uint8_t *add(struct bytes *m, uint16_t type, uint16_t size)
{
    uint8_t *p = m->b + m->size;
    put_le16(p, type);
    put_le16(p + 2, size);
    m->size += size;
    return p;
}

static void begin(struct bytes *m)
{
    memset(m, 0, sizeof *m);
    uint8_t *p = add(m, HOB_HANDOFF, 0x38);
    put_le32(p + 8, 9);
    put_le64(p + 16, 0x40000000);
    put_le64(p + 24, 0x3c000000);
    put_le64(p + 32, 0x3f000000);
    put_le64(p + 40, 0x3d000000);
}

static void end(struct bytes *m)
{
    put_le64(m->b + 48, BASE + m->size);
    (void)add(m, HOB_END, 8);
}

static struct hob_list read_list(const struct bytes *m)
{
    struct hob_list l = {0};
    const struct hob_reader r = {read_bytes, m};
    assert_true(hob_list_read(&r, BASE, LIMIT_HOBS_DEFAULT, &l));
    return l;
}

static void test_types(void **state)
{
    (void)state;
    struct bytes m;
    begin(&m);
    uint8_t *p = add(&m, HOB_ALLOCATION, 72);
    memcpy(p + 8, hob_guid_module.b, 16);
    put_le64(p + 24, 0x1000);
    put_le64(p + 32, 0x2000);
    put_le32(p + 40, 3);
    put_le64(p + 64, 0x1234);
    p = add(&m, HOB_RESOURCE, 48);
    put_le32(p + 24, HOB_RESOURCE_RAM);
    put_le32(p + 28, 0x3c07);
    put_le64(p + 32, 0x100000);
    put_le64(p + 40, 0x3ff00000);
    p = add(&m, HOB_GUID, 40);
    memcpy(p + 8, hob_guid_xen_info.b, 16);
    put_le32(p + 24, 0x00110004);
    p = add(&m, HOB_CPU, 16);
    p[8] = 40;
    p[9] = 16;
    p = add(&m, HOB_FV3, 64);
    put_le64(p + 8, 0x900000);
    put_le64(p + 16, 0x10000);
    put_le32(p + 24, 7);
    (void)add(&m, HOB_POOL, 512);
    end(&m);
    struct hob_list l = read_list(&m);
    assert_true(l.complete);
    assert_null(l.damage);
    assert_int_equal(l.nr, 7);
    assert_int_equal(l.h[0].phit.memory_top, 0x40000000);
    assert_int_equal(l.h[1].entry, 0x1234);
    assert_int_equal(l.h[1].range.end, 0x3000);
    assert_int_equal(l.h[2].range.end, 0x40000000);
    assert_int_equal(l.h[3].data_size, 16);
    assert_int_equal(le32(l.h[3].data), 0x00110004);
    assert_int_equal(l.h[4].mem_bits, 40);
    assert_int_equal(l.h[5].authentication, 7);
    assert_ptr_equal(hob_find(&l, HOB_GUID, &hob_guid_xen_info), &l.h[3]);
    assert_null(hob_find(&l, HOB_GUID, &hob_guid_stack));
    char text[HOB_TEXT_SIZE], bits[HOB_ATTRIBUTES_SIZE];
    hob_format(&l.h[1], text);
    assert_string_equal(text, "allocation BootServicesCode 0x1000-0x3000 (module)");
    hob_format(&l.h[2], text);
    assert_string_equal(text, "resource RAM 0x100000-0x40000000");
    hob_format(&l.h[3], text);
    assert_string_equal(text, "GUID Xen info, 16 bytes");
    hob_attributes_format(0x3c07 | 0x40000000, bits);
    assert_string_equal(bits, "present initialized tested UC WC WT WB 0x40000000");
    hob_list_free(&l);
}

/* Byte i of each HOB is i + 0x10, behind its header: whatever is read from elsewhere is another number. */
static struct hob counted(uint16_t type, uint16_t size, const struct guid *g)
{
    static struct bytes m;
    struct hob h;
    const struct hob_reader r = {read_bytes, &m};
    memset(&m, 0, sizeof m);
    uint8_t *p = add(&m, type, size);
    for (unsigned i = 8; i < size; i++)
        p[i] = (uint8_t)(i + 0x10);
    if (g != NULL)
        memcpy(p + 8, g->b, sizeof g->b);
    memset(&h, 0xEE, sizeof h);
    assert_null(hob_read(&r, BASE, &h));
    assert_int_equal(h.at, BASE);
    assert_int_equal(h.type, type);
    assert_int_equal(h.size, size);
    return h;
}
static uint64_t word(unsigned at, unsigned size)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < size; i++)
        v |= (uint64_t)(at + i + 0x10) << 8 * i;
    return v;
}
static bool is_guid(const struct guid *g, unsigned at) /* 0: zero */
{
    for (unsigned i = 0; i < sizeof g->b; i++)
        if (g->b[i] != (at != 0 ? at + i + 0x10 : 0))
            return false;
    return true;
}
static void has_range(const struct hob *h, unsigned at) /* 0: none */
{
    assert_int_equal(h->range.start, at != 0 ? word(at, 8) : 0);
    assert_int_equal(h->range.end, at != 0 ? word(at, 8) + word(at + 8, 8) : 0);
    assert_false(h->wraps);
}

static void test_offsets(void **state)
{
    (void)state;
    struct hob h = counted(HOB_HANDOFF, 0x38, NULL);
    assert_int_equal(h.phit.version, word(8, 4));
    assert_int_equal(h.phit.boot_mode, word(12, 4));
    assert_int_equal(h.phit.memory_top, word(16, 8));
    assert_int_equal(h.phit.memory_bottom, word(24, 8));
    assert_int_equal(h.phit.free_top, word(32, 8));
    assert_int_equal(h.phit.free_bottom, word(40, 8));
    assert_int_equal(h.phit.end, word(48, 8));
    has_range(&h, 0);
    assert_true(is_guid(&h.guid, 0) && is_guid(&h.name2, 0) && h.entry == 0 && h.io_bits == 0);
    h = counted(HOB_ALLOCATION, 72, NULL);
    assert_true(is_guid(&h.guid, 8));
    assert_int_equal(h.kind, word(40, 4));
    has_range(&h, 24);
    assert_true(is_guid(&h.name2, 0) && h.entry == 0); /* no module's */
    h = counted(HOB_ALLOCATION, 72, &hob_guid_module);
    assert_true(is_guid(&h.name2, 48));
    assert_int_equal(h.entry, word(64, 8));
    h = counted(HOB_ALLOCATION, 64, &hob_guid_module);
    assert_true(is_guid(&h.name2, 0) && h.entry == 0);
    h = counted(HOB_RESOURCE, 48, NULL);
    assert_true(is_guid(&h.guid, 8));
    assert_int_equal(h.kind, word(24, 4));
    assert_int_equal(h.attributes, word(28, 4));
    has_range(&h, 32);
    h = counted(HOB_GUID, 24 + 16, NULL);
    assert_true(is_guid(&h.guid, 8));
    assert_int_equal(h.data_size, 16);
    assert_int_equal(le64(h.data), word(24, 8));
    assert_int_equal(le64(h.data + 8), word(32, 8));
    h = counted(HOB_GUID, 24 + 104, NULL);
    assert_int_equal(h.data_size, 104);
    assert_int_equal(le64(h.data + HOB_DATA_MAX - 8), word(24 + HOB_DATA_MAX - 8, 8));
    h = counted(HOB_FV, 24, NULL);
    has_range(&h, 8);
    h = counted(HOB_CAPSULE, 24, NULL);
    has_range(&h, 8);
    h = counted(HOB_FV2, 56, NULL);
    has_range(&h, 8);
    assert_true(is_guid(&h.guid, 24) && is_guid(&h.name2, 40));
    h = counted(HOB_FV3, 64, NULL);
    has_range(&h, 8);
    assert_int_equal(h.authentication, word(24, 4));
    assert_true(is_guid(&h.guid, 32) && is_guid(&h.name2, 48));
    h = counted(HOB_CPU, 16, NULL);
    assert_int_equal(h.mem_bits, 0x18);
    assert_int_equal(h.io_bits, 0x19);
    h = counted(HOB_POOL, 16, NULL);
    assert_true(is_guid(&h.guid, 0));
}

/* The cheap test. */
static void test_handoff(void **state)
{
    (void)state;
    struct bytes m;
    const struct hob_reader r = {read_bytes, &m};
    begin(&m);
    assert_true(hob_is_handoff(&r, BASE));
    assert_false(hob_is_handoff(&r, BASE + 8)); /* not all of it is there */
    for (unsigned i = 0; i < 3; i++) {
        begin(&m);
        put_le16(m.b + (i == 0 ? 0 : i == 1 ? 2 : 8), i == 0 ? HOB_RESOURCE : i == 1 ? 0x40 : 8);
        m.size += 8;
        assert_false(hob_is_handoff(&r, BASE));
    }
}

static void test_list(void **state)
{
    (void)state;
    struct bytes m;
    begin(&m);
    put_le32(add(&m, HOB_POOL, 8), HOB_POOL | 8 << 16);
    put_le32(add(&m, HOB_POOL, 8), HOB_POOL | 8 << 16);
    end(&m);
    struct hob_list l = read_list(&m);
    assert_ptr_equal(hob_find(&l, HOB_HANDOFF, NULL), &l.h[0]);
    assert_ptr_equal(hob_find(&l, HOB_POOL, NULL), &l.h[1]);
    hob_list_free(&l);
    assert_true(l.h == NULL && l.nr == 0 && l.cap == 0 && !l.complete);
}

/* RAM of whole pages from BASE on: what is read must lie in one of them, as is cheap, and how often is counted. */
struct pages {
    uint8_t b[6 * PAGE_SIZE];
    size_t size;
    unsigned reads;
};

static bool read_pages(const void *self, uint64_t gpa, void *dst, size_t n)
{
    struct pages *m = (struct pages *)(uintptr_t)self;
    m->reads++;
    assert_true(n <= 72 || gpa / PAGE_SIZE == (gpa + n - 1) / PAGE_SIZE);
    if (gpa < BASE || gpa - BASE > m->size || n > m->size - (gpa - BASE))
        return false;
    memcpy(dst, m->b + (gpa - BASE), n);
    return true;
}

/* HOBs of all sizes over several pages; the last of them in the last bytes of RAM, or not wholly there. */
static void test_long_list(void **state)
{
    (void)state;
    static struct pages m;
    const struct hob_reader r = {read_pages, &m};
    for (unsigned short_of = 0; short_of < 200; short_of += 8) {
        memset(&m, 0, sizeof m);
        struct bytes first;
        begin(&first);
        memcpy(m.b, first.b, first.size);
        size_t at = first.size, nr = 1;
        for (unsigned i = 0; at + 3 * 200 < sizeof m.b; i++, nr++) {
            const uint16_t size = (uint16_t)(24 + i * 40 % 176);
            put_le16(m.b + at, HOB_GUID);
            put_le16(m.b + at + 2, size);
            for (unsigned j = 4; j < size; j++)
                m.b[at + j] = (uint8_t)(i * 7 + j);
            at += size;
        }
        put_le64(m.b + 48, BASE + at);
        put_le16(m.b + at, HOB_END);
        put_le16(m.b + at + 2, 8);
        m.size = at + 8 - short_of;
        struct hob_list l = {0};
        assert_true(hob_list_read(&r, BASE, LIMIT_HOBS_DEFAULT, &l));
        assert_int_equal(l.complete, short_of == 0);
        assert_true(short_of == 0 ? l.nr == nr : l.nr <= nr);
        assert_true(m.reads < nr / 2);
        uint64_t gpa = BASE;
        for (size_t i = 0; i < l.nr; i++) {
            struct hob h;
            assert_null(hob_read(&r, gpa, &h));
            assert_memory_equal(&l.h[i], &h, sizeof h);
            gpa += h.size;
        }
        struct hob h;
        assert_true(hob_read(&r, gpa, &h) == l.damage);
        assert_int_equal(l.damage != NULL ? l.damage_at : gpa, gpa);
        hob_list_free(&l);
    }
}

static void is_damaged(const struct bytes *m, size_t nr, const char *what)
{
    struct hob_list l = read_list(m);
    assert_non_null(l.damage);
    assert_non_null(strstr(l.damage, what));
    assert_int_equal(l.nr, nr);
    hob_list_free(&l);
}

static void test_damage(void **state)
{
    (void)state;
    struct bytes m;
    begin(&m);
    is_damaged(&m, 1, "not in RAM"); /* no end */
    (void)add(&m, HOB_POOL, 4);
    m.size += 4;
    is_damaged(&m, 1, "less than a header");
    begin(&m);
    (void)add(&m, HOB_POOL, 12);
    is_damaged(&m, 1, "multiple of 8");
    begin(&m);
    (void)add(&m, HOB_RESOURCE, 40);
    end(&m);
    is_damaged(&m, 1, "its type needs");
    begin(&m);
    put_le16(add(&m, HOB_GUID, 24) + 2, 4088);
    is_damaged(&m, 1, "not wholly");
    begin(&m);
    (void)add(&m, HOB_HANDOFF, 0x38);
    is_damaged(&m, 1, "second");
    begin(&m);
    put_le16(m.b, HOB_POOL);
    is_damaged(&m, 0, "first");
    begin(&m);
    end(&m);
    put_le64(m.b + 48, 1);
    is_damaged(&m, 1, "does not say");
}

static void test_wrap(void **state)
{
    (void)state;
    struct bytes m;
    begin(&m);
    uint8_t *p = add(&m, HOB_RESOURCE, 48);
    put_le64(p + 32, UINT64_MAX - 10);
    put_le64(p + 40, 11);
    end(&m);
    struct hob_list l = read_list(&m);
    assert_true(l.complete);
    assert_true(l.h[1].wraps);
    assert_true(l.h[1].range.end == UINT64_MAX);
    hob_list_free(&l);
    put_le64(p + 40, 10); /* to the last byte but one */
    l = read_list(&m);
    assert_false(l.h[1].wraps);
    assert_true(l.h[1].range.end == UINT64_MAX);
    hob_list_free(&l);
}

/* Whatever the bytes: bounded, and a text for each. Under the sanitizers this is the proof. */
static void test_hostile(void **state)
{
    (void)state;
    struct bytes m;
    uint32_t seed = 1;
    for (unsigned round = 0; round < 2000; round++) {
        begin(&m);
        m.size = sizeof m.b;
        for (size_t i = 0x38; i < m.size; i += 4) {
            seed = seed * 1664525u + 1013904223u;
            put_le32(m.b + i, (seed >> 8) % 3 != 0 ? seed : (seed & 0x78) << 16 | (seed >> 20) % 16);
        }
        struct hob_list l = read_list(&m);
        assert_true(l.damage != NULL || l.complete);
        for (size_t i = 0; i < l.nr; i++) {
            char text[HOB_TEXT_SIZE], bits[HOB_ATTRIBUTES_SIZE];
            hob_format(&l.h[i], text);
            hob_attributes_format(l.h[i].attributes, bits);
            assert_true(strlen(text) < sizeof text && strlen(bits) < sizeof bits);
        }
        hob_list_free(&l);
    }
    struct hob worst = {
        .type = HOB_RESOURCE, .attributes = UINT32_MAX, .range = {UINT64_MAX - 1, UINT64_MAX}, .kind = 99};
    memset(worst.guid.b, 0xee, sizeof worst.guid.b);
    char text[HOB_TEXT_SIZE], bits[HOB_ATTRIBUTES_SIZE];
    hob_format(&worst, text);
    hob_attributes_format(worst.attributes, bits);
    assert_true(text[strlen(text) - 1] == ')');
}

static bool endless(const void *self, uint64_t gpa, void *dst, size_t n)
{
    static const uint8_t pool[8] = {HOB_POOL, 0, 8};
    (void)self;
    for (size_t i = 0; i < n; i++) {
        const uint64_t at = gpa + i - BASE;
        ((uint8_t *)dst)[i] = at < HOB_HANDOFF_BEGIN ? hob_handoff_begin[at] : at < 0x38 ? 0 : pool[at % 8];
    }
    return true;
}

static void test_endless(void **state)
{
    (void)state;
    struct hob_list l = {0};
    const struct hob_reader r = {endless, NULL};
    assert_true(hob_list_read(&r, BASE, LIMIT_HOBS_DEFAULT, &l));
    assert_int_equal(l.nr, LIMIT_HOBS_DEFAULT);
    assert_true(l.cut);
    assert_non_null(l.damage);
    hob_list_free(&l);
}

static void test_fields(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        size_t offset, size;
        const char *name;
    } row[] = {
        {HOB_RESOURCE, 28, 4, "ResourceAttribute"},
        {HOB_RESOURCE, 31, 1, "ResourceAttribute"},
        {HOB_RESOURCE, 31, 2, "ResourceAttribute to PhysicalStart"},
        {HOB_ALLOCATION, 44, 4, "Reserved[4]"},
        {HOB_ALLOCATION, 40, 100, "MemoryType to padding"},
        {HOB_HANDOFF, 48, 8, "EfiEndOfHobList"},
        {HOB_CPU, 10, 6, "Reserved[6]"},
        {HOB_FV3, 29, 3, "padding"},
        {HOB_GUID, 8, 16, "Name"},
        {HOB_GUID, 24, 1, "data at 0x0"},
        {HOB_GUID, 40, 4000, "data at 0x10"},
        {HOB_POOL, 4, 4, "Reserved"},
        {HOB_POOL, 4, 5, "Reserved to data at 0x0"},
        {0x1234, 8, 1, "padding"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char got[HOB_FIELD_SIZE];
        hob_field_format(row[i].type, row[i].offset, row[i].size, got);
        assert_string_equal(got, row[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets),   cmocka_unit_test(test_handoff), cmocka_unit_test(test_list),
        cmocka_unit_test(test_long_list), cmocka_unit_test(test_fields),  cmocka_unit_test(test_types),
        cmocka_unit_test(test_damage),    cmocka_unit_test(test_wrap),    cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
