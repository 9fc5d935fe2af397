/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenstored as one domain sees it through the ring of its store page (<xen/io/xs_wire.h>). It answers at once, inside
 * the notification. Ring and requests are hostile; what a guest may have in it is bounded as by xenstored's quotas.
 */
#ifndef HVMBED_XEN_XENSTORE_H
#define HVMBED_XEN_XENSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "layout/layout.h"
#include "xen/xstree.h"

struct xen;

#define XENSTORE_REQUEST_MAX (16u + 4096u) /* a header and XENSTORE_PAYLOAD_MAX */
#define XENSTORE_VALUE_MAX 64u             /* of what libxl writes */
#define XENSTORE_KEY_MAX 128u
#define XENSTORE_HOME "/local/domain/1"

/* xenstored's defaults (X:tools/xenstore/xenstored_core.c:quota_*), and its hard limit of memory for answers. */
#define XENSTORE_NODES_MAX LIMIT_XENSTORE_DEFAULT
#define XENSTORE_NODE_SIZE_MAX 2048u
#define XENSTORE_WATCHES_MAX LIMIT_WATCHES_DEFAULT
#define XENSTORE_TRANSACTIONS_MAX LIMIT_TRANSACTIONS_DEFAULT
#define XENSTORE_OUT_MAX 0x280000u

struct xs_watch {
    char *path, *token; /* owned */
    bool relative;      /* events name nodes below the domain's own path */
};

struct xs_transaction {
    uint32_t id;         /* 0: none */
    uint64_t generation; /* of the store when it began */
    struct xs_tree tree;
};

struct xenstore {
    const char *why;     /* static: what broke it, once dead */
    uint64_t requests;   /* answered so far, for the report */
    uint64_t errors;     /* of these, with XS_ERROR */
    struct xs_tree tree; /* xenstore_tree(): empty until somebody looks */
    uint64_t generation; /* counts its changes */
    struct xs_watch watch[XENSTORE_WATCHES_MAX];
    struct xs_transaction transaction[XENSTORE_TRANSACTIONS_MAX];
    size_t in_used; /* of a request that has come in part */
    uint8_t *out;   /* answers and events that the ring has no room for yet; owned */
    size_t out_used, out_done, out_room;
    unsigned nr_watches;
    uint32_t last_transaction;
    uint32_t features; /* XENSTORE_SERVER_FEATURE_*; 0, as xenstored of 4.17 shows a guest */
    bool on;
    bool dead;     /* the guest broke the protocol: nothing more is read or written until it reconnects */
    bool changed;  /* backends have not looked since the guest changed something */
    bool out_lost; /* more than XENSTORE_OUT_MAX */
    uint8_t in[XENSTORE_REQUEST_MAX];
};

/* What libxl writes as a key, below the domain's own path or absolute; false when there is no such key. */
bool xenstore_value(const struct layout *l, const char *path, char value[XENSTORE_VALUE_MAX]);

#endif
