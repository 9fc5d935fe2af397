/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hob/hob.h"

void size_format(uint64_t size, char out[SIZE_TEXT])
{
    static const struct {
        uint64_t unit;
        char letter;
    } units[] = {{GIB, 'G'}, {MIB, 'M'}, {KIB, 'K'}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        const uint64_t unit = units[i].unit;
        if (size < unit || (size % unit != 0 && size < 8 * unit && i + 1 < sizeof units / sizeof units[0] &&
                            size % units[i + 1].unit == 0 && size / units[i + 1].unit < 10000))
            continue;
        if (size % unit == 0)
            (void)snprintf(out, SIZE_TEXT, "%" PRIu64 "%c", size / unit, units[i].letter);
        else if (size % unit < unit / 10)
            (void)snprintf(out, SIZE_TEXT, "~%" PRIu64 "%c", size / unit, units[i].letter);
        else
            (void)snprintf(out, SIZE_TEXT, "%" PRIu64 ".%" PRIu64 "%c", size / unit, size % unit / (unit / 10 + 1),
                           units[i].letter);
        return;
    }
    (void)snprintf(out, SIZE_TEXT, "%" PRIu64 " byte%s", size, size == 1 ? "" : "s");
}

struct span finding_where(const struct finding *f)
{
    if (f->access != ACCESS_NONE && f->touched.start < f->touched.end)
        return f->touched;
    if (f->access != ACCESS_NONE)
        return (struct span){f->gpa, f->gpa + (f->size != 0 ? f->size : 1)};
    if (f->hob.present && f->hob.range.start < f->hob.range.end)
        return f->hob.range;
    if (f->bytes.start < f->bytes.end)
        return f->bytes;
    if (f->hob.present)
        return (struct span){f->hob.at, f->hob.at + 8};
    return (struct span){f->at.gva, f->at.gva + 1};
}

/* --- what the firmware was told */

static bool add_e820(struct panel *p, const struct report_input *in)
{
    p->title = "E820: what it is told";
    p->note = in->layout->type == GUEST_PVH ? "by Xen's toolstack" : "by hvmloader";
    struct e820_map m = in->guest->e820;
    e820_sort(&m);
    bool ok = true;
    for (unsigned i = 0; ok && i < m.nr && i < E820_MAX; i++) {
        const char *name = e820_type_name(m.e[i].type);
        char number[24];
        (void)snprintf(number, sizeof number, "type %" PRIu32, m.e[i].type);
        ok = panel_box(p, m.e[i].at, 0, fill_of_e820(m.e[i].type), "%s", name != NULL ? name : number) != NULL;
    }
    return ok;
}

/* --- what it declared */

