/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two cases, member by member. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "replay/fields.h"

#define NONE SIZE_MAX

const char *difference_name(enum difference_kind k)
{
    static const char *const names[] = {
        [DIFFERS_TOOL] = "tool", [DIFFERS_INPUT] = "input", [DIFFERS_OUTCOME] = "outcome", [DIFFERS_WORK] = "work",
        [DIFFERS_WENT] = "went", [DIFFERS_CAME] = "came",   [DIFFERS_MOVED] = "moved",     [DIFFERS_FIELD] = "field",
    };
    return (unsigned)k < sizeof names / sizeof names[0] ? names[k] : "?";
}

/* Out of a file that anybody may have written, or a path: no terminal is to be led astray. */
static void make_safe(char *s)
{
    for (; *s != '\0'; s++)
        if (*s < ' ' || *s > '~')
            *s = '?';
}

__attribute__((format(printf, 3, 4))) static bool add(struct difference_list *l, enum difference_kind kind,
                                                      const char *fmt, ...)
{
    if (l->nr == l->room) {
        struct saved_difference *more = realloc(l->d, (l->room * 2 + 8) * sizeof *more);
        if (more == NULL)
            return false;
        l->d = more;
        l->room = l->room * 2 + 8;
    }
    va_list args;
    va_start(args, fmt);
    char *text;
    const bool ok = vasprintf(&text, fmt, args) >= 0;
    va_end(args);
    if (!ok)
        return false;
    make_safe(text);
    l->d[l->nr++] = (struct saved_difference){kind, text};
    return true;
}

void difference_list_free(struct difference_list *l)
{
    for (size_t i = 0; i < l->nr; i++)
        free(l->d[i].text);
    free(l->d);
    *l = (struct difference_list){0};
}

static bool same_field(const void *was, const void *is, const struct field *f)
{
    return field_is_text(f) ? strcmp(field_text(was, f), field_text(is, f)) == 0
                            : field_number(was, f) == field_number(is, f);
}

/* "@about@name was 1, is 2" */
static bool add_field(struct difference_list *l, const char *about, const void *was, const void *is,
                      const struct field *f)
{
    if (same_field(was, is, f))
        return true;
    if (f->kind == FIELD_TEXT)
        return add(l, f->differs, "%s%s was \"%s\", is \"%s\"", about, f->name, field_text(was, f), field_text(is, f));
    if (field_is_text(f))
        return add(l, f->differs, "%s%s was %s, is %s", about, f->name, field_text(was, f), field_text(is, f));
    const uint64_t a = field_number(was, f), b = field_number(is, f);
    return f->kind == FIELD_COUNT ? add(l, f->differs, "%s%s was %" PRIu64 ", is %" PRIu64, about, f->name, a, b)
                                  : add(l, f->differs, "%s%s was 0x%" PRIx64 ", is 0x%" PRIx64, about, f->name, a, b);
}

/* Where it lies is nobody's business. */
static bool add_hash(struct difference_list *l, const char *what, const char *was, uint64_t was_size, const char *is,
                     uint64_t is_size)
{
    return strcmp(was, is) == 0 ||
           add(l, DIFFERS_INPUT, "%s: sha256 was %s (%" PRIu64 " bytes), is %s (%" PRIu64 " bytes)", what, was,
               was_size, is, is_size);
}

static bool add_file(struct difference_list *l, const char *what, const struct saved_file *was,
                     const struct saved_file *is)
{
    return add_hash(l, what, was->sha256, was->size, is->sha256, is->size);
}

static bool add_inputs(struct difference_list *l, const struct saved *was, const struct saved *is)
{
    bool ok = add_file(l, "image", &was->image, &is->image);
    if (ok && strcmp(was->handoff, is->handoff) != 0)
        ok = add(l, DIFFERS_INPUT, "handoff was %s, is %s", was->handoff, is->handoff);
    if (ok && was->has_loader && is->has_loader)
        ok = add_file(l, "loader", &was->loader, &is->loader);
    for (unsigned i = 0; ok && i < was->nr_disks && i < is->nr_disks; i++) {
        char what[24];
        (void)snprintf(what, sizeof what, "disk %u", i + 1);
        ok = add_hash(l, what, was->disk[i].sha256, was->disk[i].size, is->disk[i].sha256, is->disk[i].size);
    }
    return ok;
}

static bool add_tools(struct difference_list *l, const struct saved *was, const struct saved *is)
{
    return (strcmp(was->hvmbed, is->hvmbed) == 0 ||
            add(l, DIFFERS_TOOL, "hvmbed was %s, is %s", was->hvmbed, is->hvmbed)) &&
           (strcmp(was->engine, is->engine) == 0 ||
            add(l, DIFFERS_TOOL, "Unicorn was %s, is %s", was->engine, is->engine));
}

