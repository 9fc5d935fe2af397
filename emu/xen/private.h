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
int64_t xen_vcpu_op(struct xen *x, const struct hypercall *c);
int64_t xen_grant_table_op(struct xen *x, const struct hypercall *c);

/* Says what is wrong with a call's arguments: only what no good guest asks for. The first one counts. */
void xen_refuse(struct xen *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Likewise what is wrong with memory that it shares with a backend, which this call has made act. */
void xen_complain(struct xen *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Guest copies at a hypercall argument; a 32-bit caller's pointers have 32 bits. */
bool xen_copy_in(struct xen *x, uint64_t gva, void *dst, size_t n);
bool xen_copy_out(struct xen *x, uint64_t gva, const void *src, size_t n);
/* A field of an argument that was copied in whole. */
uint64_t xen_field(const struct hypercall *c, const uint8_t *bytes, struct abi_field f);
void xen_put_field(const struct hypercall *c, uint8_t *bytes, struct abi_field f, uint64_t value);
/* May this guest name that domain? 0, or a negative errno. */
int64_t xen_check_domid(struct xen *x, uint64_t domid);

/* HVM parameters as the domain builder (and, for HVM, hvmloader) leaves them. */
void hvm_params_init(struct xen *x);
void hvm_params_before_loader(struct xen *x);

/* The page that XENMAPSPACE_shared_info names. */
bool shared_info_init(struct xen *x);
void shared_info_exit(struct xen *x);
void shared_info_update(struct xen *x);
void shared_info_wall_clock(uint8_t page[4096]);
int64_t shared_info_map(struct xen *x, uint64_t gfn);
/* Tells vCPU 0 of an event, as a guest of that width has it. */
void shared_info_event(struct xen *x, uint32_t port, bool compat);
void shared_info_forget_event(struct xen *x, uint32_t port, bool compat);
void shared_info_unmask(struct xen *x, uint32_t port, bool compat);

bool p2m_begin(struct xen *x);
void p2m_exit(struct xen *x);
/* A page of zeroes at @gfn, as long as Xen grants some. */
bool p2m_populate(struct xen *x, uint64_t gfn);
/* The page at gfn @from, with what it holds, comes to @to; what was there is freed. */
int64_t p2m_move(struct xen *x, uint64_t from, uint64_t to);
/* Xen's own page @page, which is at gpa *@at or XEN_UNMAPPED, comes to @gfn; what was there is freed. */
int64_t p2m_map_xens(struct xen *x, uint8_t *page, uint64_t *at, uint64_t gfn, const char *owner);
/* The page at @gpa, RAM or Xen's own, is there no longer. */
bool p2m_remove(struct xen *x, uint64_t gpa);
/* Takes the page away that is at @gpa; it was the guest's own RAM: p2m_freed(), so that it may have another one. */
bool p2m_unmap(struct xen *x, uint64_t gpa);
void p2m_freed(struct xen *x);

/* The store as libxl leaves it. And: it is shown to a loader, on its page. */
void xenstore_init(struct xen *x);
bool xenstore_begin(struct xen *x);
void xenstore_exit(struct xen *x);
/*
 * Its nodes. Most guests never ask for one: they are made for the first who does, of the layout alone, so that when that is
 * makes no difference. NULL: out of memory.
 */
struct xs_tree *xenstore_tree(struct xen *x);
bool xenstore_fill(struct xs_tree *t, const struct layout *l);
/* A node of domain 0's making, with these rights (@nr 0: its parent's). False: out of memory. */
bool xenstore_put(struct xs_tree *t, const char *path, const struct xs_perm *perm, unsigned nr, const char *value);
extern const struct xs_perm xenstore_guest_reads[2];
/* Likewise while the guest runs: those who watch are told. */
bool xenstore_write(struct xen *x, const char *path, const char *value);
/* Runs the request in store.in; its answer, and events, are added to store.out. */
void xenstore_request(struct xen *x);
/* The client's watches and transactions are gone. */
void xenstore_forget_client(struct xenstore *s);
/* The guest has notified the store. True: it is to be notified in turn. */
bool xenstore_serve(struct xen *x);

/* The first @gfn that this guest's physical address width cannot reach. */
uint64_t xen_gfn_end(const struct xen *x);

/* The Hyper-V interface: its leaves from 40000000, its MSRs from 40000000 to 400001FF. (viridian.c) */
void viridian_cpuid(const struct xen *x, uint32_t leaf, uint32_t out[4]);
bool viridian_rdmsr(const struct xen *x, uint32_t index, uint64_t *value);
bool viridian_wrmsr(struct xen *x, uint32_t index, uint64_t value);

bool msr_init(struct xen *x);
void msr_exit(struct xen *x);

/* Writes the 128 stubs; the bytes in between stay as they are. */
void hypercall_page_fill(uint8_t page[4096], enum cpu_vendor vendor);

#endif
