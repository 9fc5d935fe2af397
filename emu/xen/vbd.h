/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback as a guest sees it: a disk behind device/vbd/N, one ring page, read, write and flush (<xen/io/blkif.h>). It
 * acts when the guest changes its state in the store, and when it is notified. Ring and grants are hostile.
 */
#ifndef HVMBED_XEN_VBD_H
#define HVMBED_XEN_VBD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/disk.h"

struct xen;

#define VBDS_MAX 8u /* as many as a layout has */
/* xvda, xvdb …: X:docs/man/xen-vbd-interface.7.pandoc. */
#define VBD_XVD(n) (202u << 8 | (n) << 4)

struct vbd_layout; /* a request's, as the guest's word size has it */

struct vbd {
    struct disk *disk; /* owned */
    unsigned vdev;
    bool read_only;
    unsigned frontend, backend;      /* XenbusState*, as last seen and told */
    const struct vbd_layout *layout; /* once connected, else NULL */
    uint32_t ring_ref, port;
    uint64_t ring;     /* gpa of its page */
    uint32_t req, rsp; /* the next request to take, the next answer to give */
    bool broken;       /* the ring made no sense: nothing more is taken until it is connected anew */
    uint64_t requests;
};

/* The guest gets @disk, which it then owns, as @vdev; its store calls it @name. False: too many, one is there already, or out of memory. */
bool vbd_attach(struct xen *x, struct disk *disk, unsigned vdev, bool read_only, const char *name);
void vbd_exit(struct xen *x);
/* The guest has changed the store: do disks have to follow? */
void vbd_look(struct xen *x);
/* The guest has notified disk @index. @compat: see evtchn_raise(). */
void vbd_serve(struct xen *x, unsigned index, bool compat);

#endif
