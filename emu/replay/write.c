/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case as JSON. json_pack gives NULL for an object with a NULL part, so one check at the end finds any failure. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "replay/fields.h"

static json_t *hex(uint64_t v)
{
    return json_sprintf("0x%" PRIx64, v);
}

static json_t *value(const void *of, const struct field *f)
{
    if (field_is_text(f))
        return json_string(field_text(of, f));
    const uint64_t v = field_number(of, f);
    return f->kind == FIELD_COUNT ? json_integer((json_int_t)v) : hex(v);
}

static json_t *object(const void *of, const struct field *fields)
{
    json_t *o = json_object();
    for (const struct field *f = fields; f->name != NULL; f++)
        if (json_object_set_new(o, f->name, value(of, f)) != 0) {
            json_decref(o);
            return NULL;
        }
    return o;
}

/* Puts @v at the end of @list; a list that could not be made complete becomes NULL. */
static void append(json_t **list, json_t *v)
{
    if (json_array_append_new(*list, v) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

static json_t *lines(const char *text)
{
    json_t *list = json_array();
    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        append(&list, json_stringn(text, n));
        text += n + (text[n] == '\n');
    }
    return list;
}

static json_t *disks(const struct saved *s)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->nr_disks; i++)
        append(&list, object(&s->disk[i], disk_fields));
    return list;
}

static json_t *fills(const struct saved *s)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->nr_fills; i++)
        append(&list, hex(s->fill[i]));
    return list;
}

static json_t *severities(const struct saved *s)
{
    json_t *o = json_object();
    for (unsigned i = 0; i < s->nr_severities; i++)
        if (json_object_set_new(o, s->severity[i].rule, json_string(severity_name(s->severity[i].severity))) != 0) {
            json_decref(o);
            return NULL;
        }
    return o;
}

static json_t *limits(const struct saved *s)
{
    json_t *o = NULL;
    for (unsigned i = 0; i < LIMITS; i++) {
        if (s->limits.max[i] == 0)
            continue;
        if (o == NULL)
            o = json_object();
        (void)json_object_set_new(o, limit_rows[i].name, json_integer((json_int_t)s->limits.max[i]));
    }
    return o;
}

static json_t *options(const struct saved *s)
{
    return json_pack("{s:s, s:o, s:I, s:s, s:s, s:s, s:b, s:o, s:o*}", "until", s->until, "fill", fills(s), "budget",
                     (json_int_t)s->budget, "low_exec", s->follow_low_exec ? "follow" : "stop", "exceptions",
                     s->deliver ? "deliver" : "stop", "sec_lzma", s->guest_lzma ? "guest" : "host", "checks",
                     !s->unchecked, "severities", severities(s), "limits", limits(s));
}

static json_t *findings(const struct saved *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->nr_findings; i++)
        append(&list, object(&s->finding[i], finding_fields));
    return list;
}

bool saved_write(const struct saved *s, FILE *out)
{
    json_t *loader = s->has_loader ? object(&s->loader, file_fields) : json_null();
    json_t *all = json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:o, s:{s:s, s:o}, s:o, s:o, s:o, s:o, s:I}", "schema", SAVED_SCHEMA, "hvmbed",
        s->hvmbed, "engine", s->engine, "image", object(&s->image, file_fields), "handoff", s->handoff, "loader",
        loader, "layout", "name", s->layout_name, "lines", lines(s->layout), "disks", disks(s), "options", options(s),
        "verdict", object(s, verdict_fields), "findings", findings(s), "findings_dropped", (json_int_t)s->dropped);
    if (all == NULL)
        return false;
    const bool ok = json_dumpf(all, out, JSON_INDENT(2)) == 0;
    json_decref(all);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
