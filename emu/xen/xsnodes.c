/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests about nodes: X:tools/xenstore/xenstored_core.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/xsrequest.h"

/* The body is one string with its zero: a node's name. */
static const char *one_path(const struct xs_request *r, char path[XS_PATH_ROOM])
{
    const bool one = r->n != 0 && memchr(r->body, '\0', r->n) == r->body + r->n - 1;
    return one && xs_absolute(r->body, false, path) ? NULL : "EINVAL";
}

/* X:xenstored_core.c:get_node, errno_from_parents: what may not be seen is not told about either. */
static const char *get_node(const struct xs_request *r, const char *path, unsigned can, struct xs_node **n)
{
    *n = xstree_find(r->tree, path);
    if (*n != NULL && (xstree_can(*n, BED_DOMID) & can) == can)
        return NULL;
    const bool told = (xstree_can(xstree_above(r->tree, path), BED_DOMID) & can) != 0;
    const char *const error = *n == NULL && told ? "ENOENT" : "EACCES";
    *n = NULL;
    return error;
}

/* @n has been changed: those who watch hear of it at once, or when the transaction ends. */
static void changed(const struct xs_request *r, struct xs_node *n)
{
    struct xenstore *const s = &r->x->store;
    n->touched = r->in != NULL;
    if (r->in != NULL)
        return;
    s->generation++;
    s->changed = true;
    xs_tell(s, n->path);
}

bool xenstore_write(struct xen *x, const char *path, const char *value)
{
    struct xs_tree *const t = xenstore_tree(x);
    struct xs_node *const n = t != NULL ? xstree_make(t, path, 0) : NULL;
    if (n == NULL || !xstree_set(n, value, strlen(value)))
        return false;
    x->store.generation++;
    xs_tell(&x->store, path);
    return true;
}

const char *xs_do_read(struct xs_request *r)
{
    char path[XS_PATH_ROOM];
    struct xs_node *n;
    const char *error = one_path(r, path);
    if (error == NULL)
        error = get_node(r, path, XS_CAN_READ, &n);
    return error != NULL ? error : xs_answer(r, n->value != NULL ? (const void *)n->value : "", n->size);
}

const char *xs_do_directory(struct xs_request *r)
{
    char path[XS_PATH_ROOM], names[XENSTORE_PAYLOAD_MAX];
    struct xs_node *n;
    size_t used = 0;
    const char *error = one_path(r, path);
    if (error == NULL)
        error = get_node(r, path, XS_CAN_READ, &n);
    for (size_t i = 0; error == NULL && i < r->tree->nr; i++) {
        const char *const name = xstree_child(r->tree->node[i].path, path);
        const size_t size = name != NULL ? strlen(name) + 1 : 0;
        if (size > sizeof names - used)
            error = "E2BIG";
        else if (size != 0)
            memcpy(names + used, name, size);
        used += size;
    }
    return error != NULL ? error : xs_answer(r, names, used);
}

static const char *set(struct xs_request *r, const char *path, const char *value, size_t size)
{
    struct xs_node *n;
    const char *const error = get_node(r, path, XS_CAN_WRITE, &n);
    if (error != NULL && strcmp(error, "ENOENT") != 0)
        return error;
    if (size > XENSTORE_NODE_SIZE_MAX)
        return "ENOSPC";
    if (xstree_missing(r->tree, path) + xstree_owned(r->tree, BED_DOMID) > limit(r->x->limits, LIMIT_XENSTORE)) {
        limit_reach(&r->x->met, LIMIT_XENSTORE, r->x->limits, true);
        return "ENOSPC";
    }
    n = xstree_make(r->tree, path, BED_DOMID);
    if (n == NULL || !xstree_set(n, value, size))
        return "ENOMEM";
    changed(r, n);
    return xs_acknowledge(r);
}

