/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/choose.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/find.h"

#define SUFFIX ".cfg"

static bool add(struct layout_choice *c, const char *path, struct diag *d)
{
    for (size_t i = 0; i < c->nr; i++)
        if (strcmp(c->path[i], path) == 0)
            return true;
    if (c->nr == c->room) {
        char **more = realloc(c->path, (c->room * 2 + 8) * sizeof *more);
        if (more == NULL)
            return diag_fail(d, "", 0, "out of memory");
        c->path = more;
        c->room = c->room * 2 + 8;
    }
    c->path[c->nr] = strdup(path);
    return c->path[c->nr++] != NULL || diag_fail(d, "", 0, "out of memory");
}

/* The last component without ".cfg" matches. */
static bool is_called(const char *path, const char *pattern)
{
    char name[NAME_MAX + 1];
    const char *slash = strrchr(path, '/'), *last = slash != NULL ? slash + 1 : path;
    size_t n = strlen(last);
    if (n > strlen(SUFFIX) && strcmp(last + n - strlen(SUFFIX), SUFFIX) == 0)
        n -= strlen(SUFFIX);
    (void)snprintf(name, sizeof name, "%.*s", (int)n, last);
    return fnmatch(pattern, name, FNM_PERIOD) == 0 || fnmatch(pattern, last, FNM_PERIOD) == 0;
}

static int is_layout(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return e->d_name[0] != '.' && n > strlen(SUFFIX) && strcmp(e->d_name + n - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Those layouts of @folder that match; @any becomes true when there is one. */
static bool add_folder(struct layout_choice *c, const char *folder, const char *pattern, bool *any, struct diag *d)
{
    struct dirent **found = NULL;
    int nr = scandir(folder, &found, is_layout, by_name);
    if (nr < 0)
        return diag_fail(d, folder, 0, "cannot read this folder: %s", strerror(errno));
    size_t n = strlen(folder);
    bool ok = true;
    for (int i = 0; i < nr; i++) {
        char path[PATH_MAX];
        int len = snprintf(path, sizeof path, "%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", found[i]->d_name);
        if (ok && is_called(path, pattern)) {
            *any = true;
            ok =
                len < (int)sizeof path ? add(c, path, d) : diag_fail(d, folder, 0, "a path in this folder is too long");
        }
        free(found[i]);
    }
    free(found);
    return ok;
}

static bool add_files(struct layout_choice *c, const char *pattern, struct diag *d)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return diag_fail(d, pattern, 0, "no file matches this pattern");
    bool ok = true;
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
        ok = add(c, found.gl_pathv[i], d);
    globfree(&found);
    return ok;
}

static bool add_presets(struct layout_choice *c, const char *pattern, struct diag *d)
{
    char folder[PATH_MAX];
    bool any = false;
    if (!preset_folder(folder, sizeof folder))
        return diag_fail(d, pattern, 0, "there is no folder of presets here; give layout files, or a folder of them");
    if (!add_folder(c, folder, pattern, &any, d))
        return false;
    return any || diag_fail(d, pattern, 0, "no preset matches this pattern; the presets lie in %s", folder);
}

static bool take_away(struct layout_choice *c, const char *pattern, struct diag *d)
{
    size_t left = 0, before = c->nr;
    for (size_t i = 0; i < before; i++) {
        if (is_called(c->path[i], pattern))
            free(c->path[i]);
        else
            c->path[left++] = c->path[i];
    }
    c->nr = left;
    return left != before ||
           diag_fail(d, pattern, 0, "none of the layouts named before it matches this pattern, so '!' takes none away");
}

bool layout_choose(struct layout_choice *c, const char *name, struct diag *d)
{
    char path[PATH_MAX];
    struct stat st;
    bool exists = stat(name, &st) == 0, any = false;
    bool pattern = strpbrk(name, "*?[") != NULL || strcmp(name, "all") == 0;
    c->open = c->open || name[0] == '!' || (exists ? S_ISDIR(st.st_mode) : pattern);
    if (name[0] == '!')
        return take_away(c, name + 1, d);
    if (exists && S_ISDIR(st.st_mode))
        return add_folder(c, name, "*", &any, d) &&
               (any || diag_fail(d, name, 0, "no *.cfg in this folder: a layout is an xl.cfg file"));
    if (!exists && pattern)
        return strchr(name, '/') != NULL ? add_files(c, name, d)
                                         : add_presets(c, strcmp(name, "all") == 0 ? "*" : name, d);
    return layout_find(name, path, sizeof path, d) && add(c, path, d);
}

void layout_choice_free(struct layout_choice *c)
{
    for (size_t i = 0; i < c->nr; i++)
        free(c->path[i]);
    free(c->path);
}
