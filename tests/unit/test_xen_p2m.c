/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that come and go while a loader runs (xen-facts A.1, A.3). */
#include "xen_kit.h"

#include "machine/bars.h"
#include "xen/builder.h"

#define ARG 0x200000ull
#define LIST 0x201000ull
#define WANTED 524u /* a 2 MiB image, the ACPI info page, ten pages of tables, the VM86 TSS */

static int64_t populate(struct domain *m, bool compat, uint64_t shift_cmd, const uint32_t *gfn, uint32_t nr,
                        uint32_t order)
{
    uint8_t a[32] = {0};
    for (uint32_t i = 0; i < nr && gfn != NULL; i++) {
        uint8_t e[8] = {0};
        put_le32(e, gfn[i]);
        poke(m, LIST + (uint64_t)i * (compat ? 4 : 8), e, compat ? 4 : 8);
    }
    if (compat) {
        put_le32(a, (uint32_t)LIST);
        put_le32(a + 4, nr);
        put_le32(a + 8, order);
        put_le16(a + 16, DOMID_SELF);
    } else {
        put_le64(a, LIST);
        put_le64(a + 8, nr);
        put_le32(a + 16, order);
        put_le16(a + 24, DOMID_SELF);
    }
    poke(m, ARG, a, sizeof a);
    return call(m, compat, 12, 6 | shift_cmd << 6, ARG);
}

static int64_t add(struct domain *m, bool compat, uint32_t space, uint16_t size, uint64_t idx, uint64_t gfn)
{
    uint8_t a[24] = {0};
    put_le16(a, DOMID_SELF);
    put_le16(a + 2, size);
    put_le32(a + 4, space);
    if (compat) {
        put_le32(a + 8, (uint32_t)idx);
        put_le32(a + 12, (uint32_t)gfn);
    } else {
        put_le64(a + 8, idx);
        put_le64(a + 16, gfn);
    }
    poke(m, ARG, a, sizeof a);
    return call(m, compat, 12, 7, ARG);
}

static int64_t give_back(struct domain *m, uint32_t gfn)
{
    uint8_t a[8] = {0};
    put_le16(a, DOMID_SELF);
    put_le32(a + 4, gfn);
    poke(m, ARG, a, sizeof a);
    return call(m, true, 12, 15, ARG);
}

static void begin(struct domain *m, uint64_t mib, uint64_t video, uint64_t hole, uint64_t slack, uint64_t image)
{
    struct diag d = {0};
    memset(m, 0, sizeof *m);
    guest_init(&m->t, GUEST_HVM, mib, video, slack, image);
    m->t.l.mmio_hole = hole;
    m->t.l.fill = 0x5A5A5A5AA5A5A5A5;
    assert_true(layout_resolve(&m->t.l, image * MIB, &m->t.g, &d));
    domain_start(m);
    assert_true(xen_begin_loader(&m->x));
}

/* X:tools/firmware/hvmloader/util.c:mem_hole_populate_ram. */
struct loader_view {
    uint64_t low, high; /* hvm_info's pfns */
    bool over_allocated;
};

static void want(struct domain *m, struct loader_view *v, bool compat, uint32_t gfn, uint32_t nr)
{
    for (; nr > 0; nr--, gfn++) {
        if (!v->over_allocated && populate(m, compat, 0, &gfn, 1, 0) == 1)
            continue;
        v->over_allocated = true;
        uint64_t from;
        if (v->high != 0) {
            from = --v->high;
            if (from == 0x100000)
                v->high = 0;
        } else {
            from = --v->low;
        }
        assert_int_equal(add(m, compat, XENMAPSPACE_gmfn, 0, from, gfn), 0);
    }
}

static void load(struct domain *m, struct loader_view *v, bool compat)
{
    const struct built_ram ram = builder_ram(&m->t.l, &m->t.g);
    *v = (struct loader_view){.low = ram.low_end >> PAGE_SHIFT, .high = ram.high_end >> PAGE_SHIFT};
    const uint64_t image = span_size(m->t.g.image);
    want(m, v, compat, (uint32_t)(m->t.g.image.start >> PAGE_SHIFT), (uint32_t)(image >> PAGE_SHIFT));
    want(m, v, compat, 0xFC000, 1);
    want(m, v, compat, 0xFC001, 10);
    want(m, v, compat, 0xFC100, 1);
}

