/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls by 64-bit and by 32-bit callers (xen-facts C.4, D.0). */
#include "xen_kit.h"

#define ARG 0x200000ull
#define BUFFER 0x201000ull

static int64_t memory_map(struct domain *m, bool compat, uint32_t room, uint64_t buffer, uint32_t *nr)
{
    uint8_t a[16] = {0};
    put_le32(a, room);
    if (compat)
        put_le32(a + 4, (uint32_t)buffer);
    else
        put_le64(a + 8, buffer);
    poke(m, ARG, a, sizeof a);
    int64_t rc = call(m, compat, 12, 9, ARG);
    peek(m, ARG, a, sizeof a);
    *nr = le32(a);
    return rc;
}

static void check_entry(struct domain *m, unsigned i, uint64_t addr, uint64_t size, uint32_t type)
{
    uint8_t e[20];
    peek(m, BUFFER + 20ull * i, e, sizeof e);
    assert_int_equal(le64(e), addr);
    assert_int_equal(le64(e + 8), size);
    assert_int_equal(le32(e + 16), type);
}

static void maps(void **state)
{
    (void)state;
    struct domain m;
    uint32_t nr;
    domain_init(&m, GUEST_PVH, 8192);
    for (int compat = 0; compat < 2; compat++) {
        uint8_t clean[20 * 8] = {0};
        poke(&m, BUFFER, clean, sizeof clean);
        assert_int_equal(memory_map(&m, compat, 128, BUFFER, &nr), 0);
        assert_int_equal(nr, 6); /* B.4, unsorted */
        check_entry(&m, 0, 0, 0xFC000000, 1);
        check_entry(&m, 1, 0xFEFF8000, 0x8000, 2);
        check_entry(&m, 2, 0xFC008000, 64, 3);
        check_entry(&m, 3, 0xFC000000, 0x1000, 3);
        check_entry(&m, 4, 0xFC001000, 0x7000, 3);
        check_entry(&m, 5, 0x100000000, 0x104000000, 1);
        check_entry(&m, 6, 0, 0, 0);
        poke(&m, BUFFER, clean, sizeof clean);
        assert_int_equal(memory_map(&m, compat, 2, BUFFER, &nr), 0); /* as many as fit */
        assert_int_equal(nr, 2);
        check_entry(&m, 2, 0, 0, 0);
        assert_int_equal(memory_map(&m, compat, 128, 0xFB000000 + 0x1000000, &nr), 0);
        assert_int_equal(memory_map(&m, compat, 128, 0xFD000000, &nr), -XEN_EFAULT);
        assert_int_equal(nr, 128);
        assert_int_equal(call(&m, compat, 12, 9, 0xFD000000), -XEN_EFAULT);
    }
    domain_exit(&m);

    domain_init(&m, GUEST_HVM, 8192); /* the toolstack's own: from 1 MiB */
    assert_int_equal(memory_map(&m, false, 128, BUFFER, &nr), 0);
    assert_int_equal(nr, 2);
    check_entry(&m, 0, 0x100000, 0xEFF00000, 1);
    check_entry(&m, 1, 0x100000000, 0x110000000, 1);
    domain_exit(&m);
}

static int64_t physmap_op(struct domain *m, bool compat, uint64_t cmd, uint32_t space, uint64_t idx, uint64_t gfn)
{
    uint8_t a[24] = {0};
    put_le16(a, DOMID_SELF);
    if (cmd == 7) {
        put_le32(a + 4, space);
        if (compat) {
            put_le32(a + 8, (uint32_t)idx);
            put_le32(a + 12, (uint32_t)gfn);
        } else {
            put_le64(a + 8, idx);
            put_le64(a + 16, gfn);
        }
    } else if (compat) {
        put_le32(a + 4, (uint32_t)gfn);
    } else {
        put_le64(a + 8, gfn);
    }
    poke(m, ARG, a, sizeof a);
    return call(m, compat, 12, cmd, ARG);
}

