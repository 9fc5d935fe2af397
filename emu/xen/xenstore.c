/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring: X:tools/xenstore/xenstored_{core,domain}.c. */
#include "xen/xenstore.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

#define HEADER sizeof(struct xsd_sockmsg)
_Static_assert(sizeof(struct xsd_sockmsg) == 16, "xsd_sockmsg");
_Static_assert(XENSTORE_REQUEST_MAX == 16 + XENSTORE_PAYLOAD_MAX, "XENSTORE_REQUEST_MAX");
_Static_assert(sizeof(struct xenstore_domain_interface) <= PAGE_SIZE, "the ring is one page");

#define REQ_AT offsetof(struct xenstore_domain_interface, req)
#define RSP_AT offsetof(struct xenstore_domain_interface, rsp)
#define REQ_CONS offsetof(struct xenstore_domain_interface, req_cons)
#define REQ_PROD offsetof(struct xenstore_domain_interface, req_prod)
#define RSP_CONS offsetof(struct xenstore_domain_interface, rsp_cons)
#define RSP_PROD offsetof(struct xenstore_domain_interface, rsp_prod)
#define FEATURES offsetof(struct xenstore_domain_interface, server_features)
#define CONNECTION offsetof(struct xenstore_domain_interface, connection)
#define ERROR offsetof(struct xenstore_domain_interface, error)

/* X:xenstored_core.c:ignore_connection. */
static void give_up(struct xenstore *s, uint8_t *page, uint32_t error, const char *why)
{
    s->dead = true;
    s->why = why;
    put_le32(page + ERROR, error);
}

