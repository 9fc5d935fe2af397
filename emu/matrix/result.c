/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/result.h"

#include <stdlib.h>

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

void case_result_free(struct case_result *r)
{
    free(r->finding);
    free(r->report);
    free(r->saved);
    r->finding = NULL;
    r->nr_findings = 0;
    r->report = NULL;
    r->report_size = 0;
}

size_t case_count(const struct case_result *r, enum severity s)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nr_findings; i++)
        n += r->finding[i].severity == s ? 1 : 0;
    return n;
}
