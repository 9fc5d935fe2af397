/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/papers.h"

#include <errno.h>
#include <string.h>

bool papers_add(struct papers *p, const char *path, unsigned *at, struct diag *d)
{
    if (p->nr == PAPERS_MAX)
        return diag_fail(d, path, 0, "is one file too many");
    struct outfile *out = outfile_open(path, d);
    if (out == NULL)
        return false;
    *at = p->nr;
    p->p[p->nr++] = (struct paper){out, path};
    return true;
}

FILE *papers_stream(struct papers *p, unsigned at)
{
    return outfile_stream(p->p[at].out);
}

bool papers_finish(struct papers *p, unsigned at, struct diag *d)
{
    FILE *f = papers_stream(p, at);
    errno = 0;
    const bool bad = ferror(f) != 0, unflushed = fflush(f) != 0;
    if (bad || unflushed)
        return diag_fail(d, p->p[at].path != NULL ? p->p[at].path : "standard output", 0, "write failed: %s",
                         errno != 0 ? strerror(errno) : "an earlier write failed");
    p->complete[at] = 1;
    return true;
}

bool papers_commit_files(struct papers *p, const uint8_t complete[PAPERS_MAX], struct diag *d)
{
    bool ok = true;
    for (unsigned i = 0; i < p->nr; i++)
        if (complete[i] == 1)
            ok = outfile_commit(p->p[i].out, d) && ok;
        else
            outfile_abort(p->p[i].out);
    p->nr = 0;
    return ok;
}

void papers_rewind(struct papers *p)
{
    for (unsigned i = 0; i < p->nr; i++)
        (void)outfile_rewind(p->p[i].out);
}

void papers_abort(struct papers *p)
{
    static const uint8_t none[PAPERS_MAX];
    (void)papers_commit_files(p, none, NULL);
}
