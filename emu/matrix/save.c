/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/save.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "layout/settle.h"
#include "layout/write.h"
#include "report/decode.h"
#include "report/escape.h"

static bool out_of_memory(struct diag *d)
{
    return diag_fail(d, "", 0, "out of memory");
}

/* --- a layout as text, and back */

static bool read_text(const char *text, const char *name, struct layout *l, struct diag *d)
{
    struct layout_lines lines = {0};
    return layout_read_text(name, text, l, &lines, d);
}

static bool describe_layout(const struct trial *t, const struct trial_options *o, struct saved *s, struct diag *d)
{
    struct layout l = t->boot.layout, back;
    size_t n;
    l.nr_disks = 0; /* they are told apart, with their hashes */
    if (o->nr_fills != 0)
        l.fill = o->fill[0];
    (void)layout_settle(&l); /* the built-in one, made a guest of another type, may have what no file says */
    FILE *out = open_memstream(&s->layout, &n);
    if (out == NULL)
        return out_of_memory(d);
    layout_write(&l, out);
    if (fclose(out) != 0)
        return out_of_memory(d);
    (void)snprintf(s->layout_name, sizeof s->layout_name, "%s", path_last(l.path));
    if (!read_text(s->layout, l.path, &back, d))
        return false;
    return layout_same(&l, &back) ||
           diag_fail(d, "", 0, "this layout cannot be said in a case file: a defect of hvmbed");
}

/* --- files */

static void put_text(char *out, size_t room, const char *text)
{
    char *safe = escape_bytes(text, strlen(text), false);
    (void)snprintf(out, room, "%s", safe != NULL ? safe : "?");
    free(safe);
}

/* As it is where JSON can say so. */
static void put_path(char *out, size_t room, const char *path)
{
    json_t *j = json_string(path);
    if (j != NULL)
        (void)snprintf(out, room, "%s", path);
    else
        put_text(out, room, path);
    json_decref(j);
}

static void describe_file(const char *path, uint64_t size, const uint8_t sha256[HASH_SIZE], struct saved_file *f)
{
    put_path(f->path, sizeof f->path, path);
    f->size = size;
    hash_format(sha256, f->sha256);
}

static bool describe_file_of_disk(const struct held_file *f, struct saved_disk *s, struct diag *d)
{
    uint8_t sha256[HASH_SIZE];
    void *at = MAP_FAILED;
    errno = f->error;
    if (f->fd >= 0 && f->size > 0)
        at = mmap(NULL, (size_t)f->size, PROT_READ, MAP_PRIVATE, f->fd, 0);
    if (at == MAP_FAILED)
        return diag_fail(d, f->path, 0, "cannot be read: %s", strerror(errno));
    hash_bytes(at, (size_t)f->size, sha256);
    (void)munmap(at, (size_t)f->size);
    s->size = f->size;
    hash_format(sha256, s->sha256);
    return true;
}

static bool describe_disk(const struct layout_disk *k, const struct held *held, struct saved_disk *s, struct diag *d)
{
    struct held own = {0};
    const struct held_file *f = held_find(held, k->path);
    if (f == NULL && (f = held_add(&own, k->path)) == NULL)
        return out_of_memory(d);
    const bool ok = describe_file_of_disk(f, s, d);
    held_free(&own);
    put_path(s->path, sizeof s->path, k->path);
    s->vdev = k->vdev;
    put_text(s->mode, sizeof s->mode, k->read_only ? "r" : "rw");
    return ok;
}

static bool describe_disks(const struct trial *t, struct saved *s, struct diag *d)
{
    const struct layout *l = &t->boot.layout;
    for (; s->nr_disks < l->nr_disks; s->nr_disks++)
        if (!describe_disk(&l->disk[s->nr_disks], t->boot.choice.held, &s->disk[s->nr_disks], d))
            return false;
    return true;
}

/* --- the rest */

static void describe_options(const struct trial_options *o, struct saved *s)
{
    const struct monitor_options *m = &o->monitor;
    until_name(&m->until, s->until, sizeof s->until);
    memcpy(s->fill, o->fill, sizeof s->fill);
    s->nr_fills = o->nr_fills;
    s->budget = m->budget;
    s->follow_low_exec = m->follow_low_exec;
    s->deliver = m->deliver;
    s->guest_lzma = m->guest_lzma;
    s->unchecked = o->unchecked;
    for (unsigned i = 0; o->choice.limits != NULL && i < LIMITS; i++)
        if (limit_decides((enum limit_id)i))
            s->limits.max[i] = o->choice.limits->max[i];
    for (unsigned i = 0; i < RULE_COUNT; i++)
        if (m->severity[i] != rules[i].severity) {
            struct saved_severity *to = &s->severity[s->nr_severities++];
            put_text(to->rule, sizeof to->rule, rules[i].name);
            to->severity = m->severity[i];
        }
}

