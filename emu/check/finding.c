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

void verdict_free(struct verdict *v)
{
    for (size_t i = 0; i < v->findings.nr; i++) {
        free(v->findings.f[i].trace);
        v->findings.f[i].trace = NULL;
        free_writer(v->findings.f[i].writer);
        v->findings.f[i].writer = NULL;
    }
    hob_list_free(&v->hobs);
    free(v->dispatch);
    v->dispatch = NULL;
    written_free(v->written);
    v->written = NULL;
    free(v->memory);
    v->memory = NULL;
}

/* It is large, and most of it are findings that nobody has made. */
static void copy_used(struct verdict *to, const struct verdict *from)
{
    const size_t head = offsetof(struct verdict, findings), tail = head + sizeof from->findings;
    memcpy(to, from, head);
    memcpy(to->findings.f, from->findings.f, from->findings.nr * sizeof from->findings.f[0]);
    to->findings.nr = from->findings.nr;
    to->findings.dropped = from->findings.dropped;
    memcpy((char *)to + tail, (const char *)from + tail, sizeof *to - tail);
}

void verdict_copy(struct verdict *to, const struct verdict *from)
{
    copy_used(to, from);
    to->written = NULL;
    for (size_t i = 0; i < to->findings.nr; i++) {
        struct backtrace **t = &to->findings.f[i].trace;
        const struct backtrace *was = *t;
        *t = was != NULL ? malloc(sizeof *was) : NULL;
        if (*t != NULL)
            **t = *was;
    }
}

void verdict_clear(struct verdict *v)
{
    const size_t head = offsetof(struct verdict, findings), tail = head + sizeof v->findings;
    verdict_free(v);
    memset(v, 0, head);
    v->findings.nr = 0;
    v->findings.dropped = 0;
    memset((char *)v + tail, 0, sizeof *v - tail);
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
