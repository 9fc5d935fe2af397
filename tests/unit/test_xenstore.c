/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store: a client as X:tools/firmware/hvmloader/xenbus.c has it, and clients that no one should have. */
#include "xen_kit.h"

#define ARG 0x200000ull
#define RING (SPECIAL_XENSTORE_PFN << PAGE_SHIFT)
#define RSP (RING + 1024)
#define REQ_CONS (RING + 2048)
#define REQ_PROD (RING + 2052)
#define RSP_CONS (RING + 2056)
#define RSP_PROD (RING + 2060)
#define FEATURES (RING + 2064)
#define CONNECTION (RING + 2068)
#define ERROR (RING + 2072)

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

static void begin(struct domain *m)
{
    static const uint8_t zeroes[4096];
    domain_init(m, GUEST_HVM, 256);
    poke(m, RING, zeroes, sizeof zeroes); /* as the builder gives it, not as hvmloader leaves it */
    assert_true(xen_begin_loader(&m->x));
}

static void notify(struct domain *m)
{
    set(m, ARG, 1);
    assert_int_equal(call(m, true, 32, 4, ARG), 0);
}

/* Byte by byte, so that wrapping needs no thought. */
static void put(struct domain *m, const void *bytes, size_t n)
{
    uint32_t prod = get(m, REQ_PROD);
    for (size_t i = 0; i < n; i++, prod++)
        poke(m, RING + prod % 1024, (const uint8_t *)bytes + i, 1);
    set(m, REQ_PROD, prod);
}

static void take(struct domain *m, void *bytes, size_t n)
{
    uint32_t cons = get(m, RSP_CONS);
    assert_in_range(n, 0, get(m, RSP_PROD) - cons);
    for (size_t i = 0; i < n; i++, cons++)
        peek(m, RSP + cons % 1024, (uint8_t *)bytes + i, 1);
    set(m, RSP_CONS, cons);
}

static void header(uint8_t h[16], uint32_t type, uint32_t req, uint32_t tx, uint32_t len)
{
    put_le32(h, type);
    put_le32(h + 4, req);
    put_le32(h + 8, tx);
    put_le32(h + 12, len);
}

static size_t request(uint8_t *out, const char *path, uint32_t req)
{
    const size_t n = strlen(path) + 1;
    header(out, XS_READ, req, 0, (uint32_t)n);
    memcpy(out + 16, path, n);
    return 16 + n;
}

/* The next answer must be this one. A value has no zero at its end, an error has. */
static void expect(struct domain *m, uint32_t type, uint32_t req, const char *text)
{
    uint8_t h[16], body[128] = {0};
    const size_t n = strlen(text) + (type == XS_ERROR ? 1 : 0);
    take(m, h, sizeof h);
    assert_int_equal(le32(h), type);
    assert_int_equal(le32(h + 4), req);
    assert_int_equal(le32(h + 12), n);
    take(m, body, n);
    assert_string_equal((const char *)body, text);
}

static void read_or_fail(struct domain *m, const char *path, const char *value, const char *error)
{
    static uint32_t req;
    uint8_t r[16 + 4096];
    put(m, r, request(r, path, ++req));
    notify(m);
    expect(m, value != NULL ? XS_READ : XS_ERROR, req, value != NULL ? value : error);
    assert_int_equal(get(m, REQ_CONS), get(m, REQ_PROD));
    assert_int_equal(get(m, RSP_CONS), get(m, RSP_PROD));
}

static void read_key(struct domain *m, const char *path, const char *value)
{
    read_or_fail(m, path, value, "ENOENT");
}

