/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/source.h"

#include <stdio.h>
#include <string.h>

/* Without "//", "/./" and "/x/../". What climbs above its start keeps its "..". */
static void clean(const char *path, char out[SOURCE_PATH_SIZE])
{
    size_t used = 0, floor = path[0] == '/' ? 1 : 0;
    if (floor != 0)
        out[used++] = '/';
    while (*path != '\0') {
        size_t n = strcspn(path, "/");
        bool up = n == 2 && path[0] == '.' && path[1] == '.';
        if (up && used > floor) {
            for (used--; used > floor && out[used - 1] != '/';)
                used--;
        } else if (n != 0 && !(n == 1 && path[0] == '.') && !(up && floor == 1) && used + n + 2 < SOURCE_PATH_SIZE) {
            memcpy(out + used, path, n);
            used += n;
            out[used++] = '/';
            floor = up ? used : floor;
        }
        path += n + (path[n] == '/' ? 1 : 0);
    }
    if (used > 1 && out[used - 1] == '/')
        used--;
    out[used] = '\0';
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_package(const char *name, size_t n)
{
    return n > 3 && memcmp(name + n - 3, "Pkg", 3) == 0;
}

/* Build's DEBUG_GCC5 and its like. */
static bool is_target(const char *name)
{
    return starts_with(name, "DEBUG_") || starts_with(name, "RELEASE_") || starts_with(name, "NOOPT_");
}

/* Where the part below the root begins; NULL when nothing tells. */
static const char *guess(const char *path)
{
    const char *before[2] = {NULL, NULL}; /* the last one, and the one before that */
    for (const char *name = path; *name != '\0';) {
        size_t n = strcspn(name, "/");
        if (is_package(name, n) && name[n] == '/')
            return name;
        if (is_target(name) && before[1] != NULL)
            return before[1];
        if (n != 0) {
            before[1] = before[0];
            before[0] = name;
        }
        name += n + (name[n] == '/' ? 1 : 0);
    }
    return NULL;
}

static const char *below(const char *path, const char *root)
{
    char top[SOURCE_PATH_SIZE];
    clean(root, top);
    size_t n = strlen(top);
    if (strcmp(top, "/") == 0 && path[0] == '/')
        return path + 1;
    return n != 0 && starts_with(path, top) && path[n] == '/' ? path + n + 1 : NULL;
}

bool source_relative(const char *file, const char *root, char out[SOURCE_PATH_SIZE])
{
    char path[SOURCE_PATH_SIZE];
    clean(file, path);
    const char *part = root != NULL ? below(path, root) : guess(path);
    (void)snprintf(out, SOURCE_PATH_SIZE, "%s", part != NULL ? part : path);
    return part != NULL && part[0] != '\0' && !starts_with(part, "../");
}
