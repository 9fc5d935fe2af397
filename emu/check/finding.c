/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/finding.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Exit codes are the program's interface: docs/json.md and the manual list them. */
enum { EXIT_CLEAN = 0, EXIT_FINDING = 1, EXIT_INCONCLUSIVE = 3, EXIT_DEFECT = 70 };

/* What an ending means when no finding is an error. A run that a finding stopped never reached the hand-off, so it
 * fails even where -W made that finding a warning. */
static const struct {
    const char *name;
    int exit_code;
} endings[] = {
    [END_HANDOFF] = {"handoff", EXIT_CLEAN},      [END_FINDING] = {"finding", EXIT_FINDING},
    [END_BUDGET] = {"budget", EXIT_INCONCLUSIVE}, [END_UNSUPPORTED] = {"unsupported", EXIT_INCONCLUSIVE},
    [END_ENGINE] = {"engine", EXIT_DEFECT},       [END_REACHED] = {"reached", EXIT_CLEAN},
    [END_PLATFORM] = {"platform", EXIT_CLEAN},
};
#define NR_ENDINGS (sizeof endings / sizeof endings[0])

const char *ending_name(enum ending e)
{
    return (unsigned)e < NR_ENDINGS ? endings[e].name : "?";
}

const char *frame_found_name(enum frame_found f)
{
    static const char *const names[] = {
        [FRAME_HERE] = "here",
        [FRAME_JUMP] = "jump",
        [FRAME_CALL] = "call",
        [FRAME_CFI] = "cfi",
        [FRAME_POINTER] = "frame-pointer",
        [FRAME_PROVEN] = "return-address",
        [FRAME_LIKELY] = "likely",
    };
    return (unsigned)f < sizeof names / sizeof names[0] ? names[f] : "?";
}

const char *transfer_name(enum transfer_kind k)
{
    static const char *const names[] = {
        [TRANSFER_NONE] = "none",
        [TRANSFER_CALL] = "call",
        [TRANSFER_JUMP] = "jump",
        [TRANSFER_RETURN] = "return",
    };
    return (unsigned)k < sizeof names / sizeof names[0] ? names[k] : "?";
}

const char *writer_name(enum writer_kind k)
{
    static const char *const names[] = {
        [WRITER_UNKNOWN] = "unknown",   [WRITER_STORE] = "store", [WRITER_HOST] = "host",
        [WRITER_UNPACKED] = "unpacked", [WRITER_GIVEN] = "given", [WRITER_NEVER] = "never",
    };
    return (unsigned)k < sizeof names / sizeof names[0] ? names[k] : "?";
}

const struct code_place *finding_author(const struct finding *f)
{
    const struct writer *w = f->writer;
    return w != NULL && !f->pointer.known && w->author.gva != 0 ? &w->author : NULL;
}

static void free_writer(struct writer *w)
{
    if (w != NULL)
        free(w->trace);
    free(w);
}

struct finding *verdict_add_finding(struct verdict *v)
{
    struct findings *list = &v->findings;
    const size_t most = list->most != 0 ? list->most : LIMIT_FINDINGS_DEFAULT;
    if (list->f == NULL)
        list->f = malloc(most * sizeof *list->f);
    if (list->f == NULL || list->nr == most) {
        v->reached.at[LIMIT_FINDINGS] = most;
        list->dropped++;
        return NULL;
    }
    struct finding *f = &list->f[list->nr++];
    memset(f, 0, sizeof *f);
    return f;
}

struct module *verdict_add_module(struct verdict *v)
{
    const size_t most = v->modules_most != 0 ? v->modules_most : LIMIT_MODULES_DEFAULT;
    if (v->module == NULL)
        v->module = malloc(most * sizeof *v->module);
    if (v->module == NULL || v->nr_modules == most) {
        v->reached.at[LIMIT_MODULES] = most;
        return NULL;
    }
    struct module *m = &v->module[v->nr_modules++];
    memset(m, 0, sizeof *m);
    return m;
}

void verdict_free(struct verdict *v)
{
    for (size_t i = 0; i < v->findings.nr; i++) {
        free(v->findings.f[i].trace);
        free_writer(v->findings.f[i].writer);
    }
    free(v->findings.f);
    v->findings.f = NULL;
    v->findings.nr = 0;
    free(v->module);
    v->module = NULL;
    v->nr_modules = 0;
    hob_list_free(&v->hobs);
    free(v->dispatch);
    v->dispatch = NULL;
    written_free(v->written);
    v->written = NULL;
    free(v->memory);
    v->memory = NULL;
    free(v->last);
    v->last = NULL;
    v->nr_last = 0;
}

/* Without memory those of @from are lost. */
static void copy_findings(struct verdict *to, const struct verdict *from)
{
    to->findings.f = NULL;
    to->findings.nr = 0;
    for (size_t i = 0; i < from->findings.nr; i++) {
        struct finding *f = verdict_add_finding(to);
        if (f == NULL)
            return;
        *f = from->findings.f[i];
        f->trace = f->trace != NULL ? malloc(sizeof *f->trace) : NULL;
        if (f->trace != NULL)
            *f->trace = *from->findings.f[i].trace;
    }
}

static void copy_modules(struct verdict *to, const struct verdict *from)
{
    to->module = NULL;
    to->nr_modules = 0;
    for (size_t i = 0; i < from->nr_modules; i++) {
        struct module *m = verdict_add_module(to);
        if (m == NULL)
            return;
        *m = from->module[i];
    }
}

void verdict_copy(struct verdict *to, const struct verdict *from)
{
    *to = *from;
    to->written = NULL;
    to->last = NULL;
    to->nr_last = 0;
    copy_findings(to, from);
    copy_modules(to, from);
}

void verdict_clear(struct verdict *v)
{
    verdict_free(v);
    *v = (struct verdict){0};
}

int findings_worst(const struct findings *f)
{
    int worst = -1;
    for (size_t i = 0; i < f->nr; i++)
        if ((int)f->f[i].severity > worst)
            worst = (int)f->f[i].severity;
    return worst;
}

int verdict_exit_code(const struct verdict *v)
{
    /* An error stands, however the run ended after it. */
    if (findings_worst(&v->findings) >= (int)SEVERITY_ERROR)
        return EXIT_FINDING;
    return (unsigned)v->ending < NR_ENDINGS ? endings[v->ending].exit_code : EXIT_DEFECT;
}
