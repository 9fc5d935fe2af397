/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to blame: not the service that does what it is told, nor who started it. */
#include <string.h>
#include <strings.h>

#include "why/internal.h"

/* Files whose code runs on behalf of those that call it. */
static const char *const services[] = {
    "52C05B14-0B98-496C-BC3B-04B50211D680", /* E:MdeModulePkg/Core/Pei/PeiMain.inf */
    "9B3ADA4F-AE56-4C24-8DEA-F03B7558AE50", /* E:MdeModulePkg/Universal/PCD/Pei/Pcd.inf */
};
/* It has called the PEI core, and asks for nothing after that. */
static const char sec[] = "DF1CCEF6-F301-4A63-9661-FC6030DCC880"; /* E:OvmfPkg/Sec/SecMain.inf */

bool is_service(const struct code_place *p)
{
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (strcasecmp(p->guid, services[i]) == 0)
            return true;
    return false;
}

void find_author(struct writer *w)
{
    const struct backtrace *b = w->trace;
    w->author = w->by;
    if (w->by.module[0] != '\0' && !is_service(&w->by))
        return;
    for (unsigned i = 0; b != NULL && i < b->nr; i++) {
        const struct code_place *at = &b->frame[i].at;
        if (at->module[0] == '\0')
            continue;
        if (w->author.module[0] == '\0' || (!is_service(at) && strcasecmp(at->guid, sec) != 0))
            w->author = *at;
        if (!is_service(at))
            return;
    }
}

void find_copier(struct writer *w)
{
    memset(&w->author, 0, sizeof w->author);
    for (unsigned i = w->nr_copies; i-- > 0;)
        if (w->copy[i].phase > PHASE_SEC) {
            w->author = w->copy[i].author;
            return;
        }
}