static void keys(void **state)
{
    (void)state;
    struct domain m;
    begin(&m);
    assert_int_equal(get(&m, FEATURES), 0);
    read_key(&m, "hvmloader/bios", "ovmf");
    read_key(&m, "/local/domain/1/hvmloader/bios", "ovmf");
    read_key(&m, "hvmloader/allow-memory-relocate", "0");
    read_key(&m, "platform/acpi", "1");
    read_key(&m, "platform/acpi_s3", "1");
    read_key(&m, "platform/acpi_s4", "1");
    read_key(&m, "platform/acpi_laptop_slate", "0");
    read_key(&m, "platform/device-model", "qemu_xen");
    read_key(&m, "platform/mmio_hole_size", NULL);
    read_key(&m, "platform/generation-id", NULL);
    read_key(&m, "platform/tpm_version", NULL);
    read_key(&m, "hvmloader/pci/xen-platform-pci-bar-uc", NULL);
    read_key(&m, "bios-strings/bios-vendor", NULL);
    read_or_fail(&m, "/hvmloader/bios", NULL, "EACCES");
    read_or_fail(&m, "/local/domain/2/hvmloader/bios", NULL, "EACCES");
    read_key(&m, "platform", "");
    read_key(&m, "platform/none", NULL);
    read_key(&m, "domid", "1");
    read_key(&m, "memory/static-max", "262144");
    read_key(&m, "control/shutdown", "");
    read_key(&m, "cpu/0/availability", "online");
    read_key(&m, "cpu/1/availability", NULL);
    read_key(&m, "vm", "/vm/" BED_UUID);
    read_key(&m, "/vm/" BED_UUID "/name", "hvmbed");
    assert_int_equal(m.x.store.requests, 24);
    assert_int_equal(m.x.store.errors, 9);
    m.t.l.acpi = false;
    m.t.l.mmio_hole = 2 * GIB;
    m.t.l.xen_minor = 21;
    assert_true(xen_begin_loader(&m.x));
    read_key(&m, "platform/acpi", "0");
    read_key(&m, "platform/mmio_hole_size", "2147483648");
    read_key(&m, "hvmloader/pci/xen-platform-pci-bar-uc", "1");
    m.t.l.mmio_hole = 128 * MIB; /* less than there is anyway */
    assert_true(xen_begin_loader(&m.x));
    read_key(&m, "platform/mmio_hole_size", NULL);
    domain_exit(&m);
}

/* Pieces of every size, and many requests at a time: nothing gets lost at any place of the ring. */
static void pieces_and_wrap(void **state)
{
    (void)state;
    struct domain m;
    uint8_t r[128];
    begin(&m);
    for (uint64_t at = REQ_CONS; at <= RSP_PROD; at += 4)
        set(&m, at, UINT32_MAX - 700); /* the indices, too, wrap */
    for (size_t piece = 1; piece < 40; piece++) {
        const size_t n = request(r, "platform/device-model", (uint32_t)piece);
        for (size_t done = 0; done < n; done += piece) {
            assert_int_equal(get(&m, RSP_PROD), get(&m, RSP_CONS));
            put(&m, r + done, n - done < piece ? n - done : piece);
            notify(&m);
        }
        expect(&m, XS_READ, (uint32_t)piece, "qemu_xen");
    }
    for (uint32_t round = 0; round < 30; round++) {
        for (uint32_t i = 0; i < 5; i++)
            put(&m, r, request(r, "platform/acpi", 100 * round + i));
        notify(&m);
        for (uint32_t i = 0; i < 5; i++)
            expect(&m, XS_READ, 100 * round + i, "1");
    }
    domain_exit(&m);
}

/* Nobody takes the answers: requests wait in their ring, then all are answered in order. */
static void full(void **state)
{
    (void)state;
    struct domain m;
    uint8_t r[64];
    uint32_t sent = 0, seen = 0;
    begin(&m);
    for (;;) {
        const size_t n = request(r, "platform/device-model", sent);
        if (get(&m, REQ_PROD) - get(&m, REQ_CONS) + n > 1024)
            break;
        put(&m, r, n);
        notify(&m);
        sent++;
    }
    assert_int_equal(get(&m, RSP_PROD), 1024);
    assert_in_range(sent, 60, 80);
    while (seen < sent) {
        while (get(&m, RSP_PROD) - get(&m, RSP_CONS) >= 24)
            expect(&m, XS_READ, seen++, "qemu_xen");
        notify(&m);
    }
    assert_int_equal(get(&m, RSP_PROD), get(&m, RSP_CONS));
    assert_false(m.x.store.dead);
    domain_exit(&m);
}