/* What hvmloader gets and leaves is what the layout's arithmetic says it is. */
static void as_resolved(void **state)
{
    (void)state;
    static const struct {
        uint64_t mib, video, hole, slack, image, moved, low, high;
    } row[] = {
        {1024, 16, 0, 192, 2, 332, 0x3EEB4000, 0}, /* xen-facts A.7 */
        {256, 16, 0, 192, 2, 332, 0x0EEB4000, 0},
        {1024, 16, 0, 192, 4, 844, 0x3ECB4000, 0},
        {4096, 16, 0, 192, 2, 332, 0xF0000000, 0x10EEB4000},
        {8192, 16, 0, 192, 2, 332, 0xF0000000, 0x20EEB4000},
        {4096, 16, 2 * GIB, 192, 4, 844, 0x80000000, 0x17ECB4000},
        {1024, 0, 0, SLACK_AMPLE, 2, 0, 0x40000000, 0},
        {1024, 0, 0, WANTED, 2, 0, 0x40000000, 0},
        {1024, 0, 0, WANTED - 1, 2, 1, 0x3FFFF000, 0},
        {1024, 0, 0, 0, 2, WANTED, 0x3FDF4000, 0},
        {3841, 0, 0, 192, 2, 332, 0xEFFB4000, 0}, /* all of high RAM, and some of low RAM */
        {3841, 0, 0, 268, 2, 256, 0xF0000000, 0}, /* exactly all of it */
        {3841, 0, 0, 269, 2, 255, 0xF0000000, 0x100001000},
    };
    for (size_t i = 0; i < 2 * sizeof row / sizeof row[0]; i++) {
        const size_t n = i / 2;
        struct domain m;
        struct loader_view v;
        begin(&m, row[n].mib, row[n].video, row[n].hole, row[n].slack, row[n].image);
        load(&m, &v, i % 2 != 0);
        const uint64_t all = WANTED + (row[n].image - 2) * 256;
        assert_int_equal(m.x.p2m.moved, row[n].moved);
        assert_int_equal(m.x.p2m.populated, all - row[n].moved);
        assert_int_equal(m.x.p2m.refused, 0);
        assert_int_equal(v.low << PAGE_SHIFT, row[n].low);
        assert_int_equal(v.high << PAGE_SHIFT, row[n].high);
        assert_int_equal(m.t.g.low_end, row[n].low);
        assert_int_equal(m.t.g.high_end, row[n].high);
        assert_true(p2m_has(&m.x, row[n].low - 1));
        assert_false(p2m_has(&m.x, row[n].low));
        assert_int_equal(p2m_has(&m.x, 4 * GIB), row[n].high != 0);
        assert_true(p2m_has(&m.x, m.t.g.image.start));
        domain_exit(&m);
    }
}

