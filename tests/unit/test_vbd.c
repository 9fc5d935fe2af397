/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk, from its file to its ring: as a frontend should use it, and as none should. */
#include "xen/private.h"
#include "xen_kit.h"

#include <fcntl.h>
#include <unistd.h>

#define ARG 0x200000ull
#define TABLE 0x300000ull
#define RING 0x400000ull
#define DATA 0x500000ull
#define SECTORS 80u
#define BACK "/local/domain/0/backend/vbd/1/51712/"
#define FRONT "/local/domain/1/device/vbd/51712/"

struct shape {
    const char *protocol;
    unsigned size, id, sector, seg;
};
static const struct shape wide = {"x86_64-abi", 112, 8, 16, 24}, narrow = {"x86_32-abi", 108, 4, 12, 20};

static void set(struct domain *m, uint64_t gpa, uint32_t v)
{
    uint8_t b[4];
    put_le32(b, v);
    poke(m, gpa, b, sizeof b);
}

static uint32_t get(struct domain *m, uint64_t gpa)
{
    uint8_t b[4];
    peek(m, gpa, b, sizeof b);
    return le32(b);
}

static char *image(size_t bytes)
{
    static char path[64];
    (void)snprintf(path, sizeof path, "/tmp/hvmbed-disk-XXXXXX");
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    static uint8_t b[64 * 1024];
    assert_true(bytes <= sizeof b);
    for (size_t i = 0; i < bytes; i++)
        b[i] = (uint8_t)(i / 512 + i % 512 * 3);
    assert_int_equal(write(fd, b, bytes), bytes);
    (void)close(fd);
    return path;
}

/* What the guest writes to the store, as if it had asked for it. */
static void store(struct domain *m, const char *key, const char *value)
{
    char path[128];
    (void)snprintf(path, sizeof path, FRONT "%s", key);
    struct xs_node *const n = xstree_make(xenstore_tree(&m->x), path, BED_DOMID);
    assert_true(n != NULL && xstree_set(n, value, strlen(value)));
    m->x.complaint[0] = '\0';
    vbd_look(&m->x);
}

static void stored(const struct domain *m, const char *path, const char *value)
{
    const struct xs_node *const n = xstree_find(&m->x.store.tree, path);
    if (n == NULL || n->size != strlen(value) || (n->size != 0 && memcmp(n->value, value, n->size) != 0))
        fail_msg("%s is not %s", path, value);
}

static void grant(struct domain *m, uint32_t ref, uint16_t flags, uint64_t gpa)
{
    set(m, TABLE + 8ull * ref, flags);
    set(m, TABLE + 8ull * ref + 4, (uint32_t)(gpa >> PAGE_SHIFT));
}

static void attach(struct domain *m, bool read_only)
{
    struct diag d;
    domain_init(m, GUEST_HVM, 256);
    char *const path = image(SECTORS * 512 + 100);
    struct disk *const disk = disk_open(path, NULL, &d);
    assert_non_null(disk);
    assert_int_equal(disk_sectors(disk), SECTORS);
    assert_true(vbd_attach(&m->x, disk, VBD_XVD(0), read_only, path));
    assert_false(vbd_attach(&m->x, disk, VBD_XVD(0), read_only, path));
    (void)unlink(path);
    stored(m, BACK "state", "2");
    stored(m, FRONT "state", "1");
    stored(m, FRONT "backend", "/local/domain/0/backend/vbd/1/51712");
    uint8_t a[24] = {0};
    put_le16(a, DOMID_SELF);
    put_le32(a + 4, XENMAPSPACE_grant_table);
    put_le64(a + 16, TABLE >> PAGE_SHIFT);
    poke(m, ARG, a, sizeof a);
    assert_int_equal(call(m, false, 12, XENMEM_add_to_physmap, ARG), 0);
    set(m, ARG, DOMID_SELF);
    assert_int_equal(call(m, false, 32, EVTCHNOP_alloc_unbound, ARG), 0);
    assert_int_equal(get(m, ARG + 4), 3);
}

static void join(struct domain *m, const struct shape *s)
{
    grant(m, 8, GTF_permit_access, RING);
    store(m, "ring-ref", "8");
    store(m, "event-channel", "3");
    store(m, "protocol", s->protocol);
    store(m, "state", "4");
}

