/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/fold.h"
#include "matrix/labels.h"
#include "matrix/record.h"
#include "matrix/save.h"
#include "matrix/take.h"

#define TICK_MS 250
#define CASE_EXTENSION ".case.json"

/* --- rows and columns */

static bool out_of_memory(struct diag *d)
{
    return diag_fail(d, "", 0, "out of memory");
}

bool matrix_add_layout(struct matrix_result *m, const char *path, const struct layout *l, struct diag *d)
{
    for (size_t i = 0; i < m->nr_layouts; i++)
        if (strcmp(m->layout[i].path, path) == 0)
            return true;
    struct matrix_layout *more = realloc(m->layout, (m->nr_layouts + 1) * sizeof *more);
    if (more == NULL)
        return out_of_memory(d);
    m->layout = more;
    m->layout[m->nr_layouts] = (struct matrix_layout){.layout = *l, .path = strdup(path)};
    return m->layout[m->nr_layouts++].path != NULL || out_of_memory(d);
}

bool matrix_add_image(struct matrix_result *m, const char *path, struct diag *d)
{
    for (size_t i = 0; i < m->nr_images; i++)
        if (strcmp(m->image[i].path, path) == 0)
            return true;
    struct matrix_image *more = realloc(m->image, (m->nr_images + 1) * sizeof *more);
    if (more == NULL)
        return out_of_memory(d);
    m->image = more;
    struct matrix_image *im = &m->image[m->nr_images++];
    *im = (struct matrix_image){.path = strdup(path)};
    return im->path != NULL ? image_load(path, &im->image, d) : out_of_memory(d);
}

static bool label_all(struct matrix_result *m)
{
    size_t room = m->nr_layouts > m->nr_images ? m->nr_layouts : m->nr_images;
    const char **path = calloc(room, sizeof *path);
    bool ok = path != NULL;
    for (size_t i = 0; ok && i < m->nr_layouts; i++)
        path[i] = m->layout[i].path;
    for (size_t i = 0; ok && i < m->nr_layouts; i++)
        ok = (m->layout[i].label = label_make(path, m->nr_layouts, i, ".cfg")) != NULL;
    for (size_t i = 0; ok && i < m->nr_images; i++)
        path[i] = m->image[i].path;
    for (size_t i = 0; ok && i < m->nr_images; i++)
        ok = (m->image[i].label = label_make(path, m->nr_images, i, "")) != NULL;
    free(path);
    return ok;
}

/* "a/b" and "a-b" are one name for a file: the later one gets a number. */
static bool is_taken(const struct matrix_result *m, size_t before, const char *file)
{
    for (size_t i = 0; i < before; i++)
        if ((m->c[i].file != NULL && strcmp(m->c[i].file, file) == 0) ||
            (m->c[i].case_file != NULL && strcmp(m->c[i].case_file, file) == 0))
            return true;
    return false;
}

static char *name_file(const struct matrix_result *m, size_t i, const char *extension)
{
    const struct matrix_case *c = &m->c[i];
    char *stem = label_file(m->layout[c->layout].label, m->image[c->image].label), *file = NULL;
    if (stem == NULL || asprintf(&file, "%s%s", stem, extension) < 0)
        file = NULL;
    for (unsigned n = 2; file != NULL && is_taken(m, i, file); n++) {
        free(file);
        if (asprintf(&file, "%s~%u%s", stem, n, extension) < 0)
            file = NULL;
    }
    free(stem);
    return file;
}

/* What is missing on the host is said once, before anything is booted, and not by each case. */
static bool find_first_stages(const struct matrix_result *m, const struct boot_choice *choice, struct diag *d)
{
    for (size_t i = 0; i < m->nr_layouts; i++) {
        const struct layout *l = &m->layout[i].layout;
        const struct handoff *h = boot_handoff(choice, l);
        if (h->first_stage && h->type == l->type && boot_first_stage(choice, l, d) == NULL)
            return false;
    }
    return true;
}

