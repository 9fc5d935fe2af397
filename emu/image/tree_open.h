/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the tree is filled; for tree*.c only. */
#ifndef HVMBED_IMAGE_TREE_OPEN_H
#define HVMBED_IMAGE_TREE_OPEN_H

#include "image/tree.h"

/* A new node at the end, NULL when there are too many (told in @t) or, with *@failed, when out of memory. */
struct tree_node *tree_add(struct image_tree *t, const struct tree_node *n, bool *failed);
bool tree_add_buffer(struct image_tree *t, const struct tree_buffer *b);
/* Fills the tree from its first buffer. False when out of memory. */
bool tree_open_fd(struct image_tree *t, bool unpack);

#endif