static void start(struct domain *m, const struct shape *s, bool read_only)
{
    attach(m, read_only);
    join(m, s);
    assert_string_equal(m->x.complaint, "");
    stored(m, BACK "state", "4");
    stored(m, BACK "sectors", "80");
    stored(m, BACK "sector-size", "512");
    stored(m, BACK "info", read_only ? "4" : "0");
    set(m, RING + 4, 1);
    set(m, RING + 12, 1);
    assert_int_equal(get(m, TABLE + 64) & 0xFFFF, GTF_permit_access | GTF_reading | GTF_writing);
}

/* Puts a request of one segment into the ring, and notifies. The answer's status. */
static int16_t request(struct domain *m, const struct shape *s, uint8_t op, uint64_t sector, uint32_t ref,
                       uint8_t first, uint8_t last)
{
    uint8_t r[112] = {op, 1};
    const uint32_t prod = get(m, RING), answers = get(m, RING + 8);
    const uint64_t at = RING + 64 + (uint64_t)(prod % 32) * s->size;
    put_le64(r + s->id, 0x1122334455667788 + prod);
    put_le64(r + s->sector, sector);
    put_le32(r + s->seg, ref);
    r[s->seg + 4] = first;
    r[s->seg + 5] = last;
    poke(m, at, r, s->size);
    set(m, RING, prod + 1);
    set(m, ARG, 3);
    assert_int_equal(call(m, false, 32, EVTCHNOP_send, ARG), 0);
    assert_int_equal(get(m, RING + 8), answers + 1);
    peek(m, at, r, 12);
    assert_int_equal(le64(r), 0x1122334455667788 + prod);
    assert_int_equal(r[8], op);
    return (int16_t)le16(r + 10);
}

/* Page @i of a request of several segments: sectors i % 2 and the next of it. */
#define REFS 20u
#define PAGE(i) (DATA + 0x1000ull * (i))

static void grant_all(struct domain *m)
{
    for (unsigned i = 0; i < 11; i++)
        grant(m, REFS + i, GTF_permit_access, PAGE(i));
}

static void nothing_held(struct domain *m)
{
    for (unsigned i = 0; i < 11; i++)
        assert_int_equal(get(m, TABLE + 8ull * (REFS + i)), GTF_permit_access);
}

/* Puts one into the ring, and does not notify. */
static void put_several(struct domain *m, const struct shape *s, uint8_t op, uint64_t sector, uint8_t n)
{
    uint8_t r[112] = {op, n};
    const uint32_t prod = get(m, RING);
    put_le64(r + s->sector, sector);
    for (unsigned i = 0; i < n; i++) {
        put_le32(r + s->seg + (size_t)8 * i, REFS + i);
        r[s->seg + 8 * i + 4] = i % 2;
        r[s->seg + 8 * i + 5] = i % 2 + 1;
    }
    poke(m, RING + 64 + (uint64_t)(prod % 32) * s->size, r, s->size);
    set(m, RING, prod + 1);
}

static void notify(struct domain *m)
{
    set(m, ARG, 3);
    assert_int_equal(call(m, false, 32, EVTCHNOP_send, ARG), 0);
}

/* The status of the last answer. */
static int16_t answered(struct domain *m, const struct shape *s)
{
    uint8_t r[12];
    peek(m, RING + 64 + (uint64_t)((get(m, RING + 8) - 1) % 32) * s->size, r, sizeof r);
    return (int16_t)le16(r + 10);
}

static void many_segments(const struct shape *s)
{
    struct domain m;
    uint8_t page[4096];
    start(&m, s, false);
    grant_all(&m);
    put_several(&m, s, BLKIF_OP_READ, 5, 11);
    notify(&m);
    assert_int_equal(answered(&m, s), BLKIF_RSP_OKAY);
    for (unsigned i = 0; i < 11; i++) {
        peek(&m, PAGE(i), page, sizeof page);
        for (unsigned k = 0; k < 2; k++)
            assert_int_equal(page[(i % 2 + k) * 512 + 1], (uint8_t)(5 + 2 * i + k + 3));
    }
    nothing_held(&m);
    put_several(&m, s, BLKIF_OP_READ, 58, 11); /* to the disk's end */
    notify(&m);
    assert_int_equal(answered(&m, s), BLKIF_RSP_OKAY);
    put_several(&m, s, BLKIF_OP_READ, 59, 11);
    notify(&m);
    assert_int_equal(answered(&m, s), BLKIF_RSP_ERROR);
    disk_limit(m.x.vbd[0].disk, 4096);
    put_several(&m, s, BLKIF_OP_WRITE, 0, 3);
    notify(&m);
    assert_int_equal(answered(&m, s), BLKIF_RSP_OKAY);
    put_several(&m, s, BLKIF_OP_WRITE, 7, 1); /* half of it is too much */
    notify(&m);
    assert_int_equal(answered(&m, s), BLKIF_RSP_ERROR);
    assert_non_null(strstr(m.x.complaint, "too much was written"));
    nothing_held(&m);
    domain_exit(&m);
}