bool matrix_cases(struct matrix_result *m, const struct trial_options *o, const char *extension, bool save,
                  struct diag *d)
{
    m->c = calloc(m->nr_layouts * m->nr_images, sizeof *m->c);
    if (m->c == NULL || !label_all(m))
        return out_of_memory(d);
    for (size_t i = 0; i < m->nr_layouts; i++)
        for (size_t j = 0; j < m->nr_images; j++) {
            struct matrix_case *c = &m->c[m->nr_cases++];
            c->layout = i;
            c->image = j;
            c->handoff = boot_handoff(&o->choice, &m->layout[i].layout)->name;
            if (extension != NULL && (c->file = name_file(m, m->nr_cases - 1, extension)) == NULL)
                return out_of_memory(d);
            if (save && (c->case_file = name_file(m, m->nr_cases - 1, CASE_EXTENSION)) == NULL)
                return out_of_memory(d);
        }
    return find_first_stages(m, &o->choice, d);
}

void matrix_free(struct matrix_result *m)
{
    fold_free(&m->summary);
    for (size_t i = 0; i < m->nr_cases; i++) {
        case_result_free(&m->c[i].result);
        free(m->c[i].file);
        free(m->c[i].case_file);
    }
    for (size_t i = 0; i < m->nr_layouts; i++) {
        free(m->layout[i].label);
        free(m->layout[i].path);
    }
    for (size_t i = 0; i < m->nr_images; i++) {
        free(m->image[i].label);
        free(m->image[i].path);
        image_free(&m->image[i].image);
    }
    free(m->c);
    free(m->layout);
    free(m->image);
}

/* --- in a case's process */

/* One more report of @r's own, to be written; NULL: out of memory. */
static FILE *own_report(struct case_result *r, const char *form)
{
    struct case_report *to = &r->report[r->nr_reports];
    (void)snprintf(to->form, sizeof to->form, "%s", form);
    FILE *out = open_memstream(&to->bytes, &to->size);
    if (out != NULL)
        r->nr_reports++;
    return out;
}

/* Its own in each form that is asked for. */
static bool take_reports(const struct report_input *in, const struct matrix_setup *s, struct case_result *r)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->nr_forms; i++) {
        FILE *out = own_report(r, s->form[i]->name);
        if (out == NULL)
            return false;
        ok = case_write(in, s->form[i], s->style, out);
        ok = fclose(out) == 0 && ok;
    }
    return ok;
}

/* What passed without a word need not be seen again. */
static bool take_case(const struct trial *t, const struct matrix_setup *s, struct case_result *r)
{
    struct diag d = {0};
    if (s->version == NULL || (r->exit_code == 0 && r->nr_findings == 0))
        return true;
    FILE *out = own_report(r, CASE_SAVED);
    if (out == NULL)
        return false;
    const bool ok = trial_save(t, s->options, s->version, out, &d);
    return fclose(out) == 0 && ok;
}

static void refuse(struct case_result *r, enum case_state state, const char *reason)
{
    case_result_free(r);
    *r = (struct case_result){.state = state, .exit_code = state == CASE_NOT_APPLICABLE ? 0 : 3};
    (void)snprintf(r->reason, sizeof r->reason, "%s", reason);
}

static void try_case(const struct matrix_result *m, const struct matrix_setup *s, size_t job, struct trial *t,
                     struct case_result *r)
{
    const struct matrix_case *c = &m->c[job];
    struct diag d = {0};
    if (!trial_prepare(t, &m->layout[c->layout].layout, &m->image[c->image].image, s->options, &d) ||
        !trial_boot(t, s->options, &d)) {
        /* A message without a file is not about these inputs. */
        refuse(r, d.file[0] != '\0' ? CASE_NOT_APPLICABLE : CASE_FAILED, d.message);
        return;
    }
    char version[ENGINE_VERSION_SIZE];
    struct report_input in;
    trial_input(t, version, &in);
    if (!case_take(&in, r) || !take_reports(&in, s, r) || !take_case(t, s, r))
        refuse(r, CASE_FAILED, "out of memory for the report");
}

bool matrix_of_lost(struct matrix_result *m, const char *path, const struct layout *l, const char *image,
                    const struct trial_options *o, const char *why, const struct limits_reached *met, struct diag *d)
{
    struct trial_options options = *o;
    struct first_stages stages = {0};
    if (options.choice.stages == NULL)
        options.choice.stages = &stages;
    bool ok = matrix_add_layout(m, path != NULL ? path : "", l, d) && matrix_add_image(m, image, d) &&
              matrix_cases(m, &options, NULL, false, d);
    first_stages_free(&stages);
    if (!ok)
        return false;
    refuse(&m->c[0].result, CASE_LOST, why);
    m->c[0].result.reached = *met;
    return fold(m) || out_of_memory(d);
}