static void refuse(struct domain *m, uint32_t type, uint32_t tx, const void *body, size_t n, const char *error)
{
    uint8_t h[16];
    header(h, type, 77, tx, (uint32_t)n);
    put(m, h, sizeof h);
    for (size_t done = 0, piece; done < n; done += piece) {
        piece = n - done < 512 ? n - done : 512;
        put(m, (const uint8_t *)body + done, piece);
        notify(m);
    }
    notify(m);
    expect(m, XS_ERROR, 77, error);
    assert_false(m->x.store.dead);
}

static void bad_requests(void **state)
{
    (void)state;
    struct domain m;
    char big[4096];
    begin(&m);
    memset(big, 'a', sizeof big);
    refuse(&m, XS_WRITE, 0, "platform/acpi\0001", 15, "EACCES");
    refuse(&m, XS_DIRECTORY, 0, "", 0, "EINVAL");
    refuse(&m, XS_DIRECTORY_PART, 0, "platform\0000", 11, "ENOSYS");
    refuse(&m, XS_CONTROL, 0, "check", 6, "EACCES");
    refuse(&m, XS_SET_TARGET, 7, "1\0002", 4, "EACCES");
    refuse(&m, XS_WATCH_EVENT, 0, "a\0b", 4, "ENOSYS");
    refuse(&m, XS_TYPE_COUNT, 0, "", 1, "ENOSYS");
    refuse(&m, UINT32_MAX, 0, NULL, 0, "ENOSYS");
    refuse(&m, XS_READ, 5, "platform/acpi", 14, "ENOENT");
    refuse(&m, XS_READ, 0, NULL, 0, "EINVAL");
    refuse(&m, XS_READ, 0, "platform/acpi", 13, "EINVAL"); /* no zero */
    refuse(&m, XS_READ, 0, "platform/acpi\0x", 16, "EINVAL");
    refuse(&m, XS_READ, 0, "platform/acpi\0", 15, "EINVAL");
    refuse(&m, XS_READ, 0, "platform//acpi", 15, "EINVAL");
    refuse(&m, XS_READ, 0, "platform/", 10, "EINVAL");
    refuse(&m, XS_READ, 0, "plat form", 10, "EINVAL");
    refuse(&m, XS_READ, 0, big, sizeof big, "EINVAL");
    big[4095] = '\0';
    refuse(&m, XS_READ, 0, big, sizeof big, "EINVAL");
    read_key(&m, "platform/acpi", "1");
    domain_exit(&m);
}

