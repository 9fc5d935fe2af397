/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reserved device memory: what the host's RMRRs do to a guest's RAM. Private to this folder. */
#ifndef HVMBED_LAYOUT_RDM_H
#define HVMBED_LAYOUT_RDM_H

#include "base/diag.h"
#include "layout/layout.h"

/*
 * Moves g->low_end and g->high_end out of the way of l->rdm, as libxl does, and fills g->rdm. False with
 * @d when a strict one lies over RAM, or when hvmloader would stop.
 */
bool rdm_resolve(const struct layout *l, struct guest_memory *g, struct diag *d);

#endif
