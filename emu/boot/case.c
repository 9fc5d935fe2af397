/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/case.h"

#include <stdio.h>
#include <string.h>

#include "boot/find.h"
#include "xen/builder.h"

static void look_for(const struct layout *l, struct stage_place *p)
{
    *p = (struct stage_place){.major = l->xen_major, .minor = l->xen_minor, .own = hvmloader_of_version(l)};
    if (!hvmloader_find(NULL, l, p->path, sizeof p->path, NULL))
        p->path[0] = '\0';
}

/* Where that of @l's version lies: looked up once for boots that share their stages, else into *@own. */
static const struct stage_place *stage_place(struct first_stages *s, const struct layout *l, struct stage_place *own)
{
    for (size_t i = 0; s != NULL && i < s->nr_places; i++)
        if (s->place[i].major == l->xen_major && s->place[i].minor == l->xen_minor)
            return &s->place[i];
    struct stage_place *p = s != NULL && s->nr_places < XEN_VERSIONS ? &s->place[s->nr_places++] : own;
    look_for(l, p);
    return p;
}

static bool find_first_stage(const struct boot_choice *choice, const struct layout *l, char *file, size_t n,
                             struct diag *d)
{
    struct stage_place own;
    if (choice->hvmloader != NULL || choice->stages == NULL)
        return hvmloader_find(choice->hvmloader, l, file, n, d);
    const struct stage_place *p = stage_place(choice->stages, l, &own);
    if (p->path[0] == '\0')
        return hvmloader_find(NULL, l, file, n, d); /* which says what is missing */
    return snprintf(file, n, "%s", p->path) < (int)n;
}

const struct handoff *boot_handoff(const struct boot_choice *choice, const struct layout *l)
{
    const struct handoff *real = &handoff_hvmloader;
    if (choice->handoff != NULL)
        return handoff_find(choice->handoff);
    if (choice->hvmloader != NULL)
        return real;
    struct stage_place own;
    return l->type == real->type && real->cannot(l) == NULL && stage_place(choice->stages, l, &own)->own
               ? real
               : handoff_for(l->type);
}

const struct loader *boot_first_stage(const struct boot_choice *choice, const struct layout *l, struct diag *d)
{
    struct first_stages *s = choice->stages;
    char file[512];
    if (!find_first_stage(choice, l, file, sizeof file, d))
        return NULL;
    for (size_t i = 0; i < s->nr; i++)
        if (strcmp(s->loader[i].path, file) == 0)
            return &s->loader[i];
    if (s->nr == FIRST_STAGES_MAX) {
        (void)diag_fail(d, file, 0, "one of more than %u loaders in one run", FIRST_STAGES_MAX);
        return NULL;
    }
    return loader_load(file, &s->loader[s->nr], d) ? &s->loader[s->nr++] : NULL;
}

bool boot_hold_stages(const struct boot_choice *choice, struct diag *d)
{
    struct layout l;
    struct stage_place own;
    layout_default(&l);
    for (l.xen_minor = 0; l.xen_minor < XEN_VERSIONS; l.xen_minor++)
        if (stage_place(choice->stages, &l, &own)->own && boot_first_stage(choice, &l, d) == NULL)
            return false;
    return true;
}

void first_stages_free(struct first_stages *s)
{
    while (s->nr != 0)
        loader_free(&s->loader[--s->nr]);
}

static bool load_first_stage(struct boot_case *c, const struct boot_choice *choice, struct diag *d)
{
    char file[512];
    if (choice->stages == NULL)
        return hvmloader_find(choice->hvmloader, &c->layout, file, sizeof file, d) && loader_load(file, &c->loader, d);
    const struct loader *l = boot_first_stage(choice, &c->layout, d);
    if (l == NULL)
        return false;
    c->loader = *l;
    c->loader_shared = true;
    return true;
}

uint64_t boot_top(const struct layout *l, uint64_t image_size)
{
    struct guest_memory g;
    return layout_resolve(l, image_size, &g, NULL) ? guest_top(&g) : 0;
}

bool boot_hold_disks(const struct boot_choice *choice, const struct layout *l, struct diag *d)
{
    const unsigned nr = choice->nr_disks != 0 ? choice->nr_disks : l->nr_disks;
    for (unsigned i = 0; i < nr; i++)
        if (held_add(choice->held, choice->nr_disks != 0 ? choice->disk[i] : l->disk[i].path) == NULL)
            return diag_fail(d, "", 0, "out of memory");
    return true;
}

/* Those of the command line take the place of the layout's. */
static bool choose_disks(struct layout *l, const struct boot_choice *choice, struct diag *d)
{
    if (choice->nr_disks == 0)
        return true;
    l->nr_disks = choice->nr_disks;
    for (unsigned i = 0; i < choice->nr_disks; i++) {
        struct layout_disk *k = &l->disk[i];
        *k = (struct layout_disk){.vdev = layout_disk_xvd(i)};
        if (snprintf(k->path, sizeof k->path, "%s", choice->disk[i]) >= (int)sizeof k->path)
            return diag_fail(d, choice->disk[i], 0, "the path is too long");
    }
    return true;
}

bool boot_case_prepare(struct boot_case *c, const struct layout *l, const struct image *im,
                       const struct boot_choice *choice, struct diag *d)
{
    const struct handoff *h = boot_handoff(choice, l);
    c->image = im;
    c->choice = *choice;
    c->layout = *l;
    c->handoff = h;
    if (h->type != l->type)
        return diag_fail(d, l->path, 0, "this is a %s guest: --handoff %s cannot boot it",
                         l->type == GUEST_HVM ? "HVM" : "PVH", h->name);
    if (!choose_disks(&c->layout, choice, d) || !layout_resolve(&c->layout, im->size, &c->guest, d))
        return false;
    if (h->first_stage && !load_first_stage(c, choice, d))
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
    if (!c->loader_shared)
        loader_free(&c->loader);
}

static bool attach_disks(const struct boot_case *c, struct machine *m, struct diag *d)
{
    for (unsigned i = 0; i < c->layout.nr_disks; i++) {
        const struct layout_disk *k = &c->layout.disk[i];
        struct disk *const disk = disk_open(k->path, c->choice.held, d);
        if (disk == NULL)
            return false;
        if (!vbd_attach(&m->xen, disk, k->vdev, k->read_only, k->path)) {
            disk_close(disk);
            return diag_fail(d, k->path, 0, "cannot be made a disk of the guest: out of memory");
        }
    }
    return true;
}

bool boot_case_power_on(const struct boot_case *c, const struct layout *l, struct machine *m, struct diag *d)
{
    bool first_stage = c->handoff->first_stage;
    if (!machine_init(m, l, &c->guest, &c->plan, &c->entry, !c->unchecked, first_stage, d))
        return false;
    machine_limit(m, c->choice.limits);
    if ((!first_stage || builder_fill(&m->memory, l, &c->guest, c->image, &c->loader, d)) && attach_disks(c, m, d))
        return true;
    machine_exit(m);
    return false;
}
