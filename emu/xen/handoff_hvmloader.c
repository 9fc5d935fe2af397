/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HVM with the real hvmloader as first stage. Who owns what and who may touch it afterwards is the same as for the
 * synthetic hand-off, since that is modelled on it; but every byte is hvmloader's own work.
 */
#include <stdlib.h>

#include "xen/abi.h"
#include "xen/handoff.h"

static const char *cannot(const struct layout *l)
{
    if (l->has_e820)
        return "bed_e820 cannot be told to the real hvmloader, which makes its own table; use --handoff hvm";
    if (l->has_cmos_low_ram)
        return "bed_cmos_low_ram: the real hvmloader writes CMOS itself; use --handoff hvm";
    return NULL;
}

static bool plan_hvmloader(const struct layout *l, const struct guest_memory *g, const struct image *im, struct plan *p,
                           struct cpu_entry *entry, struct diag *d)
{
    const char *why = cannot(l);
    if (why != NULL)
        return diag_fail(d, l->path, 0, "%s", why);
    if (!handoff_hvm.plan(l, g, im, p, entry, d))
        return false;
    for (size_t i = 0; i < p->nr; i++) {
        struct plan_range *r = &p->r[i];
        if (r->at.start == SPECIAL_IDENT_PT_PFN << PAGE_SHIFT || r->at.start == IGD_OPREGION_START)
            continue; /* the builder's, and the host's */
        if (!r->borrowed)
            free(r->bytes);
        r->bytes = NULL;
        r->nbytes = 0;
    }
    return true;
}

const struct handoff handoff_hvmloader = {
    .name = "hvmloader",
    .type = GUEST_HVM,
    .first_stage = true,
    .help = "HVM guest from its first instruction: the real hvmloader places and enters the firmware",
    .cannot = cannot,
    .plan = plan_hvmloader,
};