static int by_start(const void *a, const void *b)
{
    const struct hob *x = *(const struct hob *const *)a, *y = *(const struct hob *const *)b;
    if (x->range.start != y->range.start)
        return x->range.start < y->range.start ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool add_hob(struct panel *p, const struct hob *h)
{
    if (h->type == HOB_RESOURCE)
        return panel_box(p, h->range, 0, fill_of_resource(h->kind), "%s", "") != NULL;
    const char *kind = hob_memory_name(h->kind), *name = hob_guid_name(&h->guid), *module = hob_guid_name(&h->name2);
    return panel_box(p, h->range, 1, fill_of_memory(h->kind), "%s%s%s%s%s", kind != NULL ? kind : "unknown type",
                     name != NULL ? ", " : "", name != NULL ? name : "", module != NULL ? " " : "",
                     module != NULL ? module : "") != NULL;
}

static bool add_hobs(struct panel *p, const struct report_input *in)
{
    const struct hob_list *list = &in->verdict->hobs;
    p->title = "HOBs: what it declares";
    p->note = in->verdict->hob_list == 0 ? "none: no hand-off was reached" : "left resources, right allocations";
    p->strips = 2;
    const struct hob **sorted = calloc(list->nr + 1, sizeof *sorted);
    size_t n = 0;
    bool ok = sorted != NULL;
    for (size_t i = 0; ok && i < list->nr; i++) {
        const struct hob *h = &list->h[i];
        const bool ports =
            h->type == HOB_RESOURCE && (h->kind == HOB_RESOURCE_IO || h->kind == HOB_RESOURCE_IO_RESERVED);
        if ((h->type == HOB_RESOURCE || h->type == HOB_ALLOCATION) && !ports && h->range.start < h->range.end)
            sorted[n++] = h;
    }
    if (ok)
        qsort(sorted, n, sizeof *sorted, by_start);
    for (size_t i = 0; ok && i < n; i++)
        ok = add_hob(p, sorted[i]);
    free(sorted);
    return ok;
}

/* --- what it wrote */

static const char *module_of(const struct verdict *v, const struct writing *w)
{
    return w->module < v->nr_modules ? v->module[w->module].name : "no module";
}

static bool add_written(struct panel *p, const struct report_input *in)
{
    const struct verdict *v = in->verdict;
    p->title = "Written: what it wrote";
    p->note = v->written == NULL ? "not recorded" : "left and text who first, right last";
    p->strips = 2;
    bool ok = true;
    for (size_t i = 0; ok && v->written != NULL && i < v->written->nr; i++) {
        const struct written_run *r = &v->written->run[i];
        ok = panel_box(p, r->at, 0, fill_of_phase(r->first.phase), "%s %s", phase_name(r->first.phase),
                       module_of(v, &r->first)) != NULL &&
             panel_box(p, r->at, 1, fill_of_phase(r->last.phase), "%s", "") != NULL;
    }
    return ok;
}

/* --- whose it is */

static bool add_plan(struct panel *p, const struct report_input *in)
{
    p->title = "Owners, and findings";
    p->note = "by Xen's memory layout";
    p->badges = true;
    bool ok = true;
    for (size_t i = 0; ok && in->plan != NULL && i < in->plan->nr; i++) {
        const struct plan_range *r = &in->plan->r[i];
        if (r->cls != CLASS_HOLE)
            ok = panel_box(p, r->at, 0, fill_of_class(r->cls), "%s", r->owner != NULL ? r->owner : "") != NULL;
    }
    return ok;
}

static bool add_badges(struct panel *p, const struct findings *f)
{
    p->badge = calloc(f->nr + 1, sizeof *p->badge);
    for (size_t i = 0; p->badge != NULL && i < f->nr; i++)
        p->badge[p->nr_badges++] = (struct badge){finding_where(&f->f[i]).start, i + 1, f->f[i].severity};
    return p->badge != NULL;
}

/* --- all of it */

/* Each text says where it is, too. */
static void add_addresses(struct panel *p)
{
    for (size_t i = 0; i < p->nr; i++) {
        struct box *b = &p->box[i];
        char size[SIZE_TEXT], text[BOX_TEXT_SIZE];
        if (b->text[0] == '\0')
            continue;
        size_format(span_size(b->at), size);
        memcpy(text, b->text, sizeof text);
        (void)snprintf(b->text, sizeof b->text, "%#" PRIx64 " %s %.88s", b->at.start, size, text);
    }
}

static bool make_scale(struct memory_picture *m, const struct findings *f)
{
    size_t n = f->nr, need = 0;
    for (unsigned i = 0; i < MEMORY_PANELS; i++)
        n += m->panel[i].nr;
    struct span *mark = calloc(n + 1, sizeof *mark);
    if (mark == NULL)
        return false;
    n = 0;
    for (unsigned i = 0; i < MEMORY_PANELS; i++)
        for (size_t k = 0; k < m->panel[i].nr; k++)
            mark[n++] = m->panel[i].box[k].at;
    for (size_t i = 0; i < f->nr; i++) {
        const struct span at = finding_where(&f->f[i]);
        mark[n++] = (struct span){page_down(at.start), page_down(at.start) + PAGE_SIZE};
    }
    const bool ok = scale_make(&m->scale, mark, n);
    free(mark);
    for (unsigned i = 0; i < MEMORY_PANELS; i++) {
        const int here = panel_need(&m->panel[i]);
        need = here > (int)need ? (size_t)here : need;
    }
    if (ok)
        scale_stretch(&m->scale, (int)need);
    return ok;
}

bool memory_picture_make(struct memory_picture *m, const struct report_input *in)
{
    static bool (*const add[MEMORY_PANELS])(struct panel * p, const struct report_input *in) = {
        [PANEL_E820] = add_e820, [PANEL_HOBS] = add_hobs, [PANEL_WRITTEN] = add_written, [PANEL_PLAN] = add_plan};
    *m = (struct memory_picture){.scale = {.nr = 0}};
    bool ok = true;
    for (unsigned i = 0; ok && i < MEMORY_PANELS; i++) {
        m->panel[i].strips = 1;
        ok = add[i](&m->panel[i], in);
        add_addresses(&m->panel[i]);
    }
    return ok && add_badges(&m->panel[PANEL_PLAN], &in->verdict->findings) && make_scale(m, &in->verdict->findings);
}

void memory_picture_free(struct memory_picture *m)
{
    for (unsigned i = 0; i < MEMORY_PANELS; i++)
        panel_free(&m->panel[i]);
    scale_free(&m->scale);
}
