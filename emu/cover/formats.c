/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/outfile.h"
#include "cover/coverage.h"

static const struct cover_format formats[] = {
    {"drcov", ".drcov", false, cover_write_drcov},
    {"lcov", ".info", true, cover_write_lcov},
};

static bool ends_in(const char *path, const char *suffix)
{
    const size_t n = strlen(path), s = strlen(suffix);
    return n >= s && strcmp(path + n - s, suffix) == 0;
}

const struct cover_format *cover_format_find(const char *name, const char *path)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (name != NULL ? strcmp(name, formats[i].name) == 0 : ends_in(path, formats[i].suffix))
            return &formats[i];
    return name == NULL ? &formats[0] : NULL;
}

bool cover_save(struct coverage *c, const struct cover_format *f, const char *path, struct diag *d)
{
    coverage_sort(c);
    if (c->lost)
        return diag_fail(d, path, 0, "the coverage is not complete: out of memory");
    struct outfile *out = outfile_open(path, d);
    if (out == NULL)
        return false;
    if (!f->write(c, outfile_stream(out), d)) {
        outfile_abort(out);
        return false;
    }
    return outfile_commit(out, d);
}
