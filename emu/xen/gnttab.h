/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grant table, version 1 (X:xen/common/grant_table.c): pages of Xen's that the guest maps and writes, and that
 * backends in domain 0 read. What stands in them is hostile.
 */
#ifndef HVMBED_XEN_GNTTAB_H
#define HVMBED_XEN_GNTTAB_H

#include <stdbool.h>
#include <stdint.h>

struct xen;

#define GNTTAB_FRAMES_MAX 64u /* max_grant_frames= (X:xen/common/grant_table.c:opt_max_grant_frames) */

struct gnttab {
    unsigned nr;                       /* pages so far */
    uint8_t *frame[GNTTAB_FRAMES_MAX]; /* host pages, owned */
    uint64_t gpa[GNTTAB_FRAMES_MAX];   /* where each is mapped, or XEN_UNMAPPED */
};

bool gnttab_init(struct xen *x);
void gnttab_exit(struct xen *x);
/* XENMAPSPACE_grant_table: page @idx comes to @gfn; what was there is freed. */
int64_t gnttab_map(struct xen *x, uint64_t idx, uint64_t gfn);
/* Which page is at @gpa; false for none. */
bool gnttab_at(const struct xen *x, uint64_t gpa, uint64_t *idx);

/*
 * Domain 0 maps grant @ref, to write there too if @write: the guest's page, or NULL and *@why. Until gnttab_end() the
 * entry says that it is in use.
 */
uint8_t *gnttab_begin(struct xen *x, uint32_t ref, bool write, uint64_t *gpa, const char **why);
void gnttab_end(struct xen *x, uint32_t ref);

#endif
