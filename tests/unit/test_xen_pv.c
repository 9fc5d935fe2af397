/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels, the grant table and the console, as good and bad guests use them. */
#include "xen/private.h"
#include "xen_kit.h"

#define ARG 0x200000ull
#define CONSOLE (SPECIAL_CONSOLE_PFN << PAGE_SHIFT)
#define EVTCHN 32
#define GRANT 20
#define MEMORY 12

static uint32_t get(struct domain *m, uint64_t gpa)
{
    uint8_t b[4];
    peek(m, gpa, b, sizeof b);
    return le32(b);
}

static void set(struct domain *m, uint64_t gpa, uint32_t v)
{
    uint8_t b[4];
    put_le32(b, v);
    poke(m, gpa, b, sizeof b);
}

static int64_t grant_call(struct domain *m, bool compat, uint64_t cmd, uint64_t arg, uint64_t count)
{
    struct hypercall c = {.nr = GRANT, .arg = {cmd, arg, count}, .compat = compat};
    return xen_hypercall(&m->x, &c);
}

static int64_t allocate(struct domain *m, uint16_t remote)
{
    set(m, ARG, DOMID_SELF | (uint32_t)remote << 16);
    return call(m, false, EVTCHN, EVTCHNOP_alloc_unbound, ARG);
}

static int64_t port_op(struct domain *m, uint64_t cmd, uint32_t port)
{
    set(m, ARG, port);
    return call(m, false, EVTCHN, cmd, ARG);
}

static uint32_t status(struct domain *m, uint32_t port)
{
    set(m, ARG, DOMID_SELF);
    set(m, ARG + 4, port);
    assert_int_equal(call(m, false, EVTCHN, EVTCHNOP_status, ARG), 0);
    return get(m, ARG + 8);
}

static void ports(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(status(&m, 1), EVTCHNSTAT_interdomain);
    assert_int_equal(status(&m, 2), EVTCHNSTAT_interdomain);
    assert_int_equal(status(&m, 3), EVTCHNSTAT_closed);
    assert_int_equal(port_op(&m, EVTCHNOP_send, 3), -XEN_EINVAL);
    assert_int_equal(allocate(&m, 0), 0);
    assert_int_equal(get(&m, ARG + 4), 3);
    assert_int_equal(status(&m, 3), EVTCHNSTAT_unbound);
    assert_int_equal(get(&m, ARG + 16), 0);
    assert_int_equal(port_op(&m, EVTCHNOP_send, 3), 0); /* nobody listens */
    assert_int_equal(allocate(&m, 7), 0);
    assert_int_equal(get(&m, ARG + 4), 4);
    assert_int_equal(status(&m, 4), EVTCHNSTAT_unbound);
    assert_int_equal(get(&m, ARG + 16), 7);

    assert_false(evtchn_bind(&m.x, 4, END_DISK, 0)); /* that is domain 7's */
    assert_false(evtchn_bind(&m.x, 1, END_DISK, 0));
    assert_false(evtchn_bind(&m.x, 0, END_DISK, 0));
    assert_false(evtchn_bind(&m.x, UINT32_MAX, END_DISK, 0));
    assert_true(evtchn_bind(&m.x, 3, END_DISK, 0));
    assert_int_equal(status(&m, 3), EVTCHNSTAT_interdomain);
    evtchn_raise(&m.x, 3, false);
    assert_int_equal(m.x.shared_info[0x800], 8);
    evtchn_raise(&m.x, 4, false); /* nobody is there to raise it */
    assert_int_equal(m.x.shared_info[0x800], 8);
    evtchn_unbind(&m.x, 3);
    assert_int_equal(status(&m, 3), EVTCHNSTAT_unbound);

    assert_int_equal(port_op(&m, EVTCHNOP_close, 3), 0);
    assert_int_equal(m.x.shared_info[0x800], 0);
    assert_int_equal(port_op(&m, EVTCHNOP_close, 3), -XEN_EINVAL);
    static const uint32_t wrong[] = {0, 1024, 4096, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(port_op(&m, EVTCHNOP_close, wrong[i]), -XEN_EINVAL);
        assert_int_equal(port_op(&m, EVTCHNOP_send, wrong[i]), -XEN_EINVAL);
        assert_int_equal(port_op(&m, EVTCHNOP_unmask, wrong[i]), -XEN_EINVAL);
    }
    unsigned n = 0;
    while (allocate(&m, 0) == 0)
        n++;
    assert_int_equal(n, 1023 - 3);
    assert_int_equal(allocate(&m, 0), -XEN_ENOSPC);
    set(&m, ARG, DOMID_SELF);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_reset, ARG), 0);
    assert_int_equal(status(&m, 1), EVTCHNSTAT_closed);
    assert_int_equal(port_op(&m, EVTCHNOP_send, 1), -XEN_EINVAL);
    set(&m, ARG, 5);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_reset, ARG), -XEN_ESRCH);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_bind_interdomain, ARG), -XEN_ESRCH);
    set(&m, ARG, 0);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_bind_interdomain, ARG), -XEN_EINVAL);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_expand_array, ARG), -XEN_ENOSYS);
    assert_int_equal(call(&m, false, EVTCHN, EVTCHNOP_send, 1ull << 40), -XEN_EFAULT);
    domain_exit(&m);
}

