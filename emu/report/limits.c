/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits that were met, in every report the same: docs/limits.md. Where none was, nothing is said. */
#include "report/json_parts.h"
#include "report/text_finding.h"

void text_limits(const struct limits_reached *r, FILE *out)
{
    for (unsigned i = 0; i < LIMITS; i++) {
        char text[LIMIT_TEXT_SIZE];
        if (r->at[i] == 0)
            continue;
        limit_text((enum limit_id)i, r->at[i], text);
        text_label(out, "limit");
        fprintf(out, "%s\n", text);
    }
}

static json_t *json_limit(enum limit_id id, uint64_t value)
{
    char option[LIMIT_OPTION_SIZE];
    limit_option(id, option);
    return json_pack("{s:s, s:I, s:s, s:o}", "limit", limit_rows[id].name, "value", (json_int_t)value, "what",
                     limit_rows[id].what, "option", option[0] != '\0' ? json_string(option) : json_null());
}

json_t *json_limits(const struct limits_reached *r)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < LIMITS; i++)
        if (r->at[i] != 0 && json_array_append_new(list, json_limit((enum limit_id)i, r->at[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

bool json_set_limits(json_t *report, const struct limits_reached *r)
{
    return !limits_any(r) || json_object_set_new(report, LIMITS_REACHED, json_limits(r)) == 0;
}