const char *xs_do_write(struct xs_request *r)
{
    char path[XS_PATH_ROOM];
    const char *const end = memchr(r->body, '\0', r->n);
    if (end == NULL || !xs_absolute(r->body, false, path))
        return "EINVAL";
    const size_t at = (size_t)(end - r->body) + 1;
    return set(r, path, r->body + at, r->n - at);
}

const char *xs_do_mkdir(struct xs_request *r)
{
    char path[XS_PATH_ROOM];
    struct xs_node *n;
    const char *const error = one_path(r, path);
    if (error != NULL)
        return error;
    return get_node(r, path, XS_CAN_WRITE, &n) == NULL ? xs_acknowledge(r) : set(r, path, "", 0);
}

const char *xs_do_rm(struct xs_request *r)
{
    char path[XS_PATH_ROOM];
    struct xs_node *n;
    struct xs_tree before = {0};
    struct xenstore *const s = &r->x->store;
    const char *error = one_path(r, path);
    if (error == NULL)
        error = get_node(r, path, XS_CAN_WRITE, &n);
    if (error != NULL && strcmp(error, "ENOENT") == 0) {
        char parent[XS_PATH_ROOM];
        (void)snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
        return parent[0] == '\0' || xstree_find(r->tree, parent) != NULL ? xs_acknowledge(r) : error;
    }
    if (error != NULL)
        return error;
    if (strcmp(path, "/") == 0)
        return "EINVAL";
    if (r->in == NULL && !xstree_copy(&before, r->tree))
        return "ENOMEM";
    xstree_remove(r->tree, path);
    if (r->in == NULL) {
        s->generation++;
        s->changed = true;
        xs_tell_removed(s, &before);
        xstree_free(&before);
    }
    return xs_acknowledge(r);
}

const char *xs_do_get_perms(struct xs_request *r)
{
    static const char letters[] = "nrwb";
    char path[XS_PATH_ROOM], text[XS_PERMS_MAX * 8];
    struct xs_node *n;
    size_t used = 0;
    const char *error = one_path(r, path);
    if (error == NULL)
        error = get_node(r, path, XS_CAN_READ, &n);
    for (unsigned i = 0; error == NULL && i < n->nr_perms; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%c%u", letters[n->perm[i].can], n->perm[i].domid) + 1;
    return error != NULL ? error : xs_answer(r, text, used);
}

static bool parse_perm(const char *text, struct xs_perm *p)
{
    static const char letters[] = "nrwb";
    const char *const letter = text[0] != '\0' ? strchr(letters, text[0]) : NULL;
    char *end;
    if (letter == NULL || text[1] < '0' || text[1] > '9')
        return false;
    const unsigned long domid = strtoul(text + 1, &end, 10);
    *p = (struct xs_perm){(uint16_t)domid, (uint8_t)(letter - letters)};
    return *end == '\0' && domid < DOMID_FIRST_RESERVED;
}

const char *xs_do_set_perms(struct xs_request *r)
{
    char path[XS_PATH_ROOM];
    struct xs_perm perm[XS_PERMS_MAX];
    struct xs_node *n;
    unsigned nr = 0;
    if (r->n == 0 || r->body[r->n - 1] != '\0' || !xs_absolute(r->body, false, path))
        return "EINVAL";
    for (size_t at = strlen(r->body) + 1; at < r->n; at += strlen(r->body + at) + 1, nr++)
        if (nr == XS_PERMS_MAX || !parse_perm(r->body + at, &perm[nr]))
            return nr == XS_PERMS_MAX ? "ENOSPC" : "EINVAL";
    if (nr == 0)
        return "EINVAL";
    const char *const error = get_node(r, path, XS_CAN_READ | XS_CAN_WRITE, &n);
    if (error != NULL)
        return error;
    if (perm[0].domid != n->perm[0].domid || n->perm[0].domid != BED_DOMID)
        return n->perm[0].domid != BED_DOMID ? "EACCES" : "EPERM";
    memcpy(n->perm, perm, nr * sizeof *perm);
    n->nr_perms = nr;
    changed(r, n);
    return xs_acknowledge(r);
}