static void shared_info(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const bool compat = i % 2 != 0, hvm = i < 2;
        struct domain m;
        uint8_t t[32];
        domain_init(&m, hvm ? GUEST_HVM : GUEST_PVH, 256);
        m.clock.cycles = 5000;
        assert_int_equal(physmap_op(&m, compat, 7, 0, 0, 0xFEF00), 0);
        assert_int_equal(m.x.shared_info_gpa, 0xFEF00000);
        peek(&m, 0xFEF00000 + 32, t, sizeof t);
        assert_int_equal(le32(t) & 1, 0);
        assert_int_equal(le64(t + 8), 5000);
        assert_int_equal(le64(t + 16), 2500);
        assert_int_equal(le32(t + 24), 0x80000000);
        assert_int_equal(t[28], 0);
        assert_null(memory_hva(&m.memory, 0xFDFFF000)); /* hvmloader's place is a hole now */

        assert_int_equal(physmap_op(&m, compat, 7, 0, 0, 0x9F), 0); /* moves; the RAM there is gone */
        assert_null(memory_hva(&m.memory, 0xFEF00000));
        assert_ptr_equal(memory_hva(&m.memory, 0x9F000), m.x.shared_info);
        assert_int_equal(physmap_op(&m, compat, 15, 0, 0, 0x9F), 0);
        assert_null(memory_hva(&m.memory, 0x9F000));
        assert_int_equal(m.x.shared_info_gpa, XEN_UNMAPPED);
        assert_int_equal(physmap_op(&m, compat, 15, 0, 0, 0x9F), -XEN_ENOENT);
        assert_int_equal(physmap_op(&m, compat, 15, 0, 0, 0xFEF00), -XEN_ENOENT);
        domain_exit(&m);
    }
}

static void physmap_errors(void **state)
{
    (void)state;
    struct domain m;
    uint8_t a[24] = {0};
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(physmap_op(&m, false, 7, 0, 1, 0xFEF00), -XEN_EINVAL);
    assert_int_equal(physmap_op(&m, false, 7, 0, 0, 1ull << 28), -XEN_EINVAL); /* above 40 bits */
    assert_int_equal(physmap_op(&m, false, 7, 0, 0, UINT64_MAX), -XEN_EINVAL);
    assert_int_equal(physmap_op(&m, false, 15, 0, 0, UINT64_MAX), -XEN_ENOENT);
    assert_int_equal(physmap_op(&m, false, 7, 1, 64, 0xFEF00), -XEN_EINVAL); /* no such page of the grant table */
    assert_int_equal(physmap_op(&m, false, 7, 2, 0x100, 0xFEF00), -XEN_EOPNOTSUPP);
    assert_int_equal(physmap_op(&m, false, 7, 77, 0, 0xFEF00), -XEN_ENOSYS);
    assert_int_equal(m.x.shared_info_gpa, 0xFDFFF000);
    for (uint16_t domid = 0; domid < 3; domid++) {
        put_le16(a, domid);
        put_le64(a + 16, 0xFEF00);
        poke(&m, ARG, a, sizeof a);
        assert_int_equal(call(&m, false, 12, 7, ARG), ((int64_t[]){-XEN_EPERM, 0, -XEN_ESRCH})[domid]);
    }
    assert_int_equal(call(&m, false, 12, 6, ARG), 0);                /* populate: no extent done */
    assert_int_equal(call(&m, false, 12, 26, ARG), -XEN_EOPNOTSUPP); /* no virtual NUMA */
    assert_int_equal(call(&m, false, 12, 63, ARG), -XEN_ENOSYS);
    domain_exit(&m);
}

static int64_t param(struct domain *m, bool compat, uint64_t cmd, uint32_t index, uint64_t *value)
{
    uint8_t a[16] = {0};
    put_le16(a, DOMID_SELF);
    put_le32(a + 4, index);
    put_le64(a + 8, *value);
    poke(m, ARG, a, sizeof a);
    int64_t rc = call(m, compat, 34, cmd, ARG);
    peek(m, ARG, a, sizeof a);
    *value = le64(a + 8);
    return rc;
}

static void params(void **state)
{
    (void)state;
    static const struct {
        uint32_t index;
        int64_t get, set;
        uint64_t value;
    } row[] = {
        {HVM_PARAM_STORE_PFN, 0, -XEN_EPERM, 0xFEFFC},
        {HVM_PARAM_STORE_EVTCHN, 0, 0, 1},
        {HVM_PARAM_CONSOLE_PFN, 0, -XEN_EPERM, 0xFEFFF},
        {HVM_PARAM_CONSOLE_EVTCHN, 0, 0, 2},
        {HVM_PARAM_VM86_TSS_SIZED, 0, 0, 0x180FC100000},
        {HVM_PARAM_ACPI_IOPORTS_LOCATION, 0, 0, 1},
        {HVM_PARAM_CALLBACK_IRQ, 0, 0, 0},
        {HVM_PARAM_IDENT_PT, -XEN_EPERM, -XEN_EPERM, 0},
        {HVM_PARAM_IOREQ_PFN, -XEN_EPERM, -XEN_EPERM, 0},
        {HVM_PARAM_ALTP2M, 0, -XEN_EEXIST, 0},
        {4, -XEN_EINVAL, -XEN_EINVAL, 0},
        {3, -XEN_EPERM, -XEN_EPERM, 0},
        {HVM_NR_PARAMS, -XEN_EINVAL, -XEN_EINVAL, 0},
        {UINT32_MAX, -XEN_EINVAL, -XEN_EINVAL, 0},
    };
    for (int compat = 0; compat < 2; compat++) {
        struct domain m;
        domain_init(&m, GUEST_HVM, 256);
        for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
            uint64_t v = 0xFFFF;
            assert_int_equal(param(&m, compat, HVMOP_get_param, row[i].index, &v), row[i].get);
            assert_int_equal(v, row[i].get == 0 ? row[i].value : 0xFFFF);
            v = 0x77;
            assert_int_equal(param(&m, compat, HVMOP_set_param, row[i].index, &v), row[i].set);
            if (row[i].set == 0) {
                v = 0;
                assert_int_equal(param(&m, compat, HVMOP_get_param, row[i].index, &v), 0);
                assert_int_equal(v, 0x77);
            }
        }
        assert_int_equal(m.x.param[HVM_PARAM_IDENT_PT], 0xFEFFE000);
        assert_int_equal(m.x.param[HVM_PARAM_IOREQ_SERVER_PFN], 0xFEFF0);
        domain_exit(&m);
    }
}

