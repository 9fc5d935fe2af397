/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/modules.h"

#include <string.h>

#include "image/section.h"

bool image_module_next(const struct image_tree *t, size_t *cursor, struct image_module *out)
{
    for (size_t i = *cursor; i < t->nr_nodes; i++) {
        const struct tree_node *n = &t->node[i];
        if (n->kind != TREE_SECTION || (n->type != SECTION_PE32 && n->type != SECTION_TE))
            continue;
        *out = (struct image_module){.te = n->type == SECTION_TE, .packed = n->buffer != 0, .name = "", .node = i};
        out->bytes = tree_body(t, n, &out->size);
        size_t file = tree_enclosing(t, i, TREE_FILE);
        if (file != TREE_NONE) {
            out->file_type = t->node[file].type;
            out->file = t->node[file].guid;
            out->name = t->node[file].name;
        }
        *cursor = i + 1;
        return true;
    }
    *cursor = t->nr_nodes;
    return false;
}

bool image_module_find(const struct image_tree *t, const char *name, struct image_module *out)
{
    struct image_module m;
    for (size_t cursor = 0; image_module_next(t, &cursor, &m);)
        if (strcmp(m.name, name) == 0) {
            *out = m;
            return true;
        }
    return false;
}
