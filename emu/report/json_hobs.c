/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What DXE is given, for the JSON report: the HOB list, the page tables in numbers, what is known to differ. */
#include "report/decode.h"
#include "report/json_parts.h"

static json_t *json_named_guid(const struct guid *g)
{
    static const struct guid none;
    char text[GUID_TEXT_SIZE];
    if (guid_equal(g, &none))
        return json_null();
    const char *name = hob_guid_name(g);
    guid_format(g, text);
    return json_pack("{s:s, s:s?}", "guid", text, "name", name);
}

/* "RAM", "BootServicesData"; null for a HOB or number that has none. */
static json_t *json_kind(const struct hob *h)
{
    const char *name = h->type == HOB_RESOURCE     ? hob_resource_name(h->kind)
                       : h->type == HOB_ALLOCATION ? hob_memory_name(h->kind)
                                                   : NULL;
    return name != NULL ? json_string(name) : json_null();
}

static json_t *json_phit(const struct hob *h)
{
    const struct hob_phit *p = &h->phit;
    if (h->type != HOB_HANDOFF)
        return json_null();
    return json_pack("{s:I, s:o, s:o, s:o}", "boot_mode", (json_int_t)p->boot_mode, "memory",
                     json_span((struct span){p->memory_bottom, p->memory_top}), "free",
                     json_span((struct span){p->free_bottom, p->free_top}), "end", json_hex(p->end));
}

static json_t *json_hob(const struct hob *h)
{
    const bool cpu = h->type == HOB_CPU;
    const bool typed = h->type == HOB_RESOURCE || h->type == HOB_ALLOCATION;
    json_t *range = h->range.start < h->range.end ? json_span(h->range) : json_null();
    json_t *attributes = h->type == HOB_RESOURCE ? json_hex(h->attributes) : json_null();
    json_t *address_bits = cpu ? json_pack("{s:i, s:i}", "memory", h->mem_bits, "io", h->io_bits) : json_null();
    return json_pack("{s:o, s:I, s:s?, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at", json_hex(h->at),
                     "type", (json_int_t)h->type, "name", hob_type_name(h->type), "size", (json_int_t)h->size, "range",
                     range, "kind", typed ? json_integer((json_int_t)h->kind) : json_null(), "kind_name", json_kind(h),
                     "attributes", attributes, "guid", json_named_guid(&h->guid), "from", json_named_guid(&h->name2),
                     "entry", h->entry != 0 ? json_hex(h->entry) : json_null(), "phit", json_phit(h), "address_bits",
                     address_bits);
}

json_t *json_hobs(const struct verdict *v)
{
    if (v->hob_list == 0)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < v->hobs.nr; i++)
        if (json_array_append_new(list, json_hob(&v->hobs.h[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *json_known(const struct verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->nr_known; i++) {
        const struct known_difference *k = &v->known[i];
        json_t *e = json_pack("{s:s, s:o, s:s, s:I}", "rule", rules[k->rule].name, "text", json_safe(k->text), "why",
                              k->why, "count", (json_int_t)k->count);
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *json_paging(const struct verdict *v)
{
    const struct paging_summary *p = &v->paging;
    if (p->tables == 0)
        return json_null();
    return json_pack("{s:I, s:o, s:o, s:I}", "tables", (json_int_t)p->tables, "mapped", json_hex(p->mapped),
                     "writable_executable", json_hex(p->wx), "writable_executable_ranges", (json_int_t)p->wx_runs);
}
