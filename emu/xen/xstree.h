/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store's nodes: a plain list in the order of their creation, which is the order in which xenstored names children.
 * A parent always comes before its children. Paths are absolute and valid; who may do what is the caller's business.
 */
#ifndef HVMBED_XEN_XSTREE_H
#define HVMBED_XEN_XSTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XS_PERMS_MAX 8u
#define XS_CAN_READ 1u
#define XS_CAN_WRITE 2u

/* The first one names the owner, who may do everything, and what those may that no other one names. */
struct xs_perm {
    uint16_t domid;
    uint8_t can; /* XS_CAN_* */
};

struct xs_node {
    char *path;     /* owned */
    size_t length;  /* of it */
    uint8_t *value; /* owned, NULL when empty */
    size_t size;
    struct xs_perm perm[XS_PERMS_MAX];
    unsigned nr_perms;
    bool touched; /* the owner of the tree has changed it, and nobody was told yet */
};

struct xs_tree {
    struct xs_node *node; /* owned */
    size_t nr, room;
};

/* A root that is domain 0's alone. False: out of memory, here and below. */
bool xstree_init(struct xs_tree *t);
void xstree_free(struct xs_tree *t);
/* @to is filled in, whatever it was. */
bool xstree_copy(struct xs_tree *to, const struct xs_tree *from);

struct xs_node *xstree_find(const struct xs_tree *t, const char *path);
/* The nearest node above @path; the root has itself. */
struct xs_node *xstree_above(const struct xs_tree *t, const char *path);
/* Is @path the node @top or below it? */
bool xstree_below(const char *path, const char *top);
/* The name of @path's last part, if it is a child of @parent; else NULL. */
const char *xstree_child(const char *path, const char *parent);
/* How many nodes there are not yet on the way to @path, itself included; and how many are @domid's. */
size_t xstree_missing(const struct xs_tree *t, const char *path);
size_t xstree_owned(const struct xs_tree *t, uint16_t domid);

/* The node @path, made with all that is missing above it; each inherits its parent's rights, a guest's are its own. */
struct xs_node *xstree_make(struct xs_tree *t, const char *path, uint16_t creator);
bool xstree_set(struct xs_node *n, const void *value, size_t size);
/* The node and all below it are gone. */
void xstree_remove(struct xs_tree *t, const char *path);

/* What @domid may do there: XS_CAN_*. */
unsigned xstree_can(const struct xs_node *n, uint16_t domid);

#endif
