/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/outputs.h"

#include <string.h>

#include "base/outfile.h"
#include "cli/papers.h"

static const struct report_writer *find_form(const char *value, size_t n)
{
    char name[16];
    if (n >= sizeof name)
        return NULL;
    memcpy(name, value, n);
    name[n] = '\0';
    return report_writer_find(name);
}

bool outputs_add(struct outputs *o, const char *value)
{
    const size_t n = strcspn(value, "=");
    const char *path = value[n] == '=' ? value + n + 1 : NULL;
    const struct report_writer *form = find_form(value, n);
    if (form == NULL || (path != NULL && path[0] == '\0'))
        return false;
    if (path == NULL || strcmp(path, "-") == 0) {
        o->main.form = form;
        o->nr_main++;
        return true;
    }
    if (o->nr == OUTPUTS_MAX)
        return false;
    o->also[o->nr++] = (struct output){form, path};
    return true;
}

bool outputs_check(const struct outputs *o, struct diag *d)
{
    if (o->nr_main > 1)
        return diag_fail(d, "", 0,
                         "--format: only one report can go to standard output; give the others a file, as in %s=FILE",
                         o->main.form->name);
    for (size_t i = 0; i < o->nr; i++) {
        bool twice = o->main.path != NULL && strcmp(o->main.path, o->also[i].path) == 0;
        for (size_t j = 0; j < i; j++)
            twice = twice || strcmp(o->also[j].path, o->also[i].path) == 0;
        if (twice)
            return diag_fail(d, o->also[i].path, 0, "two reports are to go there");
    }
    return true;
}

bool outputs_has(const struct outputs *o, const char *name)
{
    bool has = strcmp(o->main.form->name, name) == 0;
    for (size_t i = 0; i < o->nr; i++)
        has = has || strcmp(o->also[i].form->name, name) == 0;
    return has;
}

bool outputs_show_written(const struct outputs *o)
{
    bool show = o->main.form->written;
    for (size_t i = 0; i < o->nr; i++)
        show = show || o->also[i].form->written;
    return show;
}

static bool write_one(const struct output *to, bool (*write)(void *self, const struct output *to, FILE *out),
                      void *self, struct diag *d)
{
    struct outfile *out = outfile_open(to->path, d);
    if (out == NULL)
        return false;
    if (!write(self, to, outfile_stream(out))) {
        outfile_abort(out);
        return diag_fail(d, to->path, 0, "cannot write the report");
    }
    return outfile_commit(out, d);
}

bool outputs_write(const struct outputs *o, bool (*write)(void *self, const struct output *to, FILE *out), void *self,
                   struct diag *d)
{
    bool ok = true;
    for (size_t i = 0; i < o->nr; i++)
        ok = write_one(&o->also[i], write, self, d) && ok;
    return write_one(&o->main, write, self, d) && ok;
}

bool outputs_open(const struct outputs *o, struct papers *p, unsigned *first, struct diag *d)
{
    unsigned at;
    *first = p->nr;
    for (size_t i = 0; i < o->nr; i++)
        if (!papers_add(p, o->also[i].path, &at, d))
            return false;
    return papers_add(p, o->main.path, &at, d);
}

static bool fill_one(const struct output *to, struct papers *p, unsigned at,
                     bool (*write)(void *self, const struct output *to, FILE *out), void *self, struct diag *d)
{
    if (!write(self, to, papers_stream(p, at)) && ferror(papers_stream(p, at)) == 0)
        return diag_fail(d, to->path, 0, "cannot write the report");
    return papers_finish(p, at, d);
}

bool outputs_fill(const struct outputs *o, struct papers *p, unsigned first,
                  bool (*write)(void *self, const struct output *to, FILE *out), void *self, struct diag *d)
{
    bool ok = true;
    for (unsigned i = 0; i < o->nr; i++)
        ok = fill_one(&o->also[i], p, first + i, write, self, d) && ok;
    return fill_one(&o->main, p, first + (unsigned)o->nr, write, self, d) && ok;
}