static bool add_verdict(struct difference_list *l, const struct saved *was, const struct saved *is,
                        enum difference_kind kind)
{
    bool ok = true;
    for (const struct field *f = verdict_fields; ok && f->name != NULL; f++)
        ok = f->differs != kind || add_field(l, "", was, is, f);
    if (ok && kind == DIFFERS_WORK && was->dropped != is->dropped)
        ok = add(l, kind, "findings_dropped was %" PRIu64 ", is %" PRIu64, was->dropped, is->dropped);
    return ok;
}

void saved_finding_format(const struct saved_finding *f, char *out, size_t room)
{
    (void)snprintf(out, room, "%s[%s] %s %s%s0x%" PRIx64 ": %s", f->severity, f->rule, f->fingerprint, f->module,
                   f->module[0] != '\0' ? "+" : "", f->offset, f->text);
    make_safe(out);
}

/* --- findings: which is which ------------------------------------------------------------------------------------- */

struct pairs {
    size_t of[LIMIT_FINDINGS_MOST];  /* what @was's finding is in @is, or NONE */
    bool taken[LIMIT_FINDINGS_MOST]; /* of @is */
    bool by_family[LIMIT_FINDINGS_MOST];
};

static void pair_up(const struct saved *was, const struct saved *is, bool family, struct pairs *p)
{
    for (size_t i = 0; i < was->nr_findings; i++) {
        const struct saved_finding *a = &was->finding[i];
        for (size_t j = 0; p->of[i] == NONE && j < is->nr_findings; j++) {
            const struct saved_finding *b = &is->finding[j];
            if (p->taken[j] || (family ? strcmp(a->family, b->family) : strcmp(a->fingerprint, b->fingerprint)) != 0)
                continue;
            p->of[i] = j;
            p->taken[j] = true;
            p->by_family[i] = family;
        }
    }
}

static bool add_moved(struct difference_list *l, const struct saved_finding *a, const struct saved_finding *b)
{
    return add(l, DIFFERS_MOVED, "%s[%s] was %s at %s+0x%" PRIx64 ", is %s at %s+0x%" PRIx64, a->severity, a->rule,
               a->fingerprint, a->module, a->offset, b->fingerprint, b->module, b->offset);
}

static bool add_fields(struct difference_list *l, const struct saved_finding *a, const struct saved_finding *b)
{
    char about[128];
    bool ok = true;
    (void)snprintf(about, sizeof about, "%s[%s] %s: ", a->severity, a->rule, a->fingerprint);
    for (const struct field *f = finding_fields; ok && f->name != NULL; f++)
        ok = add_field(l, about, a, b, f);
    return ok;
}

static bool add_one(struct difference_list *l, enum difference_kind kind, const struct saved_finding *f)
{
    char text[1500];
    saved_finding_format(f, text, sizeof text);
    return add(l, kind, "%s", text);
}

static bool add_findings(struct difference_list *l, const struct saved *was, const struct saved *is)
{
    struct pairs *p = calloc(1, sizeof *p);
    bool ok = p != NULL;
    for (size_t i = 0; ok && i < LIMIT_FINDINGS_MOST; i++)
        p->of[i] = NONE;
    if (ok) {
        pair_up(was, is, false, p);
        pair_up(was, is, true, p);
    }
    for (size_t i = 0; ok && i < was->nr_findings; i++)
        ok = p->of[i] != NONE || add_one(l, DIFFERS_WENT, &was->finding[i]);
    for (size_t i = 0; ok && i < is->nr_findings; i++)
        ok = p->taken[i] || add_one(l, DIFFERS_CAME, &is->finding[i]);
    for (size_t i = 0; ok && i < was->nr_findings; i++)
        ok = p->of[i] == NONE || !p->by_family[i] || add_moved(l, &was->finding[i], &is->finding[p->of[i]]);
    for (size_t i = 0; ok && i < was->nr_findings; i++)
        ok = p->of[i] == NONE || p->by_family[i] || add_fields(l, &was->finding[i], &is->finding[p->of[i]]);
    free(p);
    return ok;
}

bool saved_compare(const struct saved *was, const struct saved *is, struct difference_list *out)
{
    *out = (struct difference_list){0};
    return add_tools(out, was, is) && add_inputs(out, was, is) && add_verdict(out, was, is, DIFFERS_OUTCOME) &&
           add_verdict(out, was, is, DIFFERS_WORK) && add_findings(out, was, is);
}