static void describe_finding(const struct finding *f, struct saved_finding *s)
{
    finding_fingerprint(f, s->fingerprint);
    finding_family(f, s->family);
    put_text(s->rule, sizeof s->rule, rules[f->rule].name);
    put_text(s->severity, sizeof s->severity, severity_name(f->severity));
    put_text(s->phase, sizeof s->phase, phase_name(f->phase));
    put_text(s->access, sizeof s->access, access_name(f->access));
    put_text(s->module, sizeof s->module, f->at.module);
    s->offset = f->at.module[0] != '\0' ? f->at.offset : f->at.gva;
    s->gpa = f->gpa;
    s->size = f->size;
    s->value = f->value;
    s->count = f->count;
    put_text(s->text, sizeof s->text, f->text);
    put_text(s->assertion, sizeof s->assertion, f->assertion);
}

static bool describe_verdict(const struct verdict *v, struct saved *s, struct diag *d)
{
    s->exit_code = (uint64_t)verdict_exit_code(v);
    put_text(s->ending, sizeof s->ending, ending_name(v->ending));
    put_text(s->phase, sizeof s->phase, phase_name(v->phase));
    put_text(s->detail, sizeof s->detail, v->detail);
    s->instructions = v->instructions;
    s->charged = v->charged;
    s->virtual_ns = v->virtual_ns;
    s->dropped = v->findings.dropped;
    s->finding = calloc(v->findings.nr + 1, sizeof *s->finding);
    if (s->finding == NULL)
        return out_of_memory(d);
    for (; s->nr_findings < v->findings.nr; s->nr_findings++)
        describe_finding(&v->findings.f[s->nr_findings], &s->finding[s->nr_findings]);
    return true;
}

bool trial_describe(const struct trial *t, const struct trial_options *o, const char *version, struct saved *s,
                    struct diag *d)
{
    const struct image *im = t->boot.image;
    const struct loader *loader = &t->boot.loader;
    put_text(s->hvmbed, sizeof s->hvmbed, version);
    engine_version(s->engine);
    describe_file(im->path, im->size, im->sha256, &s->image);
    put_text(s->handoff, sizeof s->handoff, t->boot.handoff->name);
    s->has_loader = loader->bytes != NULL;
    if (s->has_loader)
        describe_file(path_last(loader->path), loader->size, loader->sha256, &s->loader); /* it was found, not named */
    describe_options(o, s);
    return describe_layout(t, o, s, d) && describe_disks(t, s, d) && describe_verdict(&t->verdict, s, d);
}

bool trial_save(const struct trial *t, const struct trial_options *o, const char *version, FILE *out, struct diag *d)
{
    struct saved *s = calloc(1, sizeof *s);
    if (s == NULL)
        return out_of_memory(d);
    const bool ok = trial_describe(t, o, version, s, d) &&
                    (saved_write(s, out) || diag_fail(d, "", 0, "cannot write the case: out of memory or room"));
    saved_free(s);
    free(s);
    return ok;
}

bool saved_prepare(const struct saved *s, const char *path, struct layout *l, struct trial_options *o, struct diag *d)
{
    struct monitor_options *m = &o->monitor;
    struct diag said = {0};
    const struct handoff *h = handoff_find(s->handoff);
    if (h == NULL)
        return diag_fail(d, path, 0, "no hand-off is called %s here", s->handoff);
    if (!read_text(s->layout, s->layout_name, l, &said))
        return said.line != 0 ? diag_fail(d, path, 0, "line %u of its layout: %s", said.line, said.message)
                              : diag_fail(d, path, 0, "its layout: %s", said.message);
    o->choice.handoff = h->name;
    o->choice.nr_disks = 0;
    l->nr_disks = s->nr_disks;
    for (unsigned i = 0; i < s->nr_disks; i++) {
        struct layout_disk *k = &l->disk[i];
        *k = (struct layout_disk){.vdev = (uint32_t)s->disk[i].vdev, .read_only = strcmp(s->disk[i].mode, "r") == 0};
        memcpy(k->path, s->disk[i].path, sizeof k->path);
    }
    memcpy(o->fill, s->fill, sizeof o->fill);
    o->nr_fills = s->nr_fills;
    o->unchecked = s->unchecked;
    (void)until_parse(s->until, &m->until);
    m->budget = s->budget;
    m->follow_low_exec = s->follow_low_exec;
    m->deliver = s->deliver;
    m->guest_lzma = m->guest_bulk = s->guest_lzma;
    for (unsigned i = 0; i < s->nr_severities; i++)
        (void)monitor_set_severity(m, s->severity[i].rule, s->severity[i].severity);
    return true;
}