/* A full ring; who is told of answers, and when. */
static void rings(void **state)
{
    (void)state;
    struct domain m;
    attach(&m, false);
    for (unsigned i = 0; i < 16; i += 4)
        set(&m, i, i == 0);
    vbd_serve(&m.x, 0, false); /* there is no ring yet */
    vbd_serve(&m.x, 1, false);
    vbd_serve(&m.x, 1u << 24, false);
    assert_int_equal(get(&m, 4) | get(&m, 8), 0); /* where one at 0 would be answered */
    join(&m, &wide);
    grant_all(&m);
    for (unsigned i = 0; i < 32; i++)
        put_several(&m, &wide, BLKIF_OP_READ, i, 1);
    set(&m, RING + 12, 33); /* not yet */
    m.x.shared_info[0x800] = 0;
    notify(&m);
    assert_int_equal(get(&m, RING + 8), 32);
    assert_int_equal(get(&m, RING + 4), 33);
    assert_int_equal(m.x.shared_info[0x800], 0);
    put_several(&m, &wide, BLKIF_OP_READ, 0, 1);
    notify(&m);
    assert_int_equal(m.x.shared_info[0x800], 8);
    m.x.shared_info[0x800] = 0;
    put_several(&m, &wide, BLKIF_OP_READ, 0, 1); /* it has been told of the 33rd */
    notify(&m);
    assert_int_equal(m.x.shared_info[0x800], 0);
    assert_string_equal(m.x.complaint, "");
    const uint32_t answers = get(&m, RING + 8);
    set(&m, RING, answers + 33);
    notify(&m);
    assert_non_null(strstr(m.x.complaint, "of 32 at most"));
    set(&m, RING, answers + 1); /* too late */
    notify(&m);
    assert_int_equal(get(&m, RING + 8), answers);
    domain_exit(&m);
}

/* What is held says whether it is written to; the page that Xen shares is none to be held. */
static void held(void **state)
{
    (void)state;
    struct domain m;
    uint64_t gpa;
    const char *why;
    start(&m, &wide, false);
    grant(&m, 9, GTF_permit_access, DATA);
    assert_non_null(gnttab_begin(&m.x, 9, false, &gpa, &why));
    assert_int_equal(get(&m, TABLE + 72), GTF_permit_access | GTF_reading);
    gnttab_end(&m.x, 9);
    assert_non_null(gnttab_begin(&m.x, 9, true, &gpa, &why));
    assert_int_equal(get(&m, TABLE + 72), GTF_permit_access | GTF_reading | GTF_writing);
    gnttab_end(&m.x, 9);
    assert_int_equal(get(&m, TABLE + 72), GTF_permit_access);
    uint8_t a[24] = {0};
    put_le16(a, DOMID_SELF);
    put_le32(a + 4, XENMAPSPACE_shared_info);
    put_le64(a + 16, 0x600000 >> PAGE_SHIFT);
    poke(&m, ARG, a, sizeof a);
    assert_int_equal(call(&m, false, 12, XENMEM_add_to_physmap, ARG), 0);
    assert_int_equal(m.x.shared_info_gpa, 0x600000);
    grant(&m, 9, GTF_permit_access, 0x600000);
    assert_null(gnttab_begin(&m.x, 9, false, &gpa, &why));
    domain_exit(&m);
}

