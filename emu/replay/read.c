/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case out of bytes that anybody may have written: jansson takes them apart, everything else is checked here. */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check/until.h"
#include "replay/fields.h"

struct reader {
    const char *path;
    struct diag *d;
};

/* What is wrong, once: @where is the key's way down, "image.sha256". */
static bool wrong(const struct reader *r, const char *where, const char *key, const char *what)
{
    return diag_fail(r->d, r->path, 0, "this is no case file that could be replayed: %s%s%s %s", where,
                     where[0] != '\0' ? "." : "", key, what);
}

static bool is_plain(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return false;
    return true;
}

static bool is_word(const char *s)
{
    return s[0] != '\0' && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") == strlen(s);
}

static bool is_digits(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* A text of at most @room - 1 bytes without control bytes. */
static bool take_text(const struct reader *r, const json_t *v, const char *where, const char *key, char *out,
                      size_t room)
{
    const char *s = json_string_value(v);
    if (s == NULL)
        return wrong(r, where, key, v == NULL ? "is missing" : "is not a string");
    if (strlen(s) >= room || !is_plain(s))
        return wrong(r, where, key, "is too long, or has control characters");
    memcpy(out, s, strlen(s) + 1);
    return true;
}

static bool take_word(const struct reader *r, const json_t *v, const char *where, const char *key, char *out,
                      size_t room)
{
    return take_text(r, v, where, key, out, room) &&
           (is_word(out) || wrong(r, where, key, "is not one word of letters, digits and - . _ :"));
}

static bool take_count(const struct reader *r, const json_t *v, const char *where, const char *key, uint64_t *out)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return wrong(r, where, key, v == NULL ? "is missing" : "is not a number of 0 or more");
    *out = (uint64_t)json_integer_value(v);
    return true;
}

static bool take_address(const struct reader *r, const json_t *v, const char *where, const char *key, uint64_t *out)
{
    const char *s = json_string_value(v);
    char *end;
    if (s == NULL || strncmp(s, "0x", 2) != 0 || !is_digits(s + 2, strlen(s + 2)) || s[2] == '\0' || strlen(s) > 18)
        return wrong(r, where, key,
                     v == NULL ? "is missing" : "is not a hexadecimal number of up to 64 bits, \"0x...\"");
    *out = strtoull(s + 2, &end, 16);
    return true;
}

static bool take_field(const struct reader *r, const json_t *v, const char *where, const struct field *f, void *of)
{
    char *const text = (char *)of + f->offset;
    uint64_t *const number = (uint64_t *)(void *)text;
    switch (f->kind) {
    case FIELD_COUNT:
        return take_count(r, v, where, f->name, number);
    case FIELD_ADDRESS:
        return take_address(r, v, where, f->name, number);
    case FIELD_WORD:
        return take_word(r, v, where, f->name, text, f->room);
    default:
        return take_text(r, v, where, f->name, text, f->room) &&
               (f->kind != FIELD_DIGITS || is_digits(text, f->room - 1) ||
                wrong(r, where, f->name, "is not the hexadecimal digits that belong there"));
    }
}

static bool take_object(const struct reader *r, const json_t *o, const char *where, const struct field *fields,
                        void *of)
{
    if (!json_is_object(o))
        return wrong(r, "", where, o == NULL ? "is missing" : "is not an object");
    for (const struct field *f = fields; f->name != NULL; f++)
        if (!take_field(r, json_object_get(o, f->name), where, f, of))
            return false;
    return true;
}

/* An array of at most @most. */
static bool take_list(const struct reader *r, const json_t *list, const char *where, const char *key, size_t most)
{
    if (!json_is_array(list))
        return wrong(r, where, key, list == NULL ? "is missing" : "is not a list");
    return json_array_size(list) <= most || wrong(r, where, key, "has more entries than there can be");
}

static bool take_lines(const struct reader *r, const json_t *list, struct saved *s)
{
    size_t size;
    if (!take_list(r, list, "layout", "lines", SAVED_LINES_MAX))
        return false;
    FILE *out = open_memstream(&s->layout, &size);
    bool ok = out != NULL;
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        char line[SAVED_LINE_MAX];
        ok = take_text(r, json_array_get(list, i), "layout", "lines", line, sizeof line) &&
             fprintf(out, "%s\n", line) >= 0;
    }
    return out != NULL ? fclose(out) == 0 && ok : diag_fail(r->d, "", 0, "out of memory");
}