struct run {
    struct matrix_result *m;
    const struct matrix_setup *s;
    size_t *left; /* cases that are to be booted: jobs */
    size_t nr_left;
    size_t *running; /* as cases */
    struct diag trouble;
};

static bool work(void *self, size_t job, FILE *out)
{
    const struct run *run = self;
    struct case_result r = {0};
    struct trial *t = calloc(1, sizeof *t);
    if (t == NULL)
        return false;
    try_case(run->m, run->s, run->left[job], t, &r);
    bool ok = record_write(&r, out);
    trial_free(t);
    free(t);
    case_result_free(&r);
    return ok;
}

/* --- in the one that tells of them */

static bool tell(const struct run *run, struct matrix_case *c)
{
    return run->s->done == NULL || run->s->done(run->s->self, c);
}

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    struct run *run = self;
    struct matrix_case *c = &run->m->c[run->left[job]];
    if (!record_read(r->bytes, r->size, &c->result))
        return POOL_REFUSED;
    if (run->s->resume != NULL &&
        !resume_save(run->s->resume, run->m, run->s->options, c, r->bytes, r->size, &run->trouble))
        return POOL_STOP;
    return tell(run, c) ? POOL_TAKEN : POOL_STOP;
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    const struct run *run = self;
    struct matrix_case *c = &run->m->c[run->left[job]];
    char why[POOL_WHY_SIZE];
    pool_why(r, why);
    if (again && run->s->again != NULL)
        run->s->again(run->s->self, c, why);
    if (again)
        return;
    refuse(&c->result, CASE_LOST, why);
    pool_limits_met(r, run->s->options->choice.limits, &c->result.reached);
    (void)tell(run, c);
}

static void show(void *self, const struct pool_state *s)
{
    struct run *run = self;
    const size_t before = run->m->nr_cases - run->nr_left;
    for (unsigned i = 0; i < s->nr_running; i++)
        run->running[i] = run->left[s->running[i]];
    const struct pool_state all = {s->done + before, s->nr + before, run->running, s->nr_running};
    if (run->s->show != NULL)
        run->s->show(run->s->self, &all);
}

/* Those of which nothing is kept. False: enough was said. */
static bool choose_left(struct run *run)
{
    for (size_t i = 0; i < run->m->nr_cases; i++) {
        struct matrix_case *c = &run->m->c[i];
        if (run->s->resume == NULL || !resume_load(run->s->resume, run->m, run->s->options, c))
            run->left[run->nr_left++] = i;
        else if (!tell(run, c))
            return false;
    }
    return true;
}

enum pool_verdict matrix_run(struct matrix_result *m, const struct matrix_setup *s, int *signal, struct diag *d)
{
    struct run run = {.m = m,
                      .s = s,
                      .left = calloc(m->nr_cases + 1, sizeof *run.left),
                      .running = calloc((size_t)s->at_once + 1, sizeof *run.running)};
    enum pool_verdict v = POOL_FAILED;
    *signal = 0;
    if (run.left == NULL || run.running == NULL) {
        (void)out_of_memory(d);
    } else if (!choose_left(&run)) {
        v = POOL_STOPPED;
    } else {
        const struct pool_setup p = {.nr = run.nr_left,
                                     .at_once = s->at_once,
                                     .limit = RECORD_MAX,
                                     .cage = s->cage,
                                     .cage_missing = s->cage_missing,
                                     .memory = s->memory,
                                     .work = work,
                                     .take = take,
                                     .lost = lost,
                                     .show = show,
                                     .tick_ms = TICK_MS,
                                     .self = &run};
        v = pool_run(&p, signal, d);
    }
    free(run.left);
    free(run.running);
    if (run.trouble.message[0] != '\0') {
        *d = run.trouble;
        return POOL_FAILED;
    }
    if (v != POOL_ALL_DONE || fold(m))
        return v;
    (void)out_of_memory(d);
    return POOL_FAILED;
}