static void unmasking(void **state)
{
    (void)state;
    for (int compat = 0; compat < 2; compat++) {
        struct domain m;
        domain_init(&m, GUEST_HVM, 256);
        uint8_t *const s = m.x.shared_info;
        uint8_t *const mask = s + (compat ? 0x880 : 0xA00);
        *mask = 4;
        evtchn_raise(&m.x, 2, compat);
        assert_int_equal(s[0x800], 4);
        assert_int_equal(s[0], 0);
        set(&m, ARG, 2);
        assert_int_equal(call(&m, compat, EVTCHN, EVTCHNOP_unmask, ARG), 0);
        assert_int_equal(*mask, 0);
        assert_int_equal(s[0], 1);
        assert_int_equal(s[compat ? 4 : 8], 1);
        domain_exit(&m);
    }
}

static int64_t map(struct domain *m, uint32_t space, uint64_t idx, uint64_t gfn)
{
    uint8_t a[24] = {0};
    put_le16(a, DOMID_SELF);
    put_le32(a + 4, space);
    put_le64(a + 8, idx);
    put_le64(a + 16, gfn);
    poke(m, ARG, a, sizeof a);
    return call(m, false, MEMORY, XENMEM_add_to_physmap, ARG);
}

static int64_t unmap(struct domain *m, uint64_t gfn)
{
    uint8_t a[16] = {0};
    put_le16(a, DOMID_SELF);
    put_le64(a + 8, gfn);
    poke(m, ARG, a, sizeof a);
    return call(m, false, MEMORY, XENMEM_remove_from_physmap, ARG);
}

/* Where its pages are: they come, move, push each other out, and go. */
static void grant_pages(void **state)
{
    (void)state;
    struct domain m;
    uint8_t e[16];
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 0, 0xF2000), 0);
    peek(&m, 0xF2000000, e, sizeof e); /* the toolstack's two */
    assert_int_equal(le16(e), GTF_permit_access);
    assert_int_equal(le32(e + 4), SPECIAL_CONSOLE_PFN);
    assert_int_equal(le32(e + 12), SPECIAL_XENSTORE_PFN);
    for (uint64_t i = 1; i < GNTTAB_FRAMES_MAX; i++)
        assert_int_equal(map(&m, XENMAPSPACE_grant_table, i, 0xF2000 + i), 0);
    set(&m, 0xF2003008, 0x12345678);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 3, 0x300), 0); /* over RAM */
    assert_int_equal(get(&m, 0x300008), 0x12345678);
    assert_false(p2m_has(&m.x, 0xF2003000));
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 4, 0x300), 0); /* over the other one */
    assert_int_equal(get(&m, 0x300008), 0);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 3, 0x301), 0);
    assert_int_equal(get(&m, 0x301008), 0x12345678);
    assert_int_equal(map(&m, XENMAPSPACE_shared_info, 0, 0x301), 0); /* and shared info over that */
    assert_int_equal(m.x.gnttab.gpa[3], XEN_UNMAPPED);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 3, 0x301), 0);
    assert_int_equal(m.x.shared_info_gpa, XEN_UNMAPPED);
    assert_int_equal(unmap(&m, 0x301), 0);
    assert_int_equal(m.x.gnttab.gpa[3], XEN_UNMAPPED);
    assert_int_equal(unmap(&m, 0x301), -XEN_ENOENT);

    assert_int_equal(map(&m, XENMAPSPACE_grant_table, GNTTAB_FRAMES_MAX, 0x400), -XEN_EINVAL);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, XENMAPIDX_grant_table_status, 0x400), -XEN_EINVAL);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, UINT64_MAX, 0x400), -XEN_EINVAL);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 0, 1ull << 50), -XEN_EINVAL);
    domain_exit(&m);
}

