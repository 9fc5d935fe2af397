/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenstored as one domain sees it through the ring of its store page (<xen/io/xs_wire.h>). It answers XS_READ of the
 * keys that libxl writes for hvmloader, at once, inside the notification. Ring and requests are hostile.
 */
#ifndef HVMBED_XEN_XENSTORE_H
#define HVMBED_XEN_XENSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/layout.h"

struct xen;

#define XENSTORE_REQUEST_MAX (16u + 4096u) /* a header and XENSTORE_PAYLOAD_MAX */
#define XENSTORE_VALUE_MAX 64u

struct xenstore {
    bool on;
    bool dead;         /* the guest broke the protocol: nothing more is read or written until it reconnects */
    const char *why;   /* static: what broke it, once dead */
    uint32_t features; /* XENSTORE_SERVER_FEATURE_*; 0, as xenstored of 4.17 shows a guest */
    uint64_t requests; /* answered so far, for the report */
    uint64_t errors;   /* of these, with XS_ERROR */
    size_t in_used;    /* of a request that has come in part */
    size_t out_used, out_done;
    uint8_t in[XENSTORE_REQUEST_MAX];
    uint8_t out[16u + XENSTORE_VALUE_MAX]; /* an answer that the ring has no room for yet */
};

/* The value of a key, below the domain's own path or absolute; false when there is no such key. */
bool xenstore_value(const struct layout *l, const char *path, char value[XENSTORE_VALUE_MAX]);

#endif
