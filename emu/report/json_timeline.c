/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When things happened, what the guest asked for, and what it wrote, for the JSON report. */
#include "report/json_parts.h"

static json_t *append(json_t *list, json_t *e)
{
    if (json_array_append_new(list, e) == 0)
        return list;
    json_decref(list);
    return NULL;
}

json_t *json_timepoint(struct timepoint t)
{
    return json_pack("{s:I, s:I}", "virtual_ns", (json_int_t)t.ns, "instructions", (json_int_t)t.instructions);
}

/* By phase, in their order: those with any. */
static json_t *json_counts(const uint64_t count[STAGES])
{
    json_t *list = json_array();
    for (unsigned i = 0; i < STAGES && list != NULL; i++) {
        const enum phase p = timeline_order[i];
        if (count[p] != 0)
            list = append(list, json_pack("{s:s, s:I}", "phase", phase_name(p), "count", (json_int_t)count[p]));
    }
    return list;
}

static json_t *json_phases(const struct timeline *t)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < STAGES && list != NULL; i++) {
        const enum phase p = timeline_order[i];
        if (t->phase[p].began)
            list =
                append(list, json_pack("{s:s, s:o}", "phase", phase_name(p), "began", json_timepoint(t->phase[p].at)));
    }
    return list;
}

static json_t *json_exits(const struct timeline *t)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < MACHINE_EXITS && list != NULL; i++) {
        const enum machine_exit kind = (enum machine_exit)i;
        list = append(list, json_pack("{s:s, s:I, s:o}", "kind", machine_exit_name(kind), "count",
                                      (json_int_t)timeline_exits(t, kind), "phases", json_counts(t->exits[i])));
    }
    return list;
}

static json_t *json_decompressor(const struct timeline *t)
{
    if (!t->unpacks)
        return json_null();
    return json_pack("{s:o, s:o}", "began", json_timepoint(t->unpack), "ended",
                     t->unpacked.ns != 0 ? json_timepoint(t->unpacked) : json_null());
}

json_t *json_timeline(const struct verdict *v)
{
    const struct timeline *t = &v->timeline;
    return json_pack("{s:o, s:o, s:o, s:o}", "phases", json_phases(t), "decompressor", json_decompressor(t), "ended",
                     json_timepoint((struct timepoint){v->virtual_ns, v->instructions}), "exits", json_exits(t));
}

json_t *json_hypercalls(const struct verdict *v)
{
    const struct timeline *t = &v->timeline;
    json_t *list = json_array();
    for (size_t i = 0; i < t->nr_calls && list != NULL; i++) {
        const struct call_count *c = &t->call[i];
        list = append(list,
                      json_pack("{s:s?, s:i, s:i, s:I, s:I, s:o, s:o}", "name", c->name, "number", c->nr, "command",
                                c->command, "count", (json_int_t)call_count_total(c), "refused", (json_int_t)c->refused,
                                "first", json_timepoint(c->first), "phases", json_counts(c->count)));
    }
    return list;
}

static json_t *json_writing(const struct verdict *v, const struct writing *w)
{
    json_t *module = w->module < v->nr_modules ? json_safe(v->module[w->module].name) : json_null();
    return json_pack("{s:s, s:o}", "phase", phase_name(w->phase), "module", module);
}

json_t *json_written(const struct verdict *v)
{
    if (v->written == NULL)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < v->written->nr && list != NULL; i++) {
        const struct written_run *r = &v->written->run[i];
        list = append(list, json_pack("{s:o, s:o, s:o, s:o, s:s, s:s}", "start", json_hex(r->at.start), "end",
                                      json_hex(r->at.end), "first", json_writing(v, &r->first), "last",
                                      json_writing(v, &r->last), "class", plan_class_name(r->cls), "owner", r->owner));
    }
    return json_pack("{s:I, s:o}", "pages", (json_int_t)v->written->pages, "runs", list);
}