static void grant_queries(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    set(&m, ARG, DOMID_SELF);
    assert_int_equal(grant_call(&m, false, GNTTABOP_query_size, ARG, 1), 0);
    assert_int_equal(get(&m, ARG + 4), 1);
    assert_int_equal(get(&m, ARG + 8), GNTTAB_FRAMES_MAX);
    assert_int_equal((uint16_t)get(&m, ARG + 12), 0);
    set(&m, ARG, 3);
    assert_int_equal(grant_call(&m, true, GNTTABOP_query_size, ARG, 1), 0);
    assert_int_equal((int16_t)get(&m, ARG + 12), GNTST_bad_domain);
    assert_int_equal(grant_call(&m, false, GNTTABOP_query_size, ARG, 2), -XEN_EINVAL);
    assert_int_equal(grant_call(&m, false, GNTTABOP_query_size, 1ull << 40, 1), -XEN_EFAULT);
    assert_int_equal(grant_call(&m, false, GNTTABOP_map_grant_ref, ARG, 1), -XEN_ENOSYS);
    set(&m, ARG, DOMID_SELF);
    assert_int_equal(grant_call(&m, false, GNTTABOP_get_version, ARG, 1), 0);
    assert_int_equal(get(&m, ARG + 4), 1);
    for (uint32_t v = 0; v < 4; v++) {
        static const int64_t want[] = {-XEN_EINVAL, 0, -XEN_ENOSYS, -XEN_EINVAL};
        set(&m, ARG, v);
        assert_int_equal(grant_call(&m, false, GNTTABOP_set_version, ARG, 1), want[v]);
        assert_int_equal(get(&m, ARG), 1);
    }
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 0, 0x300), 0);
    for (int compat = 0; compat < 2; compat++) {
        uint8_t a[24] = {0};
        put_le16(a, DOMID_SELF);
        put_le32(a + 4, 2);
        put_le32(a + (compat ? 12 : 16), (uint32_t)ARG + 64);
        poke(&m, ARG, a, sizeof a);
        assert_int_equal(grant_call(&m, compat, GNTTABOP_setup_table, ARG, 1), 0);
        assert_int_equal((int16_t)get(&m, ARG + 8), GNTST_okay);
        assert_int_equal(get(&m, ARG + 64), 0x300);
        assert_int_equal(get(&m, ARG + 64 + (compat ? 4 : 8)), UINT32_MAX);
        put_le32(a + 4, GNTTAB_FRAMES_MAX + 1);
        poke(&m, ARG, a, sizeof a);
        assert_int_equal(grant_call(&m, compat, GNTTABOP_setup_table, ARG, 1), 0);
        assert_int_equal((int16_t)get(&m, ARG + 8), GNTST_general_error);
    }
    assert_int_equal(m.x.gnttab.nr, 2);
    domain_exit(&m);
}

static void entry(struct domain *m, uint32_t ref, uint16_t flags, uint16_t domid, uint32_t frame)
{
    uint8_t e[8];
    put_le16(e, flags);
    put_le16(e + 2, domid);
    put_le32(e + 4, frame);
    poke(m, 0x300000 + 8ull * ref, e, sizeof e);
}

