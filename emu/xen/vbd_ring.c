/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk's ring: <xen/io/ring.h>, <xen/io/blkif.h>; Linux drivers/block/xen-blkback/blkback.c. */
#include "xen/vbd_ring.h"

#include <inttypes.h>
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

/* The shared page's head: indices, then what the ring's users may keep there. */
#define REQ_PROD 0u
#define REQ_EVENT 4u
#define RSP_PROD 8u
#define RSP_EVENT 12u
#define RING_AT 64u
#define RING_ENTRIES 32u /* both sizes: (4096 - 64) / 112 and / 108, down to a power of two */
#define SECTORS_PER_PAGE (PAGE_SIZE / DISK_SECTOR)

/* A 32-bit guest aligns 64-bit numbers to four bytes. Operation and count of segments come first, always. */
struct vbd_layout {
    const char *protocol;
    uint8_t size, id, sector, segments;
};
static const struct vbd_layout layouts[] = {
    {XEN_IO_PROTO_ABI_X86_64, sizeof(struct blkif_request), offsetof(struct blkif_request, id),
     offsetof(struct blkif_request, sector_number), offsetof(struct blkif_request, seg)},
    {XEN_IO_PROTO_ABI_X86_32, 108, 4, 12, 20},
};
_Static_assert(sizeof(struct blkif_request) == 112 && sizeof(struct blkif_request_segment) == 8, "blkif_request");
_Static_assert(offsetof(struct blkif_response, operation) == 8 && offsetof(struct blkif_response, status) == 10,
               "blkif_response: the same for both");

const struct vbd_layout *vbd_layout_find(const char *protocol)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (protocol[0] == '\0' || strcmp(layouts[i].protocol, protocol) == 0)
            return &layouts[i];
    return NULL;
}

struct request {
    struct xen *x;
    struct vbd *v;
    const uint8_t *bytes; /* a copy */
    uint8_t operation, segments;
    uint64_t sector;
};

/* What is wrong, or NULL. @page lies at @gpa. */
static const char *copy(const struct request *r, uint8_t *page, uint64_t gpa, unsigned first, unsigned last,
                        uint64_t sector)
{
    struct xen *const x = r->x;
    for (unsigned i = first; i <= last; i++) {
        uint8_t *const at = page + (size_t)i * DISK_SECTOR;
        const bool ok = r->operation == BLKIF_OP_READ ? disk_read(r->v->disk, sector + i - first, at)
                                                      : disk_write(r->v->disk, sector + i - first, at);
        if (!ok)
            return "the disk's file cannot be read, or too much was written";
    }
    if (r->operation == BLKIF_OP_READ && x->access.wrote != NULL)
        x->access.wrote(x->access.self, gpa + (uint64_t)first * DISK_SECTOR, (size_t)(last - first + 1) * DISK_SECTOR);
    return NULL;
}

static const char *transfer(const struct request *r)
{
    uint64_t total = 0;
    if (r->segments == 0 || r->segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
        return "it has no segments, or more than eleven";
    const uint8_t *const seg = r->bytes + r->v->layout->segments;
    for (unsigned i = 0; i < r->segments; i++) {
        const uint8_t first = seg[8 * i + 4], last = seg[8 * i + 5];
        if (first > last || last >= SECTORS_PER_PAGE)
            return "a segment is not inside its page";
        total += last - first + 1u;
    }
    if (r->sector > disk_sectors(r->v->disk) || total > disk_sectors(r->v->disk) - r->sector)
        return "it goes beyond the disk's end";
    uint64_t sector = r->sector;
    for (unsigned i = 0; i < r->segments; i++) {
        const uint32_t ref = le32(seg + (size_t)8 * i);
        const unsigned first = seg[8 * i + 4], last = seg[8 * i + 5];
        const char *why = NULL;
        uint64_t gpa;
        uint8_t *const page = gnttab_begin(r->x, ref, r->operation == BLKIF_OP_READ, &gpa, &why);
        if (page == NULL)
            return why;
        why = copy(r, page, gpa, first, last, sector);
        gnttab_end(r->x, ref);
        if (why != NULL)
            return why;
        sector += last - first + 1u;
    }
    return NULL;
}

static int16_t run(const struct request *r)
{
    const char *why;
    switch (r->operation) {
    case BLKIF_OP_WRITE:
    case BLKIF_OP_READ:
        why = r->operation == BLKIF_OP_WRITE && r->v->read_only ? "the disk is only for reading" : transfer(r);
        if (why != NULL)
            xen_complain(r->x, "vbd %u: %s of sector %" PRIu64 " failed: %s", r->v->vdev,
                         r->operation == BLKIF_OP_READ ? "read" : "write", r->sector, why);
        return why == NULL ? BLKIF_RSP_OKAY : BLKIF_RSP_ERROR;
    case BLKIF_OP_FLUSH_DISKCACHE:
        return BLKIF_RSP_OKAY;
    default:
        return BLKIF_RSP_EOPNOTSUPP;
    }
}

static uint8_t *slot(const struct vbd *v, uint8_t *page, uint32_t index)
{
    return page + RING_AT + (size_t)(index % RING_ENTRIES) * v->layout->size;
}

static void serve_one(struct xen *x, struct vbd *v, uint8_t *page)
{
    uint8_t bytes[sizeof(struct blkif_request)], *rsp = slot(v, page, v->rsp);
    memcpy(bytes, slot(v, page, v->req++), v->layout->size);
    const struct request r = {.x = x,
                              .v = v,
                              .bytes = bytes,
                              .operation = bytes[0],
                              .segments = bytes[1],
                              .sector = le64(bytes + v->layout->sector)};
    const int16_t status = run(&r);
    memcpy(rsp, bytes + v->layout->id, 8);
    rsp[8] = r.operation;
    put_le16(rsp + 10, (uint16_t)status);
    v->rsp++;
    v->requests++;
}

void vbd_serve(struct xen *x, unsigned index, bool compat)
{
    struct vbd *const v = index < x->nr_vbds ? &x->vbd[index] : NULL;
    uint8_t *const page = v != NULL && v->layout != NULL && !v->broken ? memory_hva(x->memory, v->ring) : NULL;
    if (page == NULL)
        return;
    const uint32_t prod = le32(page + REQ_PROD), before = v->rsp;
    if (prod - v->rsp > RING_ENTRIES) {
        v->broken = true;
        xen_complain(x, "vbd %u: its ring says that there are %" PRIu32 " requests, of %u at most", v->vdev,
                     prod - v->rsp, RING_ENTRIES);
        return;
    }
    while (v->req != prod && memory_hva(x->memory, v->ring) == page)
        serve_one(x, v, page);
    put_le32(page + REQ_EVENT, v->req + 1);
    put_le32(page + RSP_PROD, v->rsp);
    if (v->rsp - le32(page + RSP_EVENT) < v->rsp - before)
        evtchn_raise(x, v->port, compat);
}
