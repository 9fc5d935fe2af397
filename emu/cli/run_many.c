/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run, many cases: all layouts by all images, each in a process of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cli/cached.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/progress_many.h"
#include "cli/run.h"
#include "matrix/matrix.h"

struct many {
    struct run_options *o;
    uint64_t top; /* where the largest guest ends, gpa */
    struct matrix_result m;
    struct progress_many progress;
    struct resume resume;
    char *settings; /* of it */
    struct diag d;  /* why it was stopped */
};

static bool read_layout(struct many *r, const char *path, struct diag *d)
{
    struct layout l;
    struct layout_lines lines = {0};
    if (!run_read_layout(r->o, path, &l, &lines, d))
        return false;
    if (!r->o->quiet)
        run_notes(l.path, &lines);
    return matrix_add_layout(&r->m, path != NULL ? path : "", &l, d);
}

static bool make_folder(const char *path, const char *what, struct diag *d)
{
    struct stat st;
    if (path == NULL)
        return true;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return diag_fail(d, path, 0, "cannot be a folder for %s: %s", what, strerror(errno));
}

/* What is missing on the host is said once, before anything is booted, and not by each case. */
static bool hold(struct many *r, const struct layout *l, struct diag *d)
{
    for (size_t i = 0; i < r->m.nr_images; i++) {
        const uint64_t top = boot_top(l, r->m.image[i].image.size);
        r->top = top > r->top ? top : r->top;
    }
    return boot_options_hold(&r->o->boot, l, d);
}

static bool prepare(struct many *r, const struct layout_choice *c, char *const *image, size_t nr_images, struct diag *d)
{
    const struct run_options *o = r->o;
    bool ok = c->nr != 0 || read_layout(r, NULL, d);
    for (size_t i = 0; ok && i < c->nr; i++)
        ok = read_layout(r, c->path[i], d);
    for (size_t i = 0; ok && i < nr_images; i++)
        ok = matrix_add_image(&r->m, image[i], d);
    for (size_t i = 0; ok && i < r->m.nr_layouts; i++)
        ok = hold(r, &r->m.layout[i].layout, d);
    return ok &&
           matrix_cases(&r->m, &o->boot.trial, o->reports != NULL ? o->outputs.main.form->extension : NULL,
                        o->save_cases != NULL, d) &&
           make_folder(o->reports, "reports", d) && make_folder(o->save_cases, "cases", d);
}

/* --- while they run */

/* A case that gave no such report leaves none of an earlier run either. */
static bool write_report(const struct case_report *own, const char *path, struct diag *d)
{
    if (own == NULL)
        return unlink(path) == 0 || errno == ENOENT || diag_fail(d, path, 0, "cannot be removed: %s", strerror(errno));
    struct outfile *out = outfile_open(path, d);
    if (out == NULL)
        return false;
    (void)fwrite(own->bytes, 1, own->size, outfile_stream(out));
    return outfile_commit(out, d);
}

/* @file NULL: those of this form are not wanted as files. */
static bool write_own(const struct case_result *r, const char *form, const char *folder, const char *file,
                      struct diag *d)
{
    char *path;
    if (file == NULL)
        return true;
    if (asprintf(&path, "%s/%s", folder, file) < 0)
        return diag_fail(d, "", 0, "out of memory");
    const bool ok = write_report(case_report(r, form), path, d);
    free(path);
    return ok;
}

static bool done(void *self, struct matrix_case *c)
{
    struct many *r = self;
    progress_many_count(&r->progress, c);
    const bool ok = write_own(&c->result, r->o->outputs.main.form->name, r->o->reports, c->file, &r->d) &&
                    write_own(&c->result, CASE_SAVED, r->o->save_cases, c->case_file, &r->d);
    if (c->file != NULL)
        case_reports_free(&c->result);
    return ok;
}

static void again(void *self, const struct matrix_case *c, const char *why)
{
    struct many *r = self;
    progress_end(&r->progress.line);
    (void)fprintf(stderr, "hvmbed: %s, %s: %s; it will be tried again\n", r->m.layout[c->layout].label,
                  r->m.image[c->image].label, why);
}

static void show(void *self, const struct pool_state *s)
{
    progress_many_show(&((struct many *)self)->progress, s);
}

/* --- afterwards */

static bool write_form(void *self, const struct output *to, FILE *out)
{
    const struct many *r = self;
    const struct report_style style = run_style(r->o, to);
    return to->form->write_matrix(&r->m, &style, out);
}

