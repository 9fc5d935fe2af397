/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a disk's states and its ring. */
#ifndef HVMBED_XEN_VBD_RING_H
#define HVMBED_XEN_VBD_RING_H

#include "xen/vbd.h"

/* How requests and answers look for a frontend that names this protocol; "": it names none. NULL: unknown. */
const struct vbd_layout *vbd_layout_find(const char *protocol);

#endif