static void before_and_after(void **state)
{
    (void)state;
    struct domain m;
    const uint32_t gfn = 0xFFE00;
    begin(&m, 1024, 16, 0, 192, 2);
    const uint64_t end = 0x3F000; /* 1008 MiB; the plan's RAM ends at 3EEB4 */
    assert_false(p2m_has(&m.x, 0xFFE00000));
    assert_false(p2m_has(&m.x, 0xFC000000));
    assert_false(p2m_has(&m.x, 0xFDFFF000));
    assert_true(p2m_has(&m.x, 0xFEFF0000));
    assert_true(p2m_has(&m.x, 0xFEFFF000));
    assert_false(p2m_has(&m.x, 0xFF000000));
    assert_true(p2m_has(&m.x, 0x3EFFF000)); /* not in the plan, and there */
    assert_false(p2m_has(&m.x, 0x3F000000));
    assert_int_equal(give_back(&m, gfn), -XEN_ENOENT);

    assert_int_equal(add(&m, true, 2, 0, end - 1, gfn), 0);
    assert_int_equal(add(&m, true, 2, 0, end - 1, gfn), -XEN_EINVAL); /* it is gone */
    assert_int_equal(add(&m, true, 2, 0, end, gfn), -XEN_EINVAL);     /* never was */
    assert_int_equal(add(&m, true, 2, 0, 0xA0, gfn), -XEN_EINVAL);
    assert_int_equal(add(&m, true, 2, 0, 0xFFFFFFFF, gfn), -XEN_EINVAL);
    assert_int_equal(add(&m, false, 2, 0, UINT64_MAX, gfn), -XEN_EINVAL);
    assert_int_equal(add(&m, false, 2, 0, 0x300, UINT64_MAX), -XEN_EINVAL);
    assert_int_equal(add(&m, true, 2, 0, 0x300, 0xFEE00), -XEN_EPERM);
    assert_int_equal(add(&m, true, 2, 0, 0x300, 0x300), 0); /* where it is */
    assert_true(p2m_has(&m.x, 0xFFE00000));
    assert_int_equal(m.x.p2m.first_gone, (end - 1) << PAGE_SHIFT);
    assert_int_equal(give_back(&m, 0x3EFFE), 0);
    assert_int_equal(give_back(&m, 0x3EFFE), -XEN_ENOENT);
    assert_int_equal(m.x.p2m.allowance, 193); /* what is given back may be had again */
    assert_int_equal(m.x.p2m.moved, 1);
    domain_exit(&m);
}

/* A page takes along what it holds; the one that Xen gives is clean. */
static void contents(void **state)
{
    (void)state;
    struct domain m;
    uint8_t b[8];
    uint32_t gfn = 0xFFE02;
    begin(&m, 1024, 16, 0, 192, 2);
    poke(&m, 0x300000, "loaders", 8);
    assert_int_equal(add(&m, true, 2, 0, 0x300, 0xFFE00), 0); /* from inside the plan's RAM */
    peek(&m, 0xFFE00000, b, sizeof b);
    assert_string_equal((const char *)b, "loaders");
    assert_null(memory_hva(&m.memory, 0x300000));
    assert_int_equal(add(&m, true, 2, 0, 0x300, 0xFFE00), -XEN_EINVAL);
    assert_int_equal(add(&m, true, 2, 0, 0x3EFFF, 0xFFE01), 0);
    peek(&m, 0xFFE01000, b, sizeof b);
    assert_int_equal(le64(b), 0x5A5A5A5AA5A5A5A5);
    assert_int_equal(populate(&m, true, 0, &gfn, 1, 0), 1);
    peek(&m, 0xFFE02000, b, sizeof b);
    assert_int_equal(le64(b), 0);

    gfn = 0x300; /* a hole becomes RAM again */
    assert_int_equal(populate(&m, true, 0, &gfn, 1, 0), 1);
    peek(&m, 0x300000, b, sizeof b);
    assert_int_equal(le64(b), 0);
    gfn = 0x80000; /* and so does what the plan has no RAM for */
    assert_null(memory_hva(&m.memory, 0x80000000));
    assert_int_equal(populate(&m, true, 0, &gfn, 1, 0), 1);
    poke(&m, 0x80000000, "x", 1);
    assert_int_equal(add(&m, true, 2, 0, 0x80000, 0xFFE03), 0);
    assert_int_equal(*memory_hva(&m.memory, 0xFFE03000), 'x');
    assert_null(memory_hva(&m.memory, 0x80000000));
    const uint64_t left = m.x.p2m.allowance;
    assert_int_equal(add(&m, true, 2, 0, 0x301, 0xFFE03), 0); /* frees the one that was there */
    assert_int_equal(m.x.p2m.allowance, left + 1);
    domain_exit(&m);
}

