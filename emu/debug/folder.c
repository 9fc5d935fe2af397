/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/folder.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A Build tree of all of OvmfPkg has some 40000 entries, 6 deep, and 200 .debug files, each there twice. */
#define DEPTH_MAX 16u
#define ENTRIES_MAX 1000000u
#define FILES_MAX 8192u
#define SUFFIX ".debug"

struct scan {
    struct folder *out;
    size_t room;
    unsigned entries;
};

static bool has_suffix(const char *name)
{
    size_t n = strlen(name), s = strlen(SUFFIX);
    return n > s && strcmp(name + n - s, SUFFIX) == 0;
}

static void keep(struct scan *s, const char *path)
{
    struct folder *f = s->out;
    if (f->nr == FILES_MAX) {
        f->cut = true;
        return;
    }
    if (f->nr == s->room) {
        size_t room = s->room != 0 ? s->room * 2 : 64;
        char **grown = realloc(f->path, room * sizeof *grown);
        if (grown == NULL)
            return;
        f->path = grown;
        s->room = room;
    }
    char *copy = strdup(path);
    if (copy != NULL)
        f->path[f->nr++] = copy;
}

static bool is_folder(const char *path, unsigned char type)
{
    struct stat st;
    return type == DT_DIR || (type == DT_UNKNOWN && lstat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static void scan(struct scan *s, const char *dir, unsigned depth) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[PATH_MAX];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (++s->entries > ENTRIES_MAX || n < 0 || (size_t)n >= sizeof path) {
            s->out->cut = true;
            break;
        }
        if (is_folder(path, e->d_type)) {
            if (depth < DEPTH_MAX)
                scan(s, path, depth + 1);
            else
                s->out->cut = true;
        } else if (has_suffix(e->d_name)) {
            keep(s, path);
        }
    }
    (void)closedir(d);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void folder_scan(const char *dir, struct folder *out)
{
    struct scan s = {.out = out};
    memset(out, 0, sizeof *out);
    scan(&s, dir, 0);
    if (out->nr != 0)
        qsort(out->path, out->nr, sizeof *out->path, by_path);
}

void folder_free(struct folder *f)
{
    for (size_t i = 0; i < f->nr; i++)
        free(f->path[i]);
    free(f->path);
    memset(f, 0, sizeof *f);
}

void folder_module_name(const char *path, char *out, size_t room)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t n = strlen(name);
    if (has_suffix(name))
        n -= strlen(SUFFIX);
    (void)snprintf(out, room, "%.*s", (int)n, name);
}
