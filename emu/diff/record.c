/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case as JSON: for the report, and from the process that made it; that is read like any other stranger's. */
#include <stdlib.h>
#include <string.h>

#include "diff/entries.h"
#include "report/json_parts.h"

#define SCHEMA "hvmbed-diff/1"

static const char *const sections[DIFF_SECTIONS] = {
    [DIFF_OUTCOME] = "outcome", [DIFF_FINDINGS] = "findings",
    [DIFF_HOBS] = "hobs",       [DIFF_ALLOCATIONS] = "allocations",
    [DIFF_MODULES] = "modules", [DIFF_HYPERCALLS] = "hypercalls",
    [DIFF_WRITTEN] = "written", [DIFF_EXITS] = "exits",
    [DIFF_PHASES] = "phases",   [DIFF_WORK] = "work",
};
static const char *const marks[DIFF_MARKS] = {[DIFF_GONE] = "gone", [DIFF_NEW] = "new", [DIFF_CHANGED] = "changed"};
static const char *const states[] = {[DIFF_COMPARED] = "compared",
                                     [DIFF_NOT_APPLICABLE] = "not-applicable",
                                     [DIFF_ONE_SIDED] = "one-sided",
                                     [DIFF_FAILED] = "failed"};
#define NR_STATES (sizeof states / sizeof states[0])

const char *diff_section_name(enum diff_section s)
{
    return (unsigned)s < DIFF_SECTIONS ? sections[s] : "?";
}

const char *diff_state_name(enum diff_state s)
{
    return (unsigned)s < NR_STATES ? states[s] : "?";
}

/* The index of @name; @nr when it is none of them, or NULL. */
static unsigned find(const char *const *names, unsigned nr, const char *name)
{
    unsigned i = 0;
    while (i < nr && (name == NULL || strcmp(names[i], name) != 0))
        i++;
    return i;
}

bool diff_section_find(const char *name, enum diff_section *s)
{
    const unsigned i = find(sections, DIFF_SECTIONS, name);
    *s = (enum diff_section)i;
    return i < DIFF_SECTIONS;
}

static json_t *entry_json(const struct diff_entry *e)
{
    return json_pack("{s:s, s:b, s:s, s:o, s:o}", "mark", marks[e->mark], "worse", (int)e->worse, "text", e->text, "a",
                     e->numbers ? json_integer((json_int_t)e->a) : json_null(), "b",
                     e->numbers ? json_integer((json_int_t)e->b) : json_null());
}

static json_t *section_json(const struct diff_case *c, enum diff_section s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->nr; i++)
        if (c->e[i].section == s && json_array_append_new(list, entry_json(&c->e[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return json_pack("{s:I, s:o}", "same", (json_int_t)c->same[s], "differs", list);
}

static json_t *sections_json(const struct diff_case *c)
{
    json_t *o = json_object();
    for (unsigned s = 0; s < DIFF_SECTIONS; s++)
        if (json_object_set_new(o, sections[s], section_json(c, (enum diff_section)s)) != 0) {
            json_decref(o);
            return NULL;
        }
    return o;
}

json_t *diff_case_json(const struct diff_case *c)
{
    const bool compared = c->state == DIFF_COMPARED;
    const bool any = limits_any(&c->reached[0]) || limits_any(&c->reached[1]);
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:I, s:o*}", "state", diff_state_name(c->state), "reason",
        compared ? json_null() : json_safe(c->reason), "handoff", compared ? json_string(c->handoff) : json_null(),
        "exit_codes", compared ? json_pack("[i, i]", c->exit_code[0], c->exit_code[1]) : json_null(), "sections",
        compared ? sections_json(c) : json_null(), "dropped", (json_int_t)c->dropped, LIMITS_REACHED,
        any ? json_pack("{s:o, s:o}", "a", json_limits(&c->reached[0]), "b", json_limits(&c->reached[1])) : NULL);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static bool read_text(const json_t *v, char *out, size_t room)
{
    const char *s = json_string_value(v);
    return s != NULL && (size_t)snprintf(out, room, "%s", s) < room;
}

static bool read_exit_code(const json_t *v, int *out)
{
    const json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    *out = (int)n;
    return n == 0 || n == 1 || n == 3 || n == 70;
}

static bool read_entry(const json_t *o, enum diff_section s, struct diff_case *c)
{
    const unsigned mark = find(marks, DIFF_MARKS, json_string_value(json_object_get(o, "mark")));
    const char *text = json_string_value(json_object_get(o, "text"));
    const json_t *a = json_object_get(o, "a"), *b = json_object_get(o, "b");
    if (mark == DIFF_MARKS || text == NULL || c->nr == DIFF_ENTRIES_MAX ||
        !entry_add(c, s, (enum diff_mark)mark, json_is_true(json_object_get(o, "worse")), text))
        return false;
    struct diff_entry *e = &c->e[c->nr - 1];
    e->numbers = json_is_integer(a) && json_is_integer(b);
    e->a = (uint64_t)json_integer_value(a);
    e->b = (uint64_t)json_integer_value(b);
    return e->numbers || (json_is_null(a) && json_is_null(b));
}

static bool read_sections(const json_t *all, struct diff_case *c)
{
    for (unsigned s = 0; s < DIFF_SECTIONS; s++) {
        const json_t *o = json_object_get(all, sections[s]), *same = json_object_get(o, "same");
        const json_t *list = json_object_get(o, "differs");
        if (!json_is_integer(same) || json_integer_value(same) < 0 || !json_is_array(list))
            return false;
        c->same[s] = (size_t)json_integer_value(same);
        for (size_t i = 0; i < json_array_size(list); i++)
            if (!read_entry(json_array_get(list, i), (enum diff_section)s, c))
                return false;
    }
    return true;
}

/* A list of those that were met; what is not there was not. */
static bool read_limits(const json_t *list, struct limits_reached *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i), *value = json_object_get(o, "value");
        const char *name = json_string_value(json_object_get(o, "limit"));
        unsigned id = 0;
        while (id < LIMITS && (name == NULL || strcmp(limit_rows[id].name, name) != 0))
            id++;
        if (id == LIMITS || !json_is_integer(value) || json_integer_value(value) <= 0)
            return false;
        out->at[id] = (uint64_t)json_integer_value(value);
    }
    return true;
}