static void check_dead(struct domain *m, uint32_t error)
{
    uint8_t before[4096], after[4096];
    assert_true(m->x.store.dead);
    assert_int_equal(get(m, ERROR), error);
    set(m, REQ_CONS, 0);
    set(m, REQ_PROD, 20);
    set(m, RSP_CONS, 0);
    set(m, RSP_PROD, 0);
    peek(m, RING, before, sizeof before);
    notify(m);
    peek(m, RING, after, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    domain_exit(m);
}

static void dead_rings(void **state)
{
    (void)state;
    static const uint32_t nonsense[] = {1025, 2048, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
    struct domain m;
    uint8_t r[64];
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        begin(&m);
        set(&m, REQ_PROD, nonsense[i]);
        notify(&m);
        check_dead(&m, 2);

        begin(&m);
        set(&m, RSP_PROD, nonsense[i]);
        put(&m, r, request(r, "platform/acpi", 1));
        notify(&m);
        check_dead(&m, 2);

        begin(&m);
        header(r, XS_READ, 1, 0, nonsense[i] + 4000);
        if (nonsense[i] + 4000 > 4096) {
            put(&m, r, 16);
            notify(&m);
            check_dead(&m, 3);
        } else {
            domain_exit(&m);
        }
    }
}

/* xenbus_shutdown, both ways. */
static void shutdown(void **state)
{
    (void)state;
    struct domain m;
    uint8_t ones[2048], zeroes[16] = {0};
    memset(ones, 0xFF, sizeof ones);
    begin(&m);
    read_key(&m, "platform/acpi", "1");
    poke(&m, RING, ones, sizeof ones);
    poke(&m, REQ_CONS, zeroes, sizeof zeroes);
    notify(&m);
    assert_int_equal(get(&m, RSP_PROD), 0);
    read_key(&m, "platform/acpi", "1");

    set(&m, CONNECTION, 1); /* not offered */
    notify(&m);
    assert_int_equal(get(&m, CONNECTION), 1);
    domain_exit(&m);

    begin(&m);
    m.x.store.features = 1;
    assert_true(xen_begin_loader(&m.x));
    assert_int_equal(get(&m, FEATURES), 1);
    put(&m, ones, 16); /* nonsense, and half a request is forgotten as well */
    notify(&m);
    assert_true(m.x.store.dead);
    set(&m, CONNECTION, 1);
    notify(&m);
    assert_int_equal(get(&m, CONNECTION), 0);
    assert_int_equal(get(&m, REQ_CONS), 0);
    assert_int_equal(get(&m, ERROR), 0);
    read_key(&m, "platform/acpi", "1");
    domain_exit(&m);
}

static void events(void **state)
{
    (void)state;
    for (int compat = 0; compat < 2; compat++) {
        struct domain m;
        uint8_t r[64];
        begin(&m);
        uint8_t *const s = m.x.shared_info;
        const size_t sel = compat ? 4 : 8, mask = compat ? 0x880 : 0xA00;
        set(&m, ARG, 1);
        assert_int_equal(call(&m, compat, 32, 4, ARG), 0); /* nothing to say */
        assert_int_equal(s[0x800], 0);
        put(&m, r, request(r, "platform/acpi", 1));
        assert_int_equal(call(&m, compat, 32, 4, ARG), 0);
        assert_int_equal(s[0x800], 2);
        assert_int_equal(s[sel], 1);
        assert_int_equal(s[0], 1);

        memset(s, 0, 64);
        s[0x800] = 0;
        s[mask] = 2;
        put(&m, r, request(r, "platform/acpi", 1));
        assert_int_equal(call(&m, compat, 32, 4, ARG), 0);
        assert_int_equal(s[0x800], 2);
        assert_int_equal(s[0], 0); /* masked */

        uint8_t a[16] = {0}; /* the parameter is the guest's to write; the channel is where it was */
        put_le16(a, DOMID_SELF);
        put_le32(a + 4, HVM_PARAM_STORE_EVTCHN);
        put_le64(a + 8, UINT32_MAX);
        poke(&m, ARG, a, sizeof a);
        assert_int_equal(call(&m, compat, 34, 0, ARG), 0);
        put(&m, r, request(r, "platform/acpi", 1));
        set(&m, ARG, UINT32_MAX);
        assert_int_equal(call(&m, compat, 32, 4, ARG), -XEN_EINVAL);
        assert_int_equal(m.x.store.requests, 2);
        notify(&m);
        assert_int_equal(m.x.store.requests, 3);
        set(&m, ARG, 2);
        assert_int_equal(call(&m, compat, 32, 4, ARG), 0); /* the console */
        domain_exit(&m);
    }
}

/* Without a loader too; not without a page. */
static void nobody(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_PVH, 256);
    read_key(&m, "domid", "1");
    read_key(&m, "hvmloader/bios", NULL);
    assert_true(memory_drop_page(&m.memory, RING));
    set(&m, ARG, 1);
    assert_int_equal(call(&m, true, 32, 4, ARG), 0);
    assert_int_equal(m.x.store.requests, 2);
    domain_exit(&m);
}

/* Whatever the ring holds, the server stays inside its page. */
static void noise(void **state)
{
    (void)state;
    struct domain m;
    uint32_t seed = 1;
    begin(&m);
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        const bool indices = i % 4 == 0;
        const uint64_t at = RING + (indices ? 2048 : 0) + ((seed >> 8) % (indices ? 32 : 2048) & ~3u);
        set(&m, at, i % 3 == 0 ? seed : seed % 1100);
        if (i % 16 == 0) {
            m.x.store.dead = false;
            set(&m, REQ_PROD, get(&m, REQ_CONS) + seed % 1024);
            set(&m, RSP_CONS, get(&m, RSP_PROD) - (seed >> 16) % 1024);
        }
        notify(&m);
    }
    assert_in_range(m.x.store.requests, 1, UINT32_MAX);
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),       cmocka_unit_test(pieces_and_wrap), cmocka_unit_test(full),
        cmocka_unit_test(dead_rings), cmocka_unit_test(bad_requests),    cmocka_unit_test(shutdown),
        cmocka_unit_test(events),     cmocka_unit_test(nobody),          cmocka_unit_test(noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
