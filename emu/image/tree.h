/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that an FD holds, as a tree: volumes, files, sections, and what compressed sections hold in turn. A parser of
 * hostile bytes: pure, bounded in depth, nodes and unpacked bytes; what it leaves out it says.
 */
#ifndef HVMBED_IMAGE_TREE_H
#define HVMBED_IMAGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/limits.h"
#include "image/fv.h"

#define TREE_NONE ((size_t)-1)

enum tree_kind { TREE_VOLUME, TREE_FILE, TREE_SECTION, TREE_PADDING };

/* Bytes that nodes lie in: the FD (the first), or what a section was unpacked to. */
struct tree_buffer {
    const uint8_t *bytes;
    size_t size;
    uint8_t *owned; /* the same bytes when the tree owns them, NULL for the caller's FD */
    size_t from;    /* the node that was unpacked, TREE_NONE for the FD */
};

struct tree_node {
    enum tree_kind kind;
    uint8_t type;        /* EFI_FV_FILETYPE_* of a file, EFI_SECTION_* of a section */
    uint8_t depth;       /* of nesting, 0 at the top */
    size_t parent;       /* its index, TREE_NONE at the top */
    size_t buffer;       /* index of the bytes it lies in */
    size_t offset, size; /* in these bytes, with its header */
    size_t body;         /* offset in these bytes of what follows the header; ends at offset + size */
    size_t unpacked;     /* sections: index of the buffer that this one was unpacked to, 0 when it was not */
    bool has_guid;
    struct guid guid;    /* a volume's name or else its file system's, a file's name, a section's GUID */
    struct guid fs;      /* a volume's file system */
    char name[64];       /* a file's, from its user-interface section (printable ASCII), or "" */
    const char *codec;   /* sections: how they are packed ("LZMA", "Tiano" …), static; NULL for not at all */
    const char *problem; /* what is wrong with it, or why it was not opened; static; NULL for nothing */
};

struct image_tree {
    const struct limits *limits; /* of nodes, depth, unpacked bytes; NULL: the defaults */
    struct tree_buffer *buffer;  /* owned */
    size_t nr_buffers;
    struct tree_node *node; /* owned; a parent before its children, siblings in order of their bytes */
    size_t nr_nodes, room;
    size_t unpacked; /* bytes that sections promised and that were tried; counts against the limit */
    bool nodes_cut, depth_cut, unpacked_cut; /* a limit was met: there is more than the tree shows */
};

/*
 * Makes the tree of an FD. @fd stays the caller's and must outlive the tree. Without @unpack, compressed sections stay
 * closed (they are 99 % of the work). @limits (NULL: the defaults) outlives it. Damage is told in the nodes; false with @d only when out of memory.
 */
bool image_tree_build(const uint8_t *fd, size_t size, bool unpack, const struct limits *limits, struct image_tree *t,
                      struct diag *d);
void image_tree_free(struct image_tree *t);
/* Adds the limits that were met. */
void image_tree_limits_met(const struct image_tree *t, struct limits_reached *out);

/* The bytes of a node after its headers; *@size of them. They live as long as the tree and its FD. */
const uint8_t *tree_body(const struct image_tree *t, const struct tree_node *n, size_t *size);
/* The largest buffer that LZMA data in the FD itself were unpacked to: of its node's body. NULL for none. */
const struct tree_buffer *tree_most_unpacked(const struct image_tree *t);
/* The nearest node of @kind around node @i (or itself); TREE_NONE when there is none. */
size_t tree_enclosing(const struct image_tree *t, size_t i, enum tree_kind kind);
/* "FVMAIN_COMPACT/DXEFV/DxeCore": the volumes around node @i and the file; what has no name is told by its GUID. */
void tree_path(const struct image_tree *t, size_t i, char *out, size_t room);
/* What a node is called: its name, a well-known GUID's name, or NULL. */
const char *tree_name(const struct tree_node *n);

/* Bits of ffs file types and section types in words: "PEIM", "DXE driver"; "PE32", "UI". */
const char *tree_file_type(uint8_t type);
const char *tree_section_type(uint8_t type);

#endif
