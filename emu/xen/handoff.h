/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hand-off: who boots the firmware and what it finds. One const struct each; adding one is a file and a table line. */
#ifndef HVMBED_XEN_HANDOFF_H
#define HVMBED_XEN_HANDOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "engine/cpu.h"
#include "image/image.h"
#include "layout/layout.h"
#include "layout/plan.h"

struct handoff {
    const char *name; /* "hvm", "pvh" */
    enum guest_type type;
    bool first_stage; /* a loader runs before the firmware and makes what @plan says; it is given by the user */
    const char *help;
    /* What in this layout it cannot give to the firmware and what to do about it; NULL: nothing. May be NULL. */
    const char *(*cannot)(const struct layout *l);
    /* Lays everything that the loader leaves into @plan (not sealed here), which borrows @im's bytes. False with @d when
     * this image cannot be booted this way (no PVH header …). */
    bool (*plan)(const struct layout *l, const struct guest_memory *g, const struct image *im, struct plan *plan,
                 struct cpu_entry *entry, struct diag *d);
};

extern const struct handoff handoff_hvm, handoff_pvh, handoff_hvmloader;
const struct handoff *handoff_find(const char *name); /* NULL when unknown */
const struct handoff *handoff_for(enum guest_type t); /* the default one of a guest type */

#endif
