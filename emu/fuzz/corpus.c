/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/corpus.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "layout/write.h"

#define YOUNG 24 /* how many came last */

void corpus_free(struct corpus *c)
{
    free(c->l);
    c->l = NULL;
    c->nr = c->cap = 0;
}

bool corpus_add(struct corpus *c, const struct layout *l)
{
    if (c->nr == CORPUS_MAX)
        return false;
    if (c->nr == c->cap) {
        const size_t cap = c->cap != 0 ? 2 * c->cap : 64;
        struct layout *more = realloc(c->l, cap * sizeof *more);
        if (more == NULL)
            return false;
        c->l = more;
        c->cap = cap;
    }
    c->l[c->nr++] = *l;
    return true;
}

const struct layout *corpus_choose(const struct corpus *c, struct chooser *chooser)
{
    if (c->nr == 0)
        return NULL;
    if (c->nr > YOUNG && choose_percent(chooser, 50))
        return &c->l[c->nr - 1 - choose(chooser, YOUNG)];
    return &c->l[choose(chooser, c->nr)];
}

bool corpus_save(const struct corpus *c, const struct layout *l, struct diag *d)
{
    char path[PATH_MAX], *text = NULL;
    size_t n = 0;
    if (c->folder == NULL)
        return true;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return diag_fail(d, c->folder, 0, "out of memory");
    layout_write(l, f);
    if (fclose(f) != 0) {
        free(text);
        return diag_fail(d, c->folder, 0, "out of memory");
    }
    uint64_t h = 0xCBF29CE484222325ULL; /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)text[i]) * 0x100000001B3ULL;
    bool ok = snprintf(path, sizeof path, "%s/%016" PRIx64 ".cfg", c->folder, h) < (int)sizeof path ||
              diag_fail(d, c->folder, 0, "the name is too long");
    if (ok && access(path, F_OK) != 0) {
        struct outfile *out = outfile_open(path, d);
        ok = out != NULL;
        if (ok) {
            (void)fwrite(text, 1, n, outfile_stream(out));
            ok = outfile_commit(out, d);
        }
    }
    free(text);
    return ok;
}

static int is_layout(const struct dirent *e)
{
    const size_t n = strlen(e->d_name);
    return n > 4 && e->d_name[0] != '.' && strcmp(e->d_name + n - 4, ".cfg") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool corpus_make(const char *folder, struct diag *d)
{
    return mkdir(folder, 0777) == 0 || errno == EEXIST ||
           diag_fail(d, folder, 0, "cannot make this folder: %s", strerror(errno));
}

bool corpus_load(const char *folder, void (*fn)(void *self, const struct layout *l, const struct diag *why), void *self,
                 struct diag *d)
{
    struct dirent **found = NULL;
    const int nr = scandir(folder, &found, is_layout, by_name);
    if (nr < 0)
        return diag_fail(d, folder, 0, "cannot read this folder: %s", strerror(errno));
    for (int i = 0; i < nr; i++) {
        char path[PATH_MAX];
        struct layout l;
        struct diag why = {0};
        const bool ok = snprintf(path, sizeof path, "%s/%s", folder, found[i]->d_name) < (int)sizeof path &&
                        layout_read(path, &l, &why);
        fn(self, ok ? &l : NULL, &why);
        free(found[i]);
    }
    free(found);
    return true;
}