static void grants(void **state)
{
    (void)state;
    struct domain m;
    const char *why = NULL;
    uint64_t gpa = 0;
    domain_init(&m, GUEST_HVM, 256);
    assert_int_equal(map(&m, XENMAPSPACE_grant_table, 0, 0x300), 0);
    entry(&m, 8, GTF_permit_access, 0, 0x1234);
    assert_ptr_equal(gnttab_begin(&m.x, 8, true, &gpa, &why), m.memory.base + 0x1234000);
    assert_int_equal(gpa, 0x1234000);
    assert_int_equal((uint16_t)get(&m, 0x300040), GTF_permit_access | GTF_reading | GTF_writing);
    gnttab_end(&m.x, 8);
    assert_int_equal((uint16_t)get(&m, 0x300040), GTF_permit_access);
    entry(&m, 8, GTF_permit_access | GTF_readonly, 0, 0x1234);
    assert_non_null(gnttab_begin(&m.x, 8, false, &gpa, &why));
    gnttab_end(&m.x, 8);
    assert_null(gnttab_begin(&m.x, 8, true, &gpa, &why));
    assert_string_equal(why, "it is only for reading");
    static const struct {
        uint16_t flags, domid;
        uint32_t frame;
        const char *why;
    } bad[] = {
        {GTF_invalid, 0, 0x1234, "it grants nothing"},
        {GTF_accept_transfer, 0, 0x1234, "it grants nothing"},
        {GTF_transitive, 0, 0x1234, "it grants nothing"},
        {GTF_permit_access, 1, 0x1234, "it is not for domain 0"},
        {GTF_permit_access, 0, 0x10000, "no RAM is where it points to"},
        {GTF_permit_access, 0, 0x300, "no RAM is where it points to"}, /* the table itself */
        {GTF_permit_access, 0, 0xFEE00, "no RAM is where it points to"},
        {GTF_permit_access, 0, UINT32_MAX, "no RAM is where it points to"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        entry(&m, 8, bad[i].flags, bad[i].domid, bad[i].frame);
        assert_null(gnttab_begin(&m.x, 8, false, &gpa, &why));
        assert_string_equal(why, bad[i].why);
        assert_int_equal((uint16_t)get(&m, 0x300040), bad[i].flags);
    }
    assert_null(gnttab_begin(&m.x, 512, false, &gpa, &why));
    assert_null(gnttab_begin(&m.x, UINT32_MAX, false, &gpa, &why));
    gnttab_end(&m.x, UINT32_MAX);
    domain_exit(&m);
}

static void say(struct domain *m, const char *text)
{
    uint32_t prod = get(m, CONSOLE + 0xC0C);
    for (size_t i = 0; text[i] != '\0'; i++, prod++)
        poke(m, CONSOLE + 1024 + prod % 2048, text + i, 1);
    set(m, CONSOLE + 0xC0C, prod);
}

static void console(void **state)
{
    (void)state;
    struct domain m;
    size_t n;
    bool cut;
    domain_init(&m, GUEST_PVH, 256);
    assert_string_equal(console_log(&m.x, &n, &cut), "");
    set(&m, CONSOLE + 0xC08, UINT32_MAX - 1); /* the indices wrap */
    set(&m, CONSOLE + 0xC0C, UINT32_MAX - 1);
    say(&m, "hello");
    assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    assert_int_equal(get(&m, CONSOLE + 0xC08), 3);
    assert_int_equal(m.x.shared_info[0x800], 4);
    say(&m, ", world\n");
    assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    assert_string_equal(console_log(&m.x, &n, &cut), "hello, world\n");
    assert_int_equal(n, 13);
    assert_false(cut);
    assert_string_equal(m.x.complaint, "");

    static const uint32_t far[] = {2049, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        const uint32_t cons = get(&m, CONSOLE + 0xC08);
        set(&m, CONSOLE + 0xC0C, cons + far[i]);
        assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
        assert_string_not_equal(m.x.complaint, "");
        assert_int_equal(get(&m, CONSOLE + 0xC08), cons);
    }
    m.x.complaint[0] = '\0';
    set(&m, CONSOLE + 0xC0C, get(&m, CONSOLE + 0xC08));
    m.x.shared_info[0x800] = 0;
    assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    assert_int_equal(m.x.shared_info[0x800], 0); /* there was nothing to be read */
    say(&m, "!");
    assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    assert_string_equal(console_log(&m.x, &n, &cut), "hello, world\n!");
    for (unsigned i = 0; i < 3000; i++) { /* more than is kept */
        set(&m, CONSOLE + 0xC0C, get(&m, CONSOLE + 0xC08) + 2048);
        assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    }
    (void)console_log(&m.x, &n, &cut);
    assert_int_equal(n, LIMIT_LOG_DEFAULT);
    assert_true(cut);
    assert_string_equal(m.x.complaint, ""); /* as far apart as the ring is long is right */
    xen_complain(&m.x, "first");
    xen_complain(&m.x, "second");
    assert_string_equal(m.x.complaint, "first");
    m.x.refusal[0] = '\0';
    xen_refuse(&m.x, "first");
    xen_refuse(&m.x, "second");
    assert_string_equal(m.x.refusal, "first");

    assert_int_equal(console_type(&m.x, "key", 3), 3);
    assert_int_equal(get(&m, CONSOLE + 0xC04), 3);
    assert_int_equal(get(&m, CONSOLE) & 0xFFFFFF, 'k' | 'e' << 8 | 'y' << 16);
    uint8_t many[2000] = {0};
    assert_int_equal(console_type(&m.x, many, sizeof many), 1021);
    assert_int_equal(console_type(&m.x, many, 1), 0);
    set(&m, CONSOLE + 0xC00, 9999); /* read more than there was */
    assert_int_equal(console_type(&m.x, many, 1), 0);
    assert_true(memory_drop_page(&m.memory, CONSOLE));
    assert_int_equal(port_op(&m, EVTCHNOP_send, EVTCHN_CONSOLE), 0);
    assert_int_equal(console_type(&m.x, many, 1), 0);
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports),         cmocka_unit_test(unmasking), cmocka_unit_test(grant_pages),
        cmocka_unit_test(grant_queries), cmocka_unit_test(grants),    cmocka_unit_test(console),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
