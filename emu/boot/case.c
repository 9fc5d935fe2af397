/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/case.h"

#include "boot/find.h"
#include "xen/builder.h"

const struct handoff *boot_handoff(const struct boot_choice *choice, const struct layout *l)
{
    const struct handoff *real = &handoff_hvmloader;
    if (choice->handoff != NULL)
        return handoff_find(choice->handoff);
    if (choice->hvmloader != NULL)
        return real;
    return l->type == real->type && real->cannot(l) == NULL && hvmloader_of_version(l) ? real : handoff_for(l->type);
}

static bool load_first_stage(struct boot_case *c, const char *name, struct diag *d)
{
    char file[512];
    return hvmloader_find(name, &c->layout, file, sizeof file, d) && loader_load(file, &c->loader, d);
}

bool boot_case_prepare(struct boot_case *c, const struct layout *l, const struct image *im,
                       const struct boot_choice *choice, struct diag *d)
{
    const struct handoff *h = boot_handoff(choice, l);
    c->image = im;
    c->layout = *l;
    c->handoff = h;
    if (h->type != l->type)
        return diag_fail(d, l->path, 0, "this is a %s guest: --handoff %s cannot boot it",
                         l->type == GUEST_HVM ? "HVM" : "PVH", h->name);
    if (!layout_resolve(&c->layout, im->size, &c->guest, d))
        return false;
    if (h->first_stage && !load_first_stage(c, choice->hvmloader, d))
        return false;
    plan_init(&c->plan, guest_top(&c->guest));
    if (!h->plan(&c->layout, &c->guest, im, &c->plan, &c->entry, d) || !plan_seal(&c->plan, d))
        return false;
    if (h->first_stage)
        builder_entry(&c->loader, im, &c->entry);
    return true;
}

void boot_case_free(struct boot_case *c)
{
    plan_exit(&c->plan);
    loader_free(&c->loader);
}

bool boot_case_power_on(const struct boot_case *c, const struct layout *l, struct machine *m, struct diag *d)
{
    bool first_stage = c->handoff->first_stage;
    if (!machine_init(m, l, &c->guest, &c->plan, &c->entry, !c->unchecked, first_stage, d))
        return false;
    if (!first_stage || builder_fill(&m->memory, l, &c->guest, c->image, &c->loader, d))
        return true;
    machine_exit(m);
    return false;
}