static bool take_layout(const struct reader *r, const json_t *o, struct saved *s)
{
    if (!json_is_object(o))
        return wrong(r, "", "layout", o == NULL ? "is missing" : "is not an object");
    return take_text(r, json_object_get(o, "name"), "layout", "name", s->layout_name, sizeof s->layout_name) &&
           take_lines(r, json_object_get(o, "lines"), s);
}

static bool take_disks(const struct reader *r, const json_t *list, struct saved *s)
{
    if (!take_list(r, list, "", "disks", DISKS_MAX))
        return false;
    for (; s->nr_disks < json_array_size(list); s->nr_disks++)
        if (!take_object(r, json_array_get(list, s->nr_disks), "disks", disk_fields, &s->disk[s->nr_disks]))
            return false;
    for (unsigned i = 0; i < s->nr_disks; i++)
        if (s->disk[i].vdev > UINT32_MAX || (strcmp(s->disk[i].mode, "r") != 0 && strcmp(s->disk[i].mode, "rw") != 0))
            return wrong(r, "", "disks", "has a device or a mode that there is not");
    return true;
}

static bool take_fills(const struct reader *r, const json_t *list, struct saved *s)
{
    if (!take_list(r, list, "options", "fill", COMPARE_FILLS_MAX))
        return false;
    for (; s->nr_fills < json_array_size(list); s->nr_fills++) {
        if (!take_address(r, json_array_get(list, s->nr_fills), "options", "fill", &s->fill[s->nr_fills]))
            return false;
        for (unsigned i = 0; i < s->nr_fills; i++)
            if (s->fill[i] == s->fill[s->nr_fills])
                return wrong(r, "options", "fill", "has the same pattern twice");
    }
    return true;
}

/* One of two words: true for @yes. */
static bool take_choice(const struct reader *r, const json_t *v, const char *key, const char *yes, const char *no,
                        bool *out)
{
    const char *s = json_string_value(v);
    *out = s != NULL && strcmp(s, yes) == 0;
    return *out || (s != NULL && strcmp(s, no) == 0) ||
           wrong(r, "options", key, v == NULL ? "is missing" : "is neither of its two words");
}

static bool take_severities(const struct reader *r, json_t *o, struct saved *s)
{
    const char *key;
    json_t *v;
    if (!json_is_object(o))
        return wrong(r, "options", "severities", o == NULL ? "is missing" : "is not an object");
    json_object_foreach(o, key, v)
    {
        const char *name = json_string_value(v);
        if (rule_find(key) == NULL || s->nr_severities == RULE_COUNT)
            return wrong(r, "options", "severities", "has a rule that this hvmbed does not know");
        struct saved_severity *to = &s->severity[s->nr_severities++];
        (void)snprintf(to->rule, sizeof to->rule, "%s", key);
        to->severity = SEVERITY_NOTE;
        while (name != NULL && to->severity <= SEVERITY_ERROR && strcmp(severity_name(to->severity), name) != 0)
            to->severity++;
        if (name == NULL || to->severity > SEVERITY_ERROR)
            return wrong(r, "options", "severities", "has something that is no severity");
    }
    return true;
}

/* Those that were said; a file may have none. */
static bool take_limits(const struct reader *r, json_t *o, struct saved *s)
{
    const char *key;
    json_t *v;
    if (o != NULL && !json_is_object(o))
        return wrong(r, "options", "limits", "is not an object");
    json_object_foreach(o, key, v)
    {
        const json_int_t n = json_is_integer(v) ? json_integer_value(v) : 0;
        unsigned i = 0;
        while (i < LIMITS && (!limit_decides((enum limit_id)i) || strcmp(limit_rows[i].name, key) != 0))
            i++;
        if (i == LIMITS)
            return wrong(r, "options", "limits", "has one that this hvmbed does not know");
        if (n <= 0 || (uint64_t)n < limit_rows[i].least || (uint64_t)n > limit_rows[i].most)
            return wrong(r, "options", "limits", "has one that is not what it may be");
        s->limits.max[i] = (uint64_t)n;
    }
    return true;
}

/* An option that is not known might change the boot: there it is not enough to look away. */
static bool all_known(const struct reader *r, json_t *o)
{
    static const char *const known[] = {"until",    "fill",   "budget",     "low_exec", "exceptions",
                                        "sec_lzma", "checks", "severities", "limits"};
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof known[0] && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof known[0])
            return wrong(r, "", "options", "has one that this hvmbed does not know: a newer one wrote it");
    }
    return true;
}

