/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/timeline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "picture/markup.h"

#define BAR 14
#define BAR_ROOM 44

void time_format(uint64_t ns, char out[TIME_TEXT])
{
    if (ns >= 1000000000)
        (void)snprintf(out, TIME_TEXT, "%" PRIu64 ".%03" PRIu64 " s", ns / 1000000000, ns / 1000000 % 1000);
    else if (ns >= 1000000)
        (void)snprintf(out, TIME_TEXT, "%" PRIu64 ".%03" PRIu64 " ms", ns / 1000000, ns / 1000 % 1000);
    else if (ns >= 1000)
        (void)snprintf(out, TIME_TEXT, "%" PRIu64 ".%03" PRIu64 " us", ns / 1000, ns % 1000);
    else
        (void)snprintf(out, TIME_TEXT, "%" PRIu64 " ns", ns);
}

static struct span span_of(const struct verdict *v, enum phase p)
{
    const struct timepoint end = {v->virtual_ns, v->instructions};
    const uint64_t from = v->timeline.phase[p].at.ns, to = timeline_phase_end(&v->timeline, p, end).ns;
    return (struct span){from, to > from ? to : from};
}

/* Tenths of a percent. */
static unsigned share(struct span at, uint64_t all)
{
    return all != 0 ? (unsigned)(span_size(at) * 1000 / all) : 0;
}

static bool add_phases(struct panel *p, const struct verdict *v)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < STAGES; i++) {
        const enum phase ph = timeline_order[i];
        if (!v->timeline.phase[ph].began)
            continue;
        struct span at = span_of(v, ph);
        const unsigned part = share(at, v->virtual_ns);
        char took[TIME_TEXT], began[TIME_TEXT];
        time_format(span_size(at), took);
        time_format(at.start, began);
        at.end += at.start == at.end; /* one that ended with its beginning is shown, too */
        ok = panel_box(p, at, 0, fill_of_phase(ph), "%s: %s, %u.%u %%, from %s", phase_name(ph), took, part / 10,
                       part % 10, began) != NULL;
    }
    return ok;
}

static bool add_unpack(struct panel *p, const struct verdict *v)
{
    const struct timeline *t = &v->timeline;
    char took[TIME_TEXT];
    if (!t->unpacks)
        return true;
    const bool ended = t->unpacked.ns > t->unpack.ns;
    const struct span at = {t->unpack.ns, ended ? t->unpacked.ns : v->virtual_ns};
    if (at.start >= at.end)
        return true;
    time_format(span_size(at), took);
    return panel_box(p, at, 1, FILL_UNPACK, "decompressor: %s%s", took, ended ? "" : ", not ended") != NULL;
}

static bool add_modules(struct panel *p, const struct verdict *v)
{
    bool ok = true;
    for (size_t i = 0; ok && i < v->nr_modules; i++) {
        const struct module *m = &v->module[i];
        const enum phase ph = timeline_phase_at(&v->timeline, m->first);
        char after[TIME_TEXT];
        time_format(m->first.ns - v->timeline.phase[ph].at.ns, after);
        ok = panel_box(p, (struct span){m->first.ns, m->first.ns}, 0, FILL_NONE, "+%s %s", after, m->name) != NULL;
    }
    return ok;
}

/* A piece a phase, as high as the texts of what happened in it need. */
static bool make_scale(struct timeline_picture *t)
{
    const struct panel *p = &t->panel;
    t->scale.p = calloc(p->nr + 1, sizeof *t->scale.p);
    if (t->scale.p == NULL)
        return false;
    for (size_t i = 0; i < p->nr; i++) {
        const struct box *b = &p->box[i];
        if (b->strip != 0 || b->at.start == b->at.end)
            continue;
        int height = 6;
        for (size_t k = 0; k < p->nr; k++)
            if (p->box[k].at.start >= b->at.start && p->box[k].at.start < b->at.end)
                height += LINE * (int)(1 + (p->box[k].strip == 0 && p->box[k].at.end > p->box[k].at.start));
        t->scale.p[t->scale.nr++] = (struct scale_piece){.at = b->at, .y = t->scale.height, .height = height};
        t->scale.height += height;
    }
    return true;
}

bool timeline_picture_make(struct timeline_picture *t, const struct verdict *v)
{
    *t = (struct timeline_picture){.panel = {.strips = 2}};
    t->panel.title = "Timeline: when what began";
    t->panel.note = "each phase on a scale of its own";
    if (!add_phases(&t->panel, v) || !add_unpack(&t->panel, v) || !add_modules(&t->panel, v))
        return false;
    const int need = panel_need(&t->panel);
    if (!make_scale(t))
        return false;
    scale_stretch(&t->scale, need);
    return true;
}

void timeline_picture_free(struct timeline_picture *t)
{
    panel_free(&t->panel);
    scale_free(&t->scale);
}

int timeline_picture_height(const struct timeline_picture *t)
{
    return BAR_ROOM + panel_height(&t->scale);
}

void timeline_picture_draw(const struct timeline_picture *t, const struct verdict *v, FILE *out)
{
    const int width = panel_width(&t->panel) - 4;
    char all[TIME_TEXT];
    time_format(v->virtual_ns, all);
    fprintf(out, "<text class=\"n\" x=\"1\" y=\"11\">the whole run to scale: %s</text>\n", all);
    for (unsigned i = 0; i < STAGES; i++) {
        const enum phase ph = timeline_order[i];
        const struct span at = span_of(v, ph);
        if (!v->timeline.phase[ph].began || v->virtual_ns == 0)
            continue;
        const int x = 1 + (int)(at.start * (uint64_t)width / v->virtual_ns);
        const int end = 1 + (int)(at.end * (uint64_t)width / v->virtual_ns);
        fputs("<g>", out);
        if (end > x)
            style_rect(out, fill_of_phase(ph), x, 17, end - x, BAR);
        fprintf(out, "<title>%s</title></g>\n", phase_name(ph));
    }
    fprintf(out, "<g transform=\"translate(0,%d)\">\n", BAR_ROOM);
    panel_draw(&t->panel, &t->scale, false, out);
    fputs("</g>\n", out);
}