static void extents(void **state)
{
    (void)state;
    static const uint32_t gfn[] = {0xFF000, 0xFF001, 0xFF002, 0xFF003, 0xFEE00, 0xFF004};
    for (int compat = 0; compat < 2; compat++) {
        struct domain m;
        begin(&m, 1024, 16, 0, 100, 2);
        assert_int_equal(populate(&m, compat, 0, gfn, 4, 1), 0);
        assert_int_equal(populate(&m, compat, 0, gfn, 6, 0), 4); /* device registers stay */
        assert_int_equal(m.x.p2m.allowance, 96);
        assert_int_equal(populate(&m, compat, 5, gfn, 6, 0), 6); /* goes on at the sixth */
        assert_int_equal(populate(&m, compat, 6, gfn, 6, 0), 6);
        assert_int_equal(populate(&m, compat, 7, gfn, 6, 0), 7);
        assert_int_equal(m.x.p2m.populated, 5);
        assert_int_equal(populate(&m, compat, 0, NULL, UINT32_MAX, 0), 0);
        assert_int_equal(call(&m, compat, 12, 6 | 3 << 6, 0xFF100000), 3);
        m.x.p2m.allowance = 2;
        assert_int_equal(populate(&m, compat, 0, gfn, 4, 0), 2);
        assert_int_equal(populate(&m, compat, 0, gfn, 4, 0), 0);
        domain_exit(&m);
    }
}

static void ranges(void **state)
{
    (void)state;
    struct domain m;
    begin(&m, 4096, 16, 0, 192, 2);
    const struct built_ram ram = builder_ram(&m.t.l, &m.t.g);
    const uint64_t end = ram.high_end >> PAGE_SHIFT;
    assert_int_equal(add(&m, true, XENMAPSPACE_gmfn_range, 0, end - 8, 0xFFE00), 0);
    assert_int_equal(m.x.p2m.moved, 0);
    assert_int_equal(add(&m, true, XENMAPSPACE_gmfn_range, 8, end - 8, 0xFFE00), 0);
    assert_int_equal(m.x.p2m.moved, 8);
    assert_int_equal(add(&m, true, XENMAPSPACE_gmfn_range, 8, end - 12, 0xFFE08), -XEN_EINVAL);
    assert_int_equal(m.x.p2m.moved, 12); /* those before the bad one are */
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn_range, 2, UINT64_MAX, 0xFFE08), -XEN_EOVERFLOW);
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn_range, 2, 0x300, UINT64_MAX - 1), -XEN_EOVERFLOW);
    assert_int_equal(add(&m, true, XENMAPSPACE_gmfn_range, 5000, 0x400, 0xC00), 0);
    assert_int_equal(m.x.p2m.moved, 5012);
    /* The bed has only so many pages above the plan, and says so. */
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn, 0, 0xE0000, 1ull << 27), 0);
    assert_non_null(memory_hva(&m.memory, 1ull << 39));
    assert_int_equal(m.x.p2m.refused, 0);
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn_range, LIMIT_PAGES_DEFAULT, 0x90000, (1ull << 27) + 1),
                     -XEN_ENOMEM);
    assert_int_equal(m.x.p2m.refused, 1);
    assert_int_equal(m.x.met.at[LIMIT_PAGES], LIMIT_PAGES_DEFAULT);
    domain_exit(&m);
    struct limits few = {.max = {0}};
    few.max[LIMIT_PAGES] = 2;
    begin(&m, 4096, 16, 0, 192, 2);
    m.x.limits = &few;
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn_range, 2, 0x90000, 1ull << 27), 0);
    assert_false(limits_any(&m.x.met));
    assert_int_equal(add(&m, false, XENMAPSPACE_gmfn, 0, 0x90002, (1ull << 27) + 2), -XEN_ENOMEM);
    assert_int_equal(m.x.met.at[LIMIT_PAGES], 2);
    domain_exit(&m);
}

static void bars_over_ram(void **state)
{
    (void)state;
    struct domain m;
    begin(&m, 4096, 16, 0, 192, 2);
    struct span ram = bars_ram(&m.memory, (struct span){0xE0000000, 0xF8000000});
    assert_true(ram.start == 0xE0000000 && ram.end == 0xF0000000);
    ram = bars_ram(&m.memory, (struct span){0xF0000000, 0xFEFF0000});
    assert_true(ram.start == ram.end);
    ram = bars_ram(&m.memory, (struct span){1ull << 38, 1ull << 39});
    assert_true(ram.start == ram.end);
    /* Above the special pages nothing is populated yet; the edges are page by page. */
    assert_true(bars_displace(&m.memory, (struct span){0xFE000000, 4 * GIB + 0x1234}));
    assert_false(p2m_has(&m.x, 0xFEFFF000));
    assert_false(p2m_has(&m.x, 4 * GIB + 0x1000));
    assert_true(p2m_has(&m.x, 4 * GIB + 0x2000));
    assert_string_equal(memory_override(&m.memory, 4 * GIB)->owner, "displaced by a PCI BAR");
    domain_exit(&m);
}

