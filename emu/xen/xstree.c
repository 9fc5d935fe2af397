/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/xstree.h"

#include <stdlib.h>
#include <string.h>

static void free_node(struct xs_node *n)
{
    free(n->path);
    free(n->value);
}

static struct xs_node *append(struct xs_tree *t, const char *path, size_t n)
{
    if (t->nr == t->room) {
        const size_t room = t->room != 0 ? 2 * t->room : 64;
        struct xs_node *grown = realloc(t->node, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        t->node = grown;
        t->room = room;
    }
    char *const copy = strndup(path, n);
    if (copy == NULL)
        return NULL;
    struct xs_node *const node = &t->node[t->nr++];
    *node = (struct xs_node){.path = copy, .length = strlen(copy)};
    return node;
}

bool xstree_init(struct xs_tree *t)
{
    *t = (struct xs_tree){0};
    struct xs_node *const root = append(t, "/", 1);
    if (root != NULL)
        root->nr_perms = 1; /* domain 0, nothing for others */
    return root != NULL;
}

void xstree_free(struct xs_tree *t)
{
    for (size_t i = 0; i < t->nr; i++)
        free_node(&t->node[i]);
    free(t->node);
    *t = (struct xs_tree){0};
}

bool xstree_copy(struct xs_tree *to, const struct xs_tree *from)
{
    *to = (struct xs_tree){0};
    for (size_t i = 0; i < from->nr; i++) {
        const struct xs_node *const a = &from->node[i];
        struct xs_node *const b = append(to, a->path, a->length);
        if (b == NULL || !xstree_set(b, a->value, a->size)) {
            xstree_free(to);
            return false;
        }
        memcpy(b->perm, a->perm, sizeof b->perm);
        b->nr_perms = a->nr_perms;
    }
    return true;
}

/* Whoever asks is often about to add to what was added last. */
static struct xs_node *find(const struct xs_tree *t, const char *path, size_t n)
{
    for (size_t i = t->nr; i-- > 0;)
        if (t->node[i].length == n && memcmp(t->node[i].path, path, n) == 0)
            return &t->node[i];
    return NULL;
}

struct xs_node *xstree_find(const struct xs_tree *t, const char *path)
{
    return find(t, path, strlen(path));
}

/* The length of the path above the first @n bytes of @path. */
static size_t above(const char *path, size_t n)
{
    while (n > 1 && path[n - 1] != '/')
        n--;
    return n > 1 ? n - 1 : 1;
}

struct xs_node *xstree_above(const struct xs_tree *t, const char *path)
{
    struct xs_node *node = NULL;
    for (size_t n = strlen(path); node == NULL; node = find(t, path, n))
        n = above(path, n);
    return node;
}

bool xstree_below(const char *path, const char *top)
{
    const size_t n = strlen(top);
    return n == 1 || (strncmp(path, top, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

const char *xstree_child(const char *path, const char *parent)
{
    const size_t n = strlen(parent) == 1 ? 0 : strlen(parent);
    if (strncmp(path, parent, n) != 0 || path[n] != '/' || path[n + 1] == '\0')
        return NULL;
    return strchr(path + n + 1, '/') == NULL ? path + n + 1 : NULL;
}

size_t xstree_missing(const struct xs_tree *t, const char *path)
{
    size_t missing = 0;
    for (size_t n = strlen(path); find(t, path, n) == NULL; n = above(path, n))
        missing++;
    return missing;
}

size_t xstree_owned(const struct xs_tree *t, uint16_t domid)
{
    size_t n = 0;
    for (size_t i = 0; i < t->nr; i++)
        n += t->node[i].perm[0].domid == domid;
    return n;
}

struct xs_node *xstree_make(struct xs_tree *t, const char *path, uint16_t creator)
{
    const size_t all = strlen(path);
    size_t have = all;
    while (find(t, path, have) == NULL)
        have = above(path, have);
    while (have < all) {
        const size_t parent = (size_t)(find(t, path, have) - t->node);
        size_t next = have == 1 ? 1 : have + 1;
        next += strcspn(path + next, "/");
        struct xs_node *const n = append(t, path, next);
        if (n == NULL)
            return NULL;
        memcpy(n->perm, t->node[parent].perm, sizeof n->perm);
        n->nr_perms = t->node[parent].nr_perms;
        if (creator != 0)
            n->perm[0].domid = creator;
        have = next;
    }
    return find(t, path, all);
}

bool xstree_set(struct xs_node *n, const void *value, size_t size)
{
    uint8_t *const copy = size != 0 ? malloc(size) : NULL;
    if (size != 0 && copy == NULL)
        return false;
    if (size != 0)
        memcpy(copy, value, size);
    free(n->value);
    n->value = copy;
    n->size = size;
    return true;
}

void xstree_remove(struct xs_tree *t, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->nr; i++) {
        if (xstree_below(t->node[i].path, path))
            free_node(&t->node[i]);
        else
            t->node[kept++] = t->node[i];
    }
    t->nr = kept;
}

unsigned xstree_can(const struct xs_node *n, uint16_t domid)
{
    if (domid == 0 || n->perm[0].domid == domid)
        return XS_CAN_READ | XS_CAN_WRITE;
    for (unsigned i = 1; i < n->nr_perms; i++)
        if (n->perm[i].domid == domid)
            return n->perm[i].can;
    return n->perm[0].can;
}