static int write_summary(struct many *r, struct diag *d)
{
    const struct matrix_summary *s = &r->m.summary;
    if (s->not_applicable == r->m.nr_cases) {
        const struct matrix_case *c = &r->m.c[0];
        (void)diag_fail(d, "", 0, "nothing to boot: no layout goes with any image; %s with %s: %s",
                        r->m.layout[c->layout].label, r->m.image[c->image].label, c->result.reason);
        return cli_complain(d);
    }
    return outputs_write(&r->o->outputs, write_form, r, d) ? s->exit_code : cli_complain(d);
}

/* Forms in which each case's own report is wanted: for --reports the main one, else those of which it becomes a part. */
static void choose_forms(const struct run_options *o, struct matrix_setup *s)
{
    for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
        bool part = w->embeds == EMBEDS_ALWAYS || (w->embeds == EMBEDS_VERBOSE && o->style.verbose > 0);
        if (o->reports != NULL ? w == o->outputs.main.form : part && outputs_has(&o->outputs, w->name))
            s->form[s->nr_forms++] = w;
    }
}

/* Besides what was said of booting: in which forms a case's own reports are, and by whom. */
static bool describe_settings(struct many *r, const struct matrix_setup *s, struct diag *d)
{
    const struct run_options *o = r->o;
    char version[ENGINE_VERSION_SIZE];
    size_t n = 0;
    FILE *out = open_memstream(&r->settings, &n);
    if (out == NULL)
        return diag_fail(d, "", 0, "out of memory");
    engine_version(version);
    (void)fprintf(out, "hvmbed %s, Unicorn %s\n%s", HVMBED_VERSION, version, o->settings != NULL ? o->settings : "");
    for (size_t i = 0; i < s->nr_forms; i++)
        (void)fprintf(out, "form %s\n", s->form[i]->name);
    (void)fprintf(out, "color %d saved %d written %d sandbox %s\n", s->style->color, s->version != NULL,
                  o->boot.trial.monitor.written, o->sandbox.says);
    if (fclose(out) != 0)
        return diag_fail(d, "", 0, "out of memory");
    r->resume = (struct resume){o->resume, r->settings};
    return resume_open(&r->resume, d);
}

static int run(struct many *r, int *signal)
{
    const struct run_options *o = r->o;
    struct report_style own = o->style;
    own.sandbox = o->sandbox.says;
    own.color = own.color && o->reports == NULL && o->outputs.nr == 0;
    struct matrix_setup s = {.options = &o->boot.trial,
                             .style = &own,
                             .at_once = o->jobs != 0 ? o->jobs : pool_processors(),
                             .version = o->save_cases != NULL ? HVMBED_VERSION : NULL,
                             .done = done,
                             .again = again,
                             .show = show,
                             .self = r};
    choose_forms(o, &s);
    s.cage = sandbox_cage(&r->o->sandbox, trial_address_space(r->top, &o->boot.trial));
    s.cage_missing = o->sandbox.state.missing;
    s.memory = o->sandbox.off ? 0 : limit(&o->sandbox.limits, LIMIT_MEMORY);
    struct diag d = {0};
    for (size_t i = 0; *signal == 0 && i < r->m.nr_images; i++)
        if (!cached_make(&r->o->cache, &r->m.image[i].image, &r->o->sandbox, signal, &d))
            return cli_complain(&d);
    if (*signal != 0)
        return 128 + *signal;
    if (o->resume != NULL && !describe_settings(r, &s, &d))
        return cli_complain(&d);
    s.resume = o->resume != NULL ? &r->resume : NULL;
    (void)fflush(NULL);
    progress_many_init(&r->progress, &r->m, o->quiet);
    enum pool_verdict v = matrix_run(&r->m, &s, signal, &d);
    progress_end(&r->progress.line);
    switch (v) {
    case POOL_ALL_DONE:
        return write_summary(r, &d);
    case POOL_STOPPED:
        return cli_complain(&r->d);
    case POOL_INTERRUPTED:
        return 128 + *signal;
    default:
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
}

int run_many(struct run_options *o, const struct layout_choice *layouts, char *const *image, size_t nr_images)
{
    struct many r = {.o = o};
    struct diag d = {0};
    int signal = 0;
    int code = prepare(&r, layouts, image, nr_images, &d) ? run(&r, &signal) : cli_complain(&d);
    matrix_free(&r.m);
    free(r.settings);
    return signal != 0 ? caged_end_by(signal) : code;
}