static void shared_info(void **state)
{
    (void)state;
    struct domain m;
    begin(&m, 1024, 16, 0, 0, 2);
    assert_int_equal(m.x.shared_info_gpa, XEN_UNMAPPED);
    assert_int_equal(add(&m, true, 0, 0, 0, 0xFDFFF), 0);
    assert_ptr_equal(memory_hva(&m.memory, 0xFDFFF000), m.x.shared_info);
    assert_int_equal(m.x.p2m.allowance, 0);                /* nothing was there */
    assert_int_equal(add(&m, false, 0, 0, 0, 0xFEF00), 0); /* as OvmfXen does */
    assert_null(memory_hva(&m.memory, 0xFDFFF000));
    assert_false(p2m_has(&m.x, 0xFDFFF000));
    assert_int_equal(add(&m, true, 2, 0, 0xFEF00, 0xFEF01), 0); /* a page like any other */
    assert_int_equal(m.x.shared_info_gpa, 0xFEF01000);
    assert_int_equal(m.x.p2m.allowance, 0);
    assert_int_equal(add(&m, true, 2, 0, 0x300, 0xFEF01), 0); /* it is only unhooked */
    assert_int_equal(m.x.shared_info_gpa, XEN_UNMAPPED);
    assert_int_equal(m.x.p2m.allowance, 0);
    assert_int_equal(add(&m, true, 0, 0, 0, 0x301), 0); /* over RAM, which is freed */
    assert_int_equal(m.x.p2m.allowance, 1);
    assert_int_equal(give_back(&m, 0x301), 0);
    assert_int_equal(m.x.p2m.allowance, 1);
    domain_exit(&m);
}

/* Everything else that hvmloader finds when it starts, or asks for. */
static void fresh_domain(void **state)
{
    (void)state;
    struct domain m;
    uint64_t v;
    begin(&m, 1024, 16, 0, 192, 2);
    assert_true(xen_rdmsr(&m.x, 0x2FF, &v) && v == 0);
    assert_true(xen_rdmsr(&m.x, 0x200, &v) && v == 0);
    assert_true(xen_rdmsr(&m.x, 0x250, &v) && v == 0);
    assert_true(xen_rdmsr(&m.x, 0x1B, &v) && v == 0xFEE00900);
    assert_int_equal(m.x.param[HVM_PARAM_VM86_TSS_SIZED], 0);
    assert_int_equal(m.x.param[HVM_PARAM_ACPI_IOPORTS_LOCATION], 0);
    assert_int_equal(m.x.param[HVM_PARAM_STORE_PFN], 0xFEFFC);
    assert_true(xen_wrmsr(&m.x, 0x40000000, 0x80000));
    assert_int_equal(*memory_hva(&m.memory, 0x80000 + 12 * 32), 0xB8);

    static const struct {
        uint32_t index;
        uint64_t value;
    } set[] = {{34, 0}, {19, 1}, {37, 0x180FC100000}};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        uint8_t a[16] = {0};
        put_le16(a, DOMID_SELF);
        put_le32(a + 4, set[i].index);
        put_le64(a + 8, set[i].value);
        poke(&m, ARG, a, sizeof a);
        assert_int_equal(call(&m, true, 34, HVMOP_set_param, ARG), 0);
        assert_int_equal(m.x.param[set[i].index], set[i].value);
    }
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_resolved), cmocka_unit_test(before_and_after), cmocka_unit_test(contents),
        cmocka_unit_test(extents),     cmocka_unit_test(ranges),           cmocka_unit_test(bars_over_ram),
        cmocka_unit_test(shared_info), cmocka_unit_test(fresh_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