static bool take_options(const struct reader *r, json_t *o, struct saved *s)
{
    struct until until;
    if (!json_is_object(o))
        return wrong(r, "", "options", o == NULL ? "is missing" : "is not an object");
    const json_t *checks = json_object_get(o, "checks");
    if (!all_known(r, o) || !take_text(r, json_object_get(o, "until"), "options", "until", s->until, sizeof s->until) ||
        !take_fills(r, json_object_get(o, "fill"), s) ||
        !take_count(r, json_object_get(o, "budget"), "options", "budget", &s->budget) ||
        !take_choice(r, json_object_get(o, "low_exec"), "low_exec", "follow", "stop", &s->follow_low_exec) ||
        !take_choice(r, json_object_get(o, "exceptions"), "exceptions", "deliver", "stop", &s->deliver) ||
        !take_choice(r, json_object_get(o, "sec_lzma"), "sec_lzma", "guest", "host", &s->guest_lzma) ||
        !take_severities(r, json_object_get(o, "severities"), s) || !take_limits(r, json_object_get(o, "limits"), s))
        return false;
    if (!until_parse(s->until, &until))
        return wrong(r, "options", "until", "is nothing that a boot can go to");
    s->unchecked = json_is_false(checks);
    return json_is_boolean(checks) || wrong(r, "options", "checks", "is not true or false");
}

static bool take_findings(const struct reader *r, const json_t *list, struct saved *s)
{
    if (!take_list(r, list, "", "findings", LIMIT_FINDINGS_MOST))
        return false;
    s->finding = calloc(json_array_size(list) + 1, sizeof *s->finding);
    if (s->finding == NULL)
        return diag_fail(r->d, "", 0, "out of memory");
    for (; s->nr_findings < json_array_size(list); s->nr_findings++)
        if (!take_object(r, json_array_get(list, s->nr_findings), "findings", finding_fields,
                         &s->finding[s->nr_findings]))
            return false;
    return true;
}

static bool take_loader(const struct reader *r, const json_t *o, struct saved *s)
{
    s->has_loader = !json_is_null(o);
    return !s->has_loader || take_object(r, o, "loader", file_fields, &s->loader);
}

static bool take_all(const struct reader *r, const json_t *o, struct saved *s)
{
    const char *schema = json_string_value(json_object_get(o, "schema"));
    if (schema == NULL || strcmp(schema, SAVED_SCHEMA) != 0)
        return diag_fail(r->d, r->path, 0, "no case file: its schema is not " SAVED_SCHEMA);
    return take_word(r, json_object_get(o, "hvmbed"), "", "hvmbed", s->hvmbed, sizeof s->hvmbed) &&
           take_word(r, json_object_get(o, "engine"), "", "engine", s->engine, sizeof s->engine) &&
           take_object(r, json_object_get(o, "image"), "image", file_fields, &s->image) &&
           take_word(r, json_object_get(o, "handoff"), "", "handoff", s->handoff, sizeof s->handoff) &&
           take_loader(r, json_object_get(o, "loader"), s) && take_layout(r, json_object_get(o, "layout"), s) &&
           take_disks(r, json_object_get(o, "disks"), s) && take_options(r, json_object_get(o, "options"), s) &&
           take_object(r, json_object_get(o, "verdict"), "verdict", verdict_fields, s) &&
           take_findings(r, json_object_get(o, "findings"), s) &&
           take_count(r, json_object_get(o, "findings_dropped"), "", "findings_dropped", &s->dropped);
}

bool saved_parse(const char *path, const char *bytes, size_t size, struct saved *s, struct diag *d)
{
    const struct reader r = {path, d};
    json_error_t e;
    json_t *all = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &e);
    if (all == NULL)
        return diag_fail(d, path, e.line > 0 ? (unsigned)e.line : 0, "no case file: %s",
                         is_plain(e.text) && e.text[0] != '\0' ? e.text : "not JSON");
    const bool ok = take_all(&r, all, s);
    json_decref(all);
    return ok;
}

bool saved_read(const char *path, struct saved *s, struct diag *d)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return diag_fail(d, path, 0, "cannot be read: %s", strerror(errno));
    char *bytes = malloc(SAVED_MAX_SIZE + 1);
    const size_t n = bytes != NULL ? fread(bytes, 1, SAVED_MAX_SIZE + 1, in) : 0;
    bool ok = bytes != NULL || diag_fail(d, "", 0, "out of memory");
    if (ok && ferror(in) != 0)
        ok = diag_fail(d, path, 0, "cannot be read: %s", strerror(errno));
    if (ok && n > SAVED_MAX_SIZE)
        ok = diag_fail(d, path, 0, "no case file: it has more than %u bytes", SAVED_MAX_SIZE);
    ok = ok && saved_parse(path, bytes, n, s, d);
    (void)fclose(in);
    free(bytes);
    return ok;
}
