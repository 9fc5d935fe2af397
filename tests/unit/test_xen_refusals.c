/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls about memory that make no sense, at their edges: what they return, and that Xen has refused them, which is a
 * finding (rule hypercall-refused).
 */
#include "xen_kit.h"

#define ARG 0x200000ull
#define LIST 0x201000ull
#define OTHER 7u /* a domain */

static struct domain d;
static uint64_t gfns; /* the first gfn that there is not */

static void begin(bool loader)
{
    memset(&d, 0, sizeof d);
    guest_init(&d.t, GUEST_HVM, 256, 0, SLACK_AMPLE, 2);
    domain_start(&d);
    gfns = 1ULL << (d.t.l.phys_bits - PAGE_SHIFT);
    if (loader)
        assert_true(xen_begin_loader(&d.x));
}

/* @n bytes of arguments; what it returns, and whether it was refused. */
static void is(unsigned cmd, const uint8_t *a, size_t n, int64_t rc, bool refused)
{
    poke(&d, ARG, a, n);
    const int64_t got = call(&d, false, 12, cmd, ARG);
    if (got != rc || (d.x.refusal[0] != '\0') != refused)
        fail_msg("%lld, not %lld: %s", (long long)got, (long long)rc, d.x.refusal);
}

static void add(uint16_t domid, uint32_t space, uint64_t idx, uint64_t gfn, uint16_t size, int64_t rc, bool refused)
{
    uint8_t a[24] = {0};
    put_le16(a, domid);
    put_le16(a + 2, size);
    put_le32(a + 4, space);
    put_le64(a + 8, idx);
    put_le64(a + 16, gfn);
    is(7, a, sizeof a, rc, refused);
}

static void give_back(uint16_t domid, uint64_t gfn, int64_t rc, bool refused)
{
    uint8_t a[16] = {0};
    put_le16(a, domid);
    put_le64(a + 8, gfn);
    is(15, a, sizeof a, rc, refused);
}

static void populate(uint16_t domid, uint64_t gfn, uint64_t nr, uint32_t order, uint32_t flags, int64_t rc,
                     bool refused)
{
    uint8_t a[32] = {0}, e[8];
    put_le64(e, gfn);
    poke(&d, LIST, e, sizeof e);
    put_le64(a, LIST);
    put_le64(a + 8, nr);
    put_le32(a + 16, order);
    put_le32(a + 20, flags);
    put_le16(a + 24, domid);
    is(6, a, sizeof a, rc, refused);
}

static bool here(uint64_t gfn)
{
    return memory_hva(&d.memory, gfn << PAGE_SHIFT) != NULL;
}

static void added(void **state)
{
    (void)state;
    begin(true);
    add(DOMID_SELF, XENMAPSPACE_shared_info, 0, UINT64_MAX, 0, -XEN_EINVAL, true);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, UINT64_MAX, 0, -XEN_EINVAL, true);
    add(DOMID_SELF, 9, 0, 0x6000, 0, -XEN_ENOSYS, true);
    add(OTHER, XENMAPSPACE_gmfn, 0x5000, 0x6000, 0, -XEN_ESRCH, true);
    add(DOMID_SELF, XENMAPSPACE_grant_table, 0x1000, 0x20000, 0, -XEN_EINVAL, true);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, gfns, 0, -XEN_EINVAL, true);
    add(DOMID_SELF, XENMAPSPACE_gmfn, gfns, 0x20000, 0, -XEN_EINVAL, true);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x20000, 0x20001, 0, -XEN_EINVAL, true);             /* nothing is there */
    add(DOMID_SELF, XENMAPSPACE_gmfn, 1ull << 52 | 0x5000, 0x20000, 0, -XEN_EINVAL, true); /* nor in as many bits */
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, 0xFEE00, 0, -XEN_EPERM, true);               /* the local APIC's */
    assert_true(here(0x5000));
    const uint64_t moved = d.x.p2m.moved;
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, 0x5000, 0, 0, false);
    assert_int_equal(d.x.p2m.moved, moved);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, gfns - 1, 0, 0, false);
    assert_true(!here(0x5000) && here(gfns - 1));
    assert_int_equal(d.x.p2m.first_gone, 0x5000 << PAGE_SHIFT);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x6000, 0x5000, 0, 0, false);
    assert_int_equal(d.x.p2m.first_gone, 0x5000 << PAGE_SHIFT); /* the lowest */
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x4000, 0x6000, 0, 0, false);
    assert_int_equal(d.x.p2m.first_gone, 0x4000 << PAGE_SHIFT);
    /* Xen's own pages move with what they are. */
    add(DOMID_SELF, XENMAPSPACE_grant_table, 0, 0x30000, 0, 0, false);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x30000, 0x30001, 0, 0, false);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x30000, 0x30002, 0, -XEN_EINVAL, true);
    domain_exit(&d);
    begin(false);
    add(DOMID_SELF, XENMAPSPACE_gmfn, 0x5000, 0x20000, 0, -XEN_EOPNOTSUPP, false);
    add(DOMID_SELF, XENMAPSPACE_gmfn_range, 0x5000, 0x20000, 1, -XEN_EOPNOTSUPP, false);
    assert_true(here(0x5000) && !here(0x20000));
    domain_exit(&d);
}

static void given_back(void **state)
{
    (void)state;
    begin(true);
    give_back(OTHER, 0x5000, -XEN_ESRCH, true);
    assert_true(here(0x5000));
    give_back(DOMID_SELF, gfns, -XEN_ENOENT, true);
    give_back(DOMID_SELF, gfns - 1, -XEN_ENOENT, true);
    give_back(DOMID_SELF, gfns | 0x5000, -XEN_ENOENT, true);
    give_back(DOMID_SELF, 1ull << 52 | 0x5000, -XEN_ENOENT, true);
    give_back(DOMID_SELF, 0x5000, 0, false);
    assert_false(here(0x5000));
    give_back(DOMID_SELF, 0x5000, -XEN_ENOENT, true);
    domain_exit(&d);
}

static void populated(void **state)
{
    (void)state;
    begin(true);
    populate(DOMID_SELF, 0x20000, 1, 0, 0, 1, false);
    assert_true(here(0x20000));
    assert_int_equal(d.x.p2m.allowance, SLACK_AMPLE); /* as many as it likes */
    populate(OTHER, 0x20001, 1, 0, 0, 0, true);
    populate(DOMID_SELF, 0x20001, 1, 1, 0, 0, false);
    populate(DOMID_SELF, 0x20001, 1, 0, XENMEMF_populate_on_demand, 0, false);
    populate(DOMID_SELF, 0x100020001, 1, 0, 0, 0, true);
    populate(DOMID_SELF, gfns, 1, 0, 0, 0, true);
    populate(DOMID_SELF, 0xFEE00, 1, 0, 0, 0, true);
    assert_false(here(0x20001) || here(0x100020001));
    populate(DOMID_SELF, gfns - 1, 1, 0, 0, 1, false);
    /* As many as are done at once; more than there can be are none. */
    populate(DOMID_SELF, 0, UINT32_MAX >> 6, 0, 0, 0x10000, false);
    populate(DOMID_SELF, 0, (UINT32_MAX >> 6) + 1, 0, 0, 0, false);
    /* With what it has left. */
    d.x.p2m.allowance = 1;
    populate(DOMID_SELF, 0x20002, 1, 0, 0, 1, false);
    assert_int_equal(d.x.p2m.allowance, 0);
    populate(DOMID_SELF, 0x20003, 1, 0, 0, 0, false);
    domain_exit(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(added), cmocka_unit_test(given_back),
                                       cmocka_unit_test(populated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
