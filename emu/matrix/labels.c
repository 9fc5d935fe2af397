/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last @n components of @path, all of it when it has no more. */
static const char *tail(const char *path, unsigned n)
{
    const char *at = path + strlen(path);
    while (at > path) {
        if (at[-1] == '/' && --n == 0)
            break;
        at--;
    }
    return at;
}

static bool is_unique(const char *const *path, size_t nr, size_t i, unsigned n)
{
    for (size_t j = 0; j < nr; j++)
        if (j != i && strcmp(tail(path[j], n), tail(path[i], n)) == 0)
            return false;
    return true;
}

static bool ends_with(const char *text, size_t n, const char *suffix)
{
    size_t k = strlen(suffix);
    return n > k && memcmp(text + n - k, suffix, k) == 0;
}

char *label_make(const char *const *path, size_t nr, size_t i, const char *suffix)
{
    unsigned n = 1;
    while (!is_unique(path, nr, i, n) && tail(path[i], n) != path[i])
        n++;
    const char *label = path[i][0] != '\0' ? tail(path[i], n) : "default layout";
    size_t size = strlen(label);
    return strndup(label, ends_with(label, size, suffix) ? size - strlen(suffix) : size);
}

char *label_file(const char *layout, const char *image)
{
    char *name;
    size_t n = strlen(image);
    if (asprintf(&name, "%s--%.*s", layout, (int)(ends_with(image, n, ".fd") ? n - 3 : n), image) < 0)
        return NULL;
    for (char *c = name; *c != '\0'; c++)
        if (*c == '/' || *c == ' ' || (unsigned char)*c < ' ' || *c == 0x7f)
            *c = '-';
    return name;
}
