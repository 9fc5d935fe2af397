/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of this room. */
#ifndef HVMBED_XEN_PRIVATE_H
#define HVMBED_XEN_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/abi.h"
#include "xen/xen.h"

/* One family of hypercalls a file. The result is 0 or more, or a negative enum xen_errno. */
int64_t xen_memory_op(struct xen *x, const struct hypercall *c);
int64_t xen_version_op(struct xen *x, const struct hypercall *c);
int64_t xen_sched_op(struct xen *x, const struct hypercall *c);
int64_t xen_hvm_op(struct xen *x, const struct hypercall *c);
int64_t xen_evtchn_op(struct xen *x, const struct hypercall *c);

/* Guest copies at a hypercall argument; a 32-bit caller's pointers have 32 bits. */
bool xen_copy_in(struct xen *x, uint64_t gva, void *dst, size_t n);
bool xen_copy_out(struct xen *x, uint64_t gva, const void *src, size_t n);
/* A field of an argument that was copied in whole. */
uint64_t xen_field(const struct hypercall *c, const uint8_t *bytes, struct abi_field f);
void xen_put_field(const struct hypercall *c, uint8_t *bytes, struct abi_field f, uint64_t value);
/* May this guest name that domain? 0, or a negative errno. */
int64_t xen_check_domid(uint64_t domid);

/* HVM parameters as the domain builder (and, for HVM, hvmloader) leaves them. */
void hvm_params_init(struct xen *x);

/* The page that XENMAPSPACE_shared_info names. */
bool shared_info_init(struct xen *x);
void shared_info_exit(struct xen *x);
void shared_info_update(struct xen *x);
int64_t shared_info_map(struct xen *x, uint64_t gfn);

/* The first @gfn that this guest's physical address width cannot reach. */
uint64_t xen_gfn_end(const struct xen *x);

bool msr_init(struct xen *x);
void msr_exit(struct xen *x);

/* Writes the 128 stubs; the bytes in between stay as they are. */
void hypercall_page_fill(uint8_t page[4096], enum cpu_vendor vendor);

#endif