static void good(const struct shape *s)
{
    struct domain m;
    uint8_t page[4096];
    start(&m, s, false);
    grant(&m, 9, GTF_permit_access, DATA);
    for (unsigned i = 0; i < 40; i++) { /* the ring wraps */
        assert_int_equal(request(&m, s, BLKIF_OP_READ, i, 9, 1, 3), BLKIF_RSP_OKAY);
        peek(&m, DATA, page, sizeof page);
        for (unsigned k = 512; k < 2048; k++)
            assert_int_equal(page[k], (uint8_t)(i + k / 512 - 1 + k % 512 * 3));
        assert_int_equal(page[0] | page[511] | page[2048], 0);
    }
    assert_int_equal(m.x.shared_info[0x800], 8);
    memset(page, 0xA5, sizeof page);
    poke(&m, DATA, page, sizeof page);
    grant(&m, 9, GTF_permit_access | GTF_readonly, DATA);
    assert_int_equal(request(&m, s, BLKIF_OP_WRITE, 78, 9, 6, 7), BLKIF_RSP_OKAY);
    assert_int_equal(request(&m, s, BLKIF_OP_FLUSH_DISKCACHE, 0, 0, 0, 0), BLKIF_RSP_OKAY);
    assert_int_equal(request(&m, s, BLKIF_OP_DISCARD, 0, 0, 0, 0), BLKIF_RSP_EOPNOTSUPP);
    assert_int_equal(request(&m, s, 200, 0, 0, 0, 0), BLKIF_RSP_EOPNOTSUPP);
    grant(&m, 9, GTF_permit_access, DATA);
    assert_int_equal(request(&m, s, BLKIF_OP_READ, 77, 9, 0, 2), BLKIF_RSP_OKAY);
    peek(&m, DATA, page, sizeof page);
    assert_int_equal(page[1], (uint8_t)(77 + 3));
    assert_int_equal(page[512] & page[1535], 0xA5);
    assert_string_equal(m.x.complaint, "");
    domain_exit(&m);
}

static void transfers(void **state)
{
    (void)state;
    good(&wide);
    good(&narrow);
    many_segments(&wide);
    many_segments(&narrow);
}