static void versions(void **state)
{
    (void)state;
    struct domain m;
    uint8_t b[64];
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(call(&m, false, 17, 0, 0), 0x40011);
    assert_int_equal(call(&m, false, 17, 1, BUFFER), 0);
    peek(&m, BUFFER, b, 16);
    assert_string_equal((const char *)b, ".0");
    assert_int_equal(call(&m, false, 17, 7, 0), 4096);
    assert_int_equal(call(&m, false, 17, 8, BUFFER), 0);
    assert_int_equal(call(&m, false, 17, 1, 0xFD000000), -XEN_EFAULT);
    assert_int_equal(call(&m, false, 17, 99, 0), -XEN_ENOSYS);
    memset(b, 0, sizeof b);
    poke(&m, BUFFER, b, 8);
    assert_int_equal(call(&m, true, 17, 6, BUFFER), 0);
    peek(&m, BUFFER, b, 8);
    assert_true((le32(b + 4) & 1u << XENFEAT_hvm_safe_pvclock) != 0);
    domain_exit(&m);
}

static void shutdowns_and_events(void **state)
{
    (void)state;
    struct domain m;
    uint8_t a[4];
    domain_init(&m, GUEST_PVH, 256);
    assert_int_equal(m.x.shutdown, SHUTDOWN_RUNNING);
    for (uint64_t cmd = 0; cmd < 4; cmd++)
        if (cmd != 2)
            assert_int_equal(call(&m, false, 29, cmd, 0), 0);
    assert_int_equal(call(&m, false, 29, 2, 0xFD000000), -XEN_EFAULT); /* not a pointer (R28) */
    assert_int_equal(m.x.shutdown, SHUTDOWN_RUNNING);
    put_le32(a, 3);
    poke(&m, ARG, a, 4);
    assert_int_equal(call(&m, false, 29, 2, ARG), 0);
    assert_int_equal(m.x.shutdown, SHUTDOWN_CRASHED);
    assert_int_equal(call(&m, false, 29, 9, ARG), -XEN_ENOSYS);
    put_le32(a, 1);
    poke(&m, ARG, a, 4);
    assert_int_equal(call(&m, false, 32, 4, ARG), 0);
    put_le32(a, 9);
    poke(&m, ARG, a, 4);
    assert_int_equal(call(&m, false, 32, 4, ARG), -XEN_EINVAL);
    domain_exit(&m);
}

static void callers(void **state)
{
    (void)state;
    struct domain m;
    struct hypercall c = {.nr = 17, .cpl = 3};
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(xen_hypercall(&m.x, &c), -XEN_EPERM);
    assert_int_equal(call(&m, false, 20, 0, 0), -XEN_ENOSYS);
    assert_int_equal(call(&m, false, (1ull << 32) | 17, 0, 0), -XEN_ENOSYS);
    assert_int_equal(call(&m, true, (1ull << 32) | 17, 1ull << 32, 0), 0x40011); /* only the lower halves exist */
    assert_int_equal(m.x.calls, 4);
    assert_int_equal(m.x.log[1].nr, 20);
    assert_int_equal(m.x.log[1].result, -XEN_ENOSYS);
    for (unsigned i = 0; i < 100; i++)
        (void)call(&m, false, 17, 0, 0);
    assert_int_equal(m.x.calls, 104);
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps),    cmocka_unit_test(shared_info), cmocka_unit_test(physmap_errors),
        cmocka_unit_test(params),  cmocka_unit_test(versions),    cmocka_unit_test(shutdowns_and_events),
        cmocka_unit_test(callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
