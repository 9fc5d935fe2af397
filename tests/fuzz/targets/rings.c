/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest shares with backends: a disk's ring and its keys in the store, grants, the console's ring. The disk is
 * connected, and each step writes some memory or a key, or notifies.
 */
#include "../guest.h"

#include "xen/private.h"

#define ARG 0x200000u
#define TABLE 0x300000u
#define RING 0x400000u
#define DATA 0x500000u
#define HYPERVISOR_MEMORY_OP 12
#define HYPERVISOR_EVENT_CHANNEL_OP 32
#define XENSTORE_PORT 1u
#define CONSOLE_PORT 2u
#define DISK_PORT 3u
#define SECTORS 80u
#define FRONT XENSTORE_HOME "/device/vbd/51712/"

static void call(struct guest *g, uint64_t nr, uint64_t cmd, const void *argument, size_t n)
{
    const struct hypercall c = {.nr = nr, .arg = {cmd, ARG}, .compat = false};
    (void)memory_write(&g->memory, ARG, argument, n);
    (void)xen_hypercall(&g->xen, &c);
    memory_apply_all(&g->memory);
}

static void notify(struct guest *g, uint32_t port)
{
    call(g, HYPERVISOR_EVENT_CHANNEL_OP, EVTCHNOP_send, &port, sizeof port);
}

static void store(struct guest *g, const char *key, const void *value, size_t n)
{
    char path[128];
    (void)snprintf(path, sizeof path, FRONT "%s", key);
    struct xs_node *const node = xstree_make(xenstore_tree(&g->xen), path, BED_DOMID);
    if (node != NULL && xstree_set(node, value, n))
        vbd_look(&g->xen);
}

static void grant(struct guest *g, uint32_t ref, uint16_t flags, uint64_t gpa)
{
    const struct {
        uint16_t flags, domain;
        uint32_t frame;
    } entry = {flags, 0, (uint32_t)(gpa >> PAGE_SHIFT)};
    (void)memory_write(&g->memory, TABLE + 8ull * ref, &entry, sizeof entry);
}

static void connect(struct guest *g, int fd, bool narrow)
{
    struct diag d = {0};
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct disk *const disk = disk_open(path, NULL, &d);
    if (disk == NULL || !vbd_attach(&g->xen, disk, VBD_XVD(0), false, "disk"))
        abort();
    const struct {
        uint16_t domid, size;
        uint32_t space;
        uint64_t idx, gpfn;
    } map = {DOMID_SELF, 0, XENMAPSPACE_grant_table, 0, TABLE >> PAGE_SHIFT};
    call(g, HYPERVISOR_MEMORY_OP, XENMEM_add_to_physmap, &map, sizeof map);
    const struct {
        uint16_t domid, remote;
        uint32_t port;
    } unbound = {DOMID_SELF, 0, 0};
    call(g, HYPERVISOR_EVENT_CHANNEL_OP, EVTCHNOP_alloc_unbound, &unbound, sizeof unbound);
    grant(g, 8, GTF_permit_access, RING);
    for (uint32_t i = 0; i < 4; i++)
        grant(g, 9 + i, GTF_permit_access, DATA + i * PAGE_SIZE);
    store(g, "ring-ref", "8", 1);
    store(g, "event-channel", "3", 1);
    store(g, "protocol", narrow ? "x86_32-abi" : "x86_64-abi", 10);
    store(g, "state", "4", 1);
}

static void write_memory(struct guest *g, struct feed *in)
{
    static const uint64_t pages[] = {RING, TABLE, (uint64_t)SPECIAL_CONSOLE_PFN << PAGE_SHIFT, DATA};
    const uint64_t page = pages[feed(in, 1) % 4], at = feed(in, 2) % PAGE_SIZE;
    const uint64_t want = feed(in, 1);
    const size_t n = want < in->n ? (size_t)want : in->n;
    if (n <= PAGE_SIZE - at)
        (void)memory_write(&g->memory, page + at, in->p, n);
    in->p += n;
    in->n -= n;
}

static void write_key(struct guest *g, struct feed *in)
{
    static const char *const keys[] = {"ring-ref", "event-channel", "protocol", "state"};
    const char *const key = keys[feed(in, 1) % 4];
    const uint64_t want = feed(in, 1) % 40;
    const size_t n = want < in->n ? (size_t)want : in->n;
    store(g, key, in->p, n);
    in->p += n;
    in->n -= n;
}

/* One request of one segment, as a frontend would put it there. */
static void request(struct guest *g, struct feed *in, bool narrow)
{
    static const uint64_t id = 0x1122334455667788;
    const uint64_t slot = RING + 64 + (feed(in, 1) % 32) * (narrow ? 108 : 112);
    const uint8_t head[2] = {(uint8_t)feed(in, 1), (uint8_t)feed(in, 1)};
    const uint64_t sector = feed(in, 1);
    const uint32_t ref = (uint32_t)feed(in, 1), segment = (uint32_t)feed(in, 2), prod = (uint32_t)feed(in, 1);
    (void)memory_write(&g->memory, slot, head, 2);
    (void)memory_write(&g->memory, slot + (narrow ? 4 : 8), &id, 8);
    (void)memory_write(&g->memory, slot + (narrow ? 12 : 16), &sector, 8);
    (void)memory_write(&g->memory, slot + (narrow ? 20 : 24), &ref, 4);
    (void)memory_write(&g->memory, slot + (narrow ? 24 : 28), &segment, 4);
    (void)memory_write(&g->memory, RING, &prod, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct guest g;
    static int fd = -1;
    struct feed in = {bytes, n};
    const bool narrow = (feed(&in, 1) & 1) != 0;
    if (fd < 0 && ((fd = memfd_create("disk", MFD_CLOEXEC)) < 0 || ftruncate(fd, SECTORS * 512 + 100) != 0))
        abort();
    guest_start(&g, GUEST_HVM, true);
    connect(&g, fd, narrow);
    while (in.n > 0) {
        const uint64_t how = feed(&in, 1);
        switch (how % 6) {
        case 0:
            write_memory(&g, &in);
            break;
        case 1:
            write_key(&g, &in);
            break;
        case 2:
            request(&g, &in, narrow);
            break;
        case 3:
            notify(&g, CONSOLE_PORT);
            break;
        case 4:
            (void)console_type(&g.xen, in.p, in.n < 64 ? in.n : 64);
            break;
        default:
            notify(&g, DISK_PORT);
        }
        g.xen.complaint[0] = '\0';
    }
    guest_stop(&g);
    return 0;
}
