/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/find.h"

#include <dirent.h>
#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef HVMBED_DATADIR
#define HVMBED_DATADIR "/usr/local/share/hvmbed"
#endif

/*
 * Folders of presets; %s is the executable's own, or libhvmbed's: a build folder in the source tree, or bin or lib where it
 * is installed.
 */
static const char *const folders[] = {
    "layouts",
    "%s/layouts",
    "%s/../layouts",
    "%s/../../layouts",
    "%s/../share/hvmbed/layouts",
    "%s/../../share/hvmbed/layouts", /* a library in lib/x86_64-linux-gnu */
    (HVMBED_DATADIR "/layouts"),
};
#define NR_FOLDERS (sizeof folders / sizeof folders[0])

/* The file that this code is part of, where that is a library: its path. */
static bool own_library(char out[PATH_MAX])
{
    Dl_info info;
    return dladdr(folders, &info) != 0 && info.dli_fname != NULL && strstr(info.dli_fname, "/libhvmbed.so") != NULL &&
           realpath(info.dli_fname, out) != NULL;
}

/* The folder of the library, or of the executable; "." when it cannot be told. */
static void own_folder(char out[PATH_MAX])
{
    if (!own_library(out)) {
        ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
        out[n > 0 ? n : 0] = '\0';
    }
    char *slash = strrchr(out, '/');
    if (slash != NULL)
        *slash = '\0';
    else
        (void)snprintf(out, PATH_MAX, ".");
}

/* Puts @what where @pattern has @mark, if it has. False when it does not fit. */
static bool expand(const char *pattern, const char *mark, const char *what, char *out, size_t n)
{
    const char *at = strstr(pattern, mark);
    int len = at != NULL ? snprintf(out, n, "%.*s%s%s", (int)(at - pattern), pattern, what, at + strlen(mark))
                         : snprintf(out, n, "%s", pattern);
    return len > 0 && (size_t)len < n;
}

static bool folder_path(size_t i, const char *own, char *out, size_t n)
{
    return expand(folders[i], "%s", own, out, n);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_preset(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strcmp(e->d_name + n - 4, ".cfg") == 0;
}

/* How many presets @folder has, 0 when there is no such folder; with @found, which is scandir's, their names. */
static int presets_in(const char *folder, struct dirent ***found)
{
    int nr = scandir(folder, found, is_preset, by_name);
    return nr > 0 ? nr : 0;
}

static void free_names(struct dirent **found, int nr)
{
    for (int i = 0; i < nr; i++)
        free(found[i]);
    free(found);
}

bool preset_folder(char *out, size_t n)
{
    char own[PATH_MAX];
    own_folder(own);
    for (size_t i = 0; i < NR_FOLDERS; i++) {
        struct dirent **found = NULL;
        int nr = folder_path(i, own, out, n) ? presets_in(out, &found) : 0;
        free_names(found, nr);
        if (nr != 0)
            return true;
    }
    return false;
}

/* "hvm-1g, hvm-256m, …" of the first folder that has any. */
static void list_presets(char *out, size_t n)
{
    char folder[PATH_MAX];
    struct dirent **found = NULL;
    int nr = preset_folder(folder, sizeof folder) ? presets_in(folder, &found) : 0;
    out[0] = '\0';
    for (int j = 0; j < nr; j++) {
        size_t len = strlen(out), name = strlen(found[j]->d_name) - 4;
        if (len + name + 3 < n)
            (void)snprintf(out + len, n - len, "%s%.*s", j != 0 ? ", " : "", (int)name, found[j]->d_name);
    }
    free_names(found, nr);
}

bool layout_find(const char *name, char *out, size_t n, struct diag *d)
{
    char own[PATH_MAX], folder[PATH_MAX], presets[400];
    int len = snprintf(out, n, "%s", name);
    if (len < 0 || (size_t)len >= n)
        return diag_fail(d, "", 0, "the layout's path is too long");
    /* A path is left to the reader, which says what is wrong with it. */
    if (strchr(name, '/') != NULL || access(name, F_OK) == 0)
        return true;

    own_folder(own);
    const char *suffix = strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".cfg") == 0 ? "" : ".cfg";
    for (size_t i = 0; i < NR_FOLDERS; i++) {
        if (!folder_path(i, own, folder, sizeof folder))
            continue;
        len = snprintf(out, n, "%s/%s%s", folder, name, suffix);
        if (len > 0 && (size_t)len < n && access(out, R_OK) == 0)
            return true;
    }
    list_presets(presets, sizeof presets);
    return diag_fail(d, name, 0, "no such layout file%s%s", presets[0] != '\0' ? "; the presets are " : "", presets);
}

/*
 * Where hvmloader may lie; patterns for glob(3), the last match of the first that has one. %v is Xen's version: where
 * it stands in the name the binary is known to be of that version.
 */
static const char *const loaders[] = {
    "%s/firmware/hvmloader-%v",        "%s/../firmware/hvmloader-%v",
    "%s/../share/hvmbed/hvmloader-%v", "%s/../../share/hvmbed/hvmloader-%v",
    (HVMBED_DATADIR "/hvmloader-%v"),  "/usr/lib/xen-%v/boot/hvmloader",
    "%s/firmware/hvmloader",           "%s/../firmware/hvmloader",
    "%s/../share/hvmbed/hvmloader",    (HVMBED_DATADIR "/hvmloader"),
    "/usr/lib/xen-*/boot/hvmloader",   "/usr/lib/xen/boot/hvmloader",
    "/usr/libexec/xen/boot/hvmloader",
};

static bool loader_at(const char *pattern, const char *own, const char *version, char *out, size_t n)
{
    char versioned[PATH_MAX], path[PATH_MAX];
    glob_t found;
    if (!expand(pattern, "%v", version, versioned, sizeof versioned) ||
        !expand(versioned, "%s", own, path, sizeof path) || glob(path, 0, NULL, &found) != 0)
        return false;
    bool fits = snprintf(out, n, "%s", found.gl_pathv[found.gl_pathc - 1]) < (int)n;
    globfree(&found);
    return fits;
}

static bool find_loader(const struct layout *l, bool any, char *out, size_t n)
{
    char own[PATH_MAX], version[24];
    own_folder(own);
    (void)snprintf(version, sizeof version, "%u.%u", l->xen_major, l->xen_minor);
    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
        if ((any || strstr(loaders[i], "%v") != NULL) && loader_at(loaders[i], own, version, out, n))
            return true;
    return false;
}

bool hvmloader_find(const char *name, const struct layout *l, char *out, size_t n, struct diag *d)
{
    if (name != NULL)
        return snprintf(out, n, "%s", name) < (int)n || diag_fail(d, name, 0, "the name is too long");
    return find_loader(l, true, out, n) ||
           diag_fail(d, "", 0,
                     "no hvmloader is here: `make firmware` fetches Debian's, --hvmloader FILE names another");
}

bool hvmloader_of_version(const struct layout *l)
{
    char path[PATH_MAX];
    return find_loader(l, false, path, sizeof path);
}
