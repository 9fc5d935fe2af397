/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every PE32 and TE image in a firmware, as a flat list, with its name. Pure. */
#ifndef HVMBED_IMAGE_MODULES_H
#define HVMBED_IMAGE_MODULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/tree.h"

struct image_module {
    const uint8_t *bytes; /* of the PE32 or TE image, as stored; the tree's, or its FD's: live as long as both */
    size_t size;
    bool te;           /* in a TE section */
    bool packed;       /* was unpacked: cannot be executed where it is stored */
    uint8_t file_type; /* EFI_FV_FILETYPE_* of the file it is in, 0 when it is in none */
    struct guid file;  /* the file's name */
    const char *name;  /* from the file's user-interface section, "" when it has none; the tree's */
    size_t node;       /* the section's index in the tree, for tree_path */
};

/*
 * Iterates in the order of the image: *@cursor starts 0. False at the end. Bytes are what the section holds: whether
 * they are a valid PE or TE image is for pe_parse to say.
 */
bool image_module_next(const struct image_tree *t, size_t *cursor, struct image_module *out);
/* The first whose file is named so by its user-interface section. */
bool image_module_find(const struct image_tree *t, const char *name, struct image_module *out);

#endif