/* How many bytes lie between the indices; more than the ring holds is nonsense (xenstored_domain.c:check_indexes). */
static bool ring_fill(const uint8_t *page, size_t cons, size_t prod, uint32_t *n)
{
    *n = le32(page + prod) - le32(page + cons);
    return *n <= XENSTORE_RING_SIZE;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Takes up to @n bytes out of the request ring. False: the ring is broken. */
static bool take(uint8_t *page, uint8_t *dst, size_t n, size_t *got)
{
    uint32_t have;
    *got = 0;
    if (!ring_fill(page, REQ_CONS, REQ_PROD, &have))
        return false;
    for (*got = 0; *got < smaller(n, have);) {
        const uint32_t at = le32(page + REQ_CONS);
        const size_t i = MASK_XENSTORE_IDX(at);
        const size_t piece = smaller(smaller(n, have) - *got, XENSTORE_RING_SIZE - i);
        memcpy(dst + *got, page + REQ_AT + i, piece);
        put_le32(page + REQ_CONS, at + (uint32_t)piece);
        *got += piece;
    }
    return true;
}

/* Puts as much of the answer into the ring as fits. */
static bool give(struct xenstore *s, uint8_t *page, size_t *given)
{
    uint32_t have;
    *given = 0;
    if (!ring_fill(page, RSP_CONS, RSP_PROD, &have))
        return false;
    const size_t n = smaller(s->out_used - s->out_done, XENSTORE_RING_SIZE - have);
    while (*given < n) {
        const uint32_t at = le32(page + RSP_PROD);
        const size_t i = MASK_XENSTORE_IDX(at);
        const size_t piece = smaller(n - *given, XENSTORE_RING_SIZE - i);
        memcpy(page + RSP_AT + i, s->out + s->out_done, piece);
        put_le32(page + RSP_PROD, at + (uint32_t)piece);
        s->out_done += piece;
        *given += piece;
    }
    return true;
}

/* Header first, then what it announces. True in *@whole when the request has come whole. */
static bool receive(struct xenstore *s, uint8_t *page, size_t *got, bool *whole)
{
    *got = 0;
    *whole = false;
    size_t want = HEADER;
    for (int part = 0; part < 2; part++) {
        size_t n = 0;
        if (s->in_used < want && !take(page, s->in + s->in_used, want - s->in_used, &n)) {
            give_up(s, page, XENSTORE_ERROR_RINGIDX, "the request ring's indices are further apart than it is long");
            return false;
        }
        s->in_used += n;
        *got += n;
        if (s->in_used < want)
            return true;
        const uint32_t len = le32(s->in + offsetof(struct xsd_sockmsg, len));
        if (len > XENSTORE_PAYLOAD_MAX) {
            give_up(s, page, XENSTORE_ERROR_PROTO, "a request announces more than 4096 bytes");
            return false;
        }
        want = HEADER + len;
    }
    *whole = true;
    return true;
}

static void forget(struct xenstore *s)
{
    s->dead = s->out_lost = false;
    s->in_used = s->out_used = s->out_done = 0;
    xenstore_forget_client(s);
}

/* X:tools/ocaml/xenstored/connection.ml:do_reconnect; xs_ring_stubs.c:ml_interface_close. */
static bool reconnect(struct xenstore *s, uint8_t *page)
{
    if ((s->features & XENSTORE_SERVER_FEATURE_RECONNECTION) == 0 || le32(page + CONNECTION) != XENSTORE_RECONNECT)
        return false;
    forget(s);
    for (size_t at = REQ_CONS; at <= RSP_PROD; at += 4)
        put_le32(page + at, 0);
    put_le32(page + ERROR, XENSTORE_ERROR_NONE);
    put_le32(page + CONNECTION, XENSTORE_CONNECTED);
    return true;
}

static uint8_t *ring_page(struct xen *x)
{
    const uint64_t gfn = x->param[HVM_PARAM_STORE_PFN];
    return gfn < xen_gfn_end(x) ? memory_hva(x->memory, gfn << PAGE_SHIFT) : NULL;
}

/* One request, and what follows from it: events, and what backends do when they see it. */
static void process(struct xen *x, uint8_t *page)
{
    struct xenstore *const s = &x->store;
    s->out_used = s->out_done = 0;
    xenstore_request(x);
    s->in_used = 0;
    if (s->changed) {
        s->changed = false;
        vbd_look(x);
    }
    if (s->out_lost)
        give_up(s, page, XENSTORE_ERROR_COMM, "there are more events for it than it may have memory");
}

bool xenstore_serve(struct xen *x)
{
    struct xenstore *const s = &x->store;
    uint8_t *const page = s->on ? ring_page(x) : NULL;
    if (page == NULL)
        return false;
    bool moved = reconnect(s, page);
    for (bool more = !s->dead; more && !s->dead;) {
        size_t got = 0, given = 0;
        bool whole = false;
        /* One answer at a time: as long as it does not fit, no request is read. */
        if (s->out_done == s->out_used && !receive(s, page, &got, &whole))
            break;
        if (whole)
            process(x, page);
        if (s->out_done < s->out_used && !give(s, page, &given)) {
            give_up(s, page, XENSTORE_ERROR_RINGIDX, "the answer ring's indices are further apart than it is long");
            break;
        }
        more = got != 0 || given != 0;
        moved = moved || more;
    }
    return moved;
}

void xenstore_init(struct xen *x)
{
    xenstore_exit(x);
    x->store.on = true;
}

struct xs_tree *xenstore_tree(struct xen *x)
{
    struct xs_tree *const t = &x->store.tree;
    if (t->nr != 0) /* it has its root */
        return t;
    if (xstree_init(t) && xenstore_fill(t, x->layout))
        return t;
    xstree_free(t);
    return NULL;
}

bool xenstore_begin(struct xen *x)
{
    const uint32_t features = x->store.features;
    xenstore_init(x);
    x->store.features = features;
    uint8_t *const page = ring_page(x);
    if (page != NULL)
        put_le32(page + FEATURES, features);
    return page != NULL;
}

void xenstore_exit(struct xen *x)
{
    struct xenstore *const s = &x->store;
    forget(s);
    xstree_free(&s->tree);
    free(s->out);
    memset(s, 0, sizeof *s);
}
