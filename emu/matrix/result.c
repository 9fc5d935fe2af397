/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/result.h"

#include <stdlib.h>
#include <string.h>

const char *case_state_name(enum case_state s)
{
    static const char *const names[] = {
        [CASE_BOOTED] = "booted",
        [CASE_NOT_APPLICABLE] = "not-applicable",
        [CASE_FAILED] = "failed",
        [CASE_LOST] = "lost",
    };
    return (unsigned)s < sizeof names / sizeof names[0] ? names[s] : "?";
}

const char *step_words(enum step_kind k)
{
    static const char *const words[STEP_KINDS] = {
        [STEP_TRANSFER] = "control was sent from here", [STEP_CALLER] = "called from here",
        [STEP_POINTER] = "the pointer was loaded here", [STEP_AUTHOR] = "on whose behalf it was written",
        [STEP_WRITTEN] = "the bytes were written here", [STEP_COPIED] = "the bytes were copied here",
    };
    return (unsigned)k < STEP_KINDS ? words[k] : "?";
}

void case_reports_free(struct case_result *r)
{
    for (size_t i = 0; i < r->nr_reports; i++)
        free(r->report[i].bytes);
    r->nr_reports = 0;
}

void case_result_free(struct case_result *r)
{
    for (size_t i = 0; i < r->nr_findings; i++) {
        free(r->finding[i].trace);
        free(r->finding[i].step);
        free(r->finding[i].details);
    }
    free(r->finding);
    free(r->log);
    case_reports_free(r);
    r->finding = NULL;
    r->nr_findings = 0;
    r->log = NULL;
    r->log_size = 0;
}

const struct case_report *case_report(const struct case_result *r, const char *name)
{
    for (size_t i = 0; i < r->nr_reports; i++)
        if (strcmp(r->report[i].form, name) == 0)
            return &r->report[i];
    return NULL;
}

size_t case_count(const struct case_result *r, enum severity s)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nr_findings; i++)
        n += r->finding[i].severity == s ? 1 : 0;
    return n;
}