static void errors(void **state)
{
    (void)state;
    struct domain m;
    uint8_t before[4096], after[4096];
    start(&m, &wide, false);
    grant(&m, 9, GTF_permit_access, DATA);
    grant(&m, 10, GTF_permit_access | GTF_readonly, DATA);
    grant(&m, 11, GTF_permit_access, 0xFEE00000);
    peek(&m, DATA, before, sizeof before);
    static const struct {
        uint64_t sector;
        uint32_t ref;
        uint8_t op, first, last;
        const char *why;
    } bad[] = {
        {80, 9, BLKIF_OP_READ, 0, 0, "beyond the disk's end"},
        {79, 9, BLKIF_OP_READ, 0, 1, "beyond the disk's end"},
        {UINT64_MAX, 9, BLKIF_OP_READ, 0, 7, "beyond the disk's end"},
        {UINT64_MAX, 9, BLKIF_OP_WRITE, 0, 7, "beyond the disk's end"},
        {0, 9, BLKIF_OP_READ, 0, 8, "not inside its page"},
        {0, 9, BLKIF_OP_READ, 3, 2, "not inside its page"},
        {0, 9, BLKIF_OP_READ, 255, 255, "not inside its page"},
        {0, 10, BLKIF_OP_READ, 0, 0, "only for reading"},
        {0, 11, BLKIF_OP_READ, 0, 0, "no RAM"},
        {0, 12, BLKIF_OP_WRITE, 0, 0, "grants nothing"},
        {0, 0x7FFFFFFF, BLKIF_OP_WRITE, 0, 0, "grants nothing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const int16_t status = request(&m, &wide, bad[i].op, bad[i].sector, bad[i].ref, bad[i].first, bad[i].last);
        assert_int_equal(status, BLKIF_RSP_ERROR);
        assert_non_null(strstr(m.x.complaint, bad[i].why));
    }
    peek(&m, DATA, after, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(get(&m, TABLE + 72), GTF_permit_access); /* nothing is held */

    for (unsigned n = 0; n < 256; n += 12) { /* 0, 12, 24 … segments */
        const uint32_t prod = get(&m, RING);
        const uint8_t head[2] = {BLKIF_OP_WRITE, (uint8_t)n};
        poke(&m, RING + 64 + prod % 32 * 112ull, head, 2);
        set(&m, RING, prod + 1);
        set(&m, ARG, 3);
        assert_int_equal(call(&m, false, 32, EVTCHNOP_send, ARG), 0);
        assert_non_null(strstr(m.x.complaint, "eleven"));
    }
    set(&m, RING, get(&m, RING + 8) + 33);
    set(&m, ARG, 3);
    assert_int_equal(call(&m, false, 32, EVTCHNOP_send, ARG), 0);
    assert_non_null(strstr(m.x.complaint, "of 32 at most"));
    set(&m, RING, get(&m, RING + 8) + 1); /* too late */
    set(&m, ARG, 3);
    assert_int_equal(call(&m, false, 32, EVTCHNOP_send, ARG), 0);
    assert_string_equal(m.x.complaint, "");
    assert_true(memory_drop_page(&m.memory, RING));
    assert_int_equal(call(&m, false, 32, EVTCHNOP_send, ARG), 0);
    domain_exit(&m);

    start(&m, &wide, true);
    grant(&m, 9, GTF_permit_access, DATA);
    assert_int_equal(request(&m, &wide, BLKIF_OP_WRITE, 0, 9, 0, 0), BLKIF_RSP_ERROR);
    assert_int_equal(request(&m, &wide, BLKIF_OP_READ, 0, 9, 0, 0), BLKIF_RSP_OKAY);
    domain_exit(&m);
}

static void states(void **state)
{
    (void)state;
    struct domain m;
    start(&m, &wide, false);
    store(&m, "state", "5");
    stored(&m, BACK "state", "5");
    store(&m, "state", "6");
    stored(&m, BACK "state", "6");
    assert_int_equal(get(&m, TABLE + 64) & 0xFFFF, GTF_permit_access);
    assert_int_equal(m.x.evtchns.port[3].state, EVTCHNSTAT_unbound);
    store(&m, "state", "1");
    stored(&m, BACK "state", "2");
    store(&m, "state", "3"); /* Initialised will do */
    stored(&m, BACK "state", "4");
    store(&m, "state", "99");
    store(&m, "state", "none");
    stored(&m, BACK "state", "4");
    domain_exit(&m);

    static const struct {
        const char *key, *value, *why;
    } bad[] = {
        {"ring-ref", "", "no ring-ref"},
        {"ring-ref", "-1", "no ring-ref"},
        {"ring-ref", "99999999999", "no ring-ref"},
        {"ring-ref", "0123456789012345678901234567890123456789", "no ring-ref"},
        {"ring-ref", "7", "it grants nothing"},
        {"event-channel", "x", "no event-channel"},
        {"event-channel", "1", "not open"},
        {"event-channel", "4294967295", "not open"},
        {"protocol", "arm-abi", "protocol is unknown"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        attach(&m, false);
        join(&m, &wide);
        store(&m, "state", "6");
        store(&m, "state", "1");
        store(&m, bad[i].key, bad[i].value);
        store(&m, "state", "4");
        assert_non_null(strstr(m.x.complaint, bad[i].why));
        stored(&m, BACK "state", "5");
        domain_exit(&m);
    }
}

static void files(void **state)
{
    (void)state;
    struct diag d;
    uint8_t sector[512], zero[512] = {0};
    assert_null(disk_open("/nonexistent", NULL, &d));
    assert_null(disk_open("/", NULL, &d));
    assert_null(disk_open("/dev/zero", NULL, &d));
    char *path = image(511);
    assert_null(disk_open(path, NULL, &d));
    (void)unlink(path);
    path = image(1024);
    struct disk *k = disk_open(path, NULL, &d);
    assert_true(disk_write(k, 1, zero));
    assert_true(disk_read(k, 1, sector));
    assert_memory_equal(sector, zero, 512);
    assert_true(disk_read(k, 0, sector));
    assert_int_equal(sector[1], 3);
    assert_false(disk_read(k, 2, sector));
    assert_false(disk_write(k, 2, sector));
    assert_false(disk_read(k, UINT64_MAX / 512 + 1, sector));
    disk_close(k);
    k = disk_open(path, NULL, &d); /* it is as it was */
    assert_true(disk_read(k, 1, sector));
    assert_int_equal(sector[1], 4);
    assert_int_equal(truncate(path, 100), 0);
    assert_false(disk_read(k, 1, sector));
    assert_false(disk_write(k, 1, sector));
    disk_close(k);
    (void)unlink(path);
    path = image(3 * 4096);
    k = disk_open(path, NULL, &d); /* two blocks may be written, however often */
    disk_limit(k, 2 * 4096);
    for (uint64_t i = 0; i < 16; i++)
        assert_true(disk_write(k, i, zero));
    assert_true(disk_write(k, 0, zero));
    assert_false(disk_is_full(k));
    assert_false(disk_write(k, 16, zero));
    assert_true(disk_is_full(k));
    assert_true(disk_write(k, 15, zero));
    assert_true(disk_read(k, 16, sector));
    disk_close(k);
    disk_close(NULL);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files), cmocka_unit_test(transfers), cmocka_unit_test(rings),
        cmocka_unit_test(held),  cmocka_unit_test(errors),    cmocka_unit_test(states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
