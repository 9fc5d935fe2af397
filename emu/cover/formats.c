/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

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

bool cover_write(struct coverage *c, const struct cover_format *f, FILE *out, struct diag *d)
{
    coverage_sort(c);
    return c->lost ? diag_fail(d, "", 0, "the coverage is not complete: out of memory") : f->write(c, out, d);
}
