/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What DXE knows of memory, for the JSON report: the UEFI memory map and the GCD's. */
#include "report/json_parts.h"

static json_t *json_range(const struct efi_range *r, const char *name)
{
    char bits[EFI_ATTRIBUTES_SIZE];
    efi_attributes_format(r->attributes, bits);
    return json_pack("{s:o, s:o, s:I, s:s?, s:o, s:s}", "start", json_hex(r->at.start), "end", json_hex(r->at.end),
                     "type", (json_int_t)r->type, "name", name, "attributes", json_hex(r->attributes),
                     "attribute_names", bits);
}

static json_t *json_map(const struct efi_map *m, const char *(*name)(uint32_t type))
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->nr && i < EFI_RANGES_MAX; i++)
        if (json_array_append_new(list, json_range(&m->r[i], name(m->r[i].type))) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *json_memory_map(const struct verdict *v)
{
    const struct dxe_memory *m = v->memory;
    if (m == NULL)
        return json_null();
    return json_pack("{s:s, s:s, s:o, s:o, s:s?, s:s?}", "when", m->when, "source", m->given ? "loader" : "core",
                     "descriptors", json_map(&m->map, hob_memory_name), "gcd", json_map(&m->gcd, gcd_memory_name),
                     "damage", m->map.damage, "gcd_damage", m->gcd.damage);
}