static bool read_case(const json_t *o, struct diff_case *c)
{
    const unsigned state = find(states, NR_STATES, json_string_value(json_object_get(o, "state")));
    const json_t *dropped = json_object_get(o, "dropped"), *codes = json_object_get(o, "exit_codes");
    if (state == NR_STATES || !json_is_integer(dropped) || json_integer_value(dropped) < 0)
        return false;
    c->state = (enum diff_state)state;
    c->dropped = (uint64_t)json_integer_value(dropped);
    const json_t *reached = json_object_get(o, LIMITS_REACHED);
    if (!read_limits(json_object_get(reached, "a"), &c->reached[0]) ||
        !read_limits(json_object_get(reached, "b"), &c->reached[1]))
        return false;
    if (c->state != DIFF_COMPARED)
        return read_text(json_object_get(o, "reason"), c->reason, sizeof c->reason);
    return read_text(json_object_get(o, "handoff"), c->handoff, sizeof c->handoff) && json_array_size(codes) == 2 &&
           read_exit_code(json_array_get(codes, 0), &c->exit_code[0]) &&
           read_exit_code(json_array_get(codes, 1), &c->exit_code[1]) &&
           read_sections(json_object_get(o, "sections"), c);
}

bool diff_case_read(const char *bytes, size_t size, struct diff_case *out)
{
    json_t *o = bytes != NULL ? json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    *out = (struct diff_case){.state = DIFF_FAILED};
    const bool ok = o != NULL && read_case(o, out);
    json_decref(o);
    if (!ok) {
        diff_case_free(out);
        *out = (struct diff_case){.state = DIFF_FAILED};
    }
    return ok;
}

/* --- the report ------------------------------------------------------------------------------------------------- */

static json_t *image_json(const struct diff_result *r, unsigned side)
{
    char sha[HASH_TEXT_SIZE];
    hash_format(r->image[side]->sha256, sha);
    return json_pack("{s:o, s:I, s:s}", "name", json_safe(r->label[side]), "size", (json_int_t)r->image[side]->size,
                     "sha256", sha);
}

static json_t *cases_json(const struct diff_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->nr; i++) {
        json_t *o = diff_case_json(&r->c[i]);
        if (json_object_set_new(o, "layout", json_safe(r->layout[i])) != 0 || json_array_append_new(list, o) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *fail_on_json(const struct diff_result *r)
{
    json_t *list = json_array();
    for (unsigned s = 0; s < DIFF_SECTIONS; s++)
        if ((r->fail_on >> s & 1) != 0 && json_array_append_new(list, json_string(sections[s])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

bool diff_json_write(const struct diff_result *r, const struct report_style *style, FILE *out)
{
    (void)style;
    json_t *all =
        json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "exit_code", diff_exit_code(r), "a",
                  image_json(r, 0), "b", image_json(r, 1), "fail_on", fail_on_json(r), "cases", cases_json(r));
    if (all == NULL)
        return false;
    const bool ok = json_dumpf(all, out, JSON_INDENT(2)) == 0;
    json_decref(all);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
