/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/tree.h"

#include <stdlib.h>
#include <string.h>

#include "image/guid_names.h"
#include "image/tree_open.h"

struct tree_node *tree_add(struct image_tree *t, const struct tree_node *n, bool *failed)
{
    if (t->nr_nodes == limit(t->limits, LIMIT_NODES)) {
        t->nodes_cut = true;
        return NULL;
    }
    if (t->nr_nodes == t->room) {
        size_t room = t->room != 0 ? 2 * t->room : 1024;
        struct tree_node *more = realloc(t->node, room * sizeof *more);
        if (more == NULL) {
            *failed = true;
            return NULL;
        }
        t->node = more;
        t->room = room;
    }
    t->node[t->nr_nodes] = *n;
    return &t->node[t->nr_nodes++];
}

bool tree_add_buffer(struct image_tree *t, const struct tree_buffer *b)
{
    struct tree_buffer *more = realloc(t->buffer, (t->nr_buffers + 1) * sizeof *more);
    if (more == NULL)
        return false;
    t->buffer = more;
    t->buffer[t->nr_buffers++] = *b;
    return true;
}

bool image_tree_build(const uint8_t *fd, size_t size, bool unpack, const struct limits *limits, struct image_tree *t,
                      struct diag *d)
{
    *t = (struct image_tree){.limits = limits};
    if (tree_add_buffer(t, &(struct tree_buffer){.bytes = fd, .size = size, .from = TREE_NONE}) &&
        tree_open_fd(t, unpack))
        return true;
    image_tree_free(t);
    return diag_fail(d, "", 0, "out of memory for the firmware's contents");
}

void image_tree_free(struct image_tree *t)
{
    for (size_t i = 0; i < t->nr_buffers; i++)
        free(t->buffer[i].owned);
    free(t->buffer);
    free(t->node);
    *t = (struct image_tree){0};
}

void image_tree_limits_met(const struct image_tree *t, struct limits_reached *out)
{
    limit_reach(out, LIMIT_NODES, t->limits, t->nodes_cut);
    limit_reach(out, LIMIT_DEPTH, t->limits, t->depth_cut);
    limit_reach(out, LIMIT_UNPACKED, t->limits, t->unpacked_cut);
}

const uint8_t *tree_body(const struct image_tree *t, const struct tree_node *n, size_t *size)
{
    *size = n->offset + n->size - n->body;
    return t->buffer[n->buffer].bytes + n->body;
}

const struct tree_buffer *tree_most_unpacked(const struct image_tree *t)
{
    const struct tree_buffer *most = NULL;
    for (size_t i = 1; i < t->nr_buffers; i++)
        if (t->node[t->buffer[i].from].buffer == 0 && (most == NULL || t->buffer[i].size > most->size))
            most = &t->buffer[i];
    return most;
}

size_t tree_enclosing(const struct image_tree *t, size_t i, enum tree_kind kind)
{
    while (i != TREE_NONE && t->node[i].kind != kind)
        i = t->node[i].parent;
    return i;
}

const char *tree_name(const struct tree_node *n)
{
    return n->name[0] != '\0' ? n->name : n->has_guid ? guid_name(&n->guid) : NULL;
}

/* Volumes and the innermost file count; files that only carry a volume do not. */
static bool in_path(const struct image_tree *t, size_t i, bool innermost)
{
    return t->node[i].kind == TREE_VOLUME || (t->node[i].kind == TREE_FILE && innermost);
}

void tree_path(const struct image_tree *t, size_t i, char *out, size_t room)
{
    size_t step[LIMIT_DEPTH_MOST + 1], n = 0;
    bool file_seen = false, volume_seen = false;
    for (; i != TREE_NONE && n < sizeof step / sizeof step[0]; i = t->node[i].parent)
        if (in_path(t, i, !file_seen && !volume_seen)) {
            file_seen = file_seen || t->node[i].kind == TREE_FILE;
            volume_seen = volume_seen || t->node[i].kind == TREE_VOLUME;
            step[n++] = i;
        }
    size_t used = 0;
    out[0] = '\0';
    while (n-- > 0) {
        const struct tree_node *node = &t->node[step[n]];
        char guid[GUID_TEXT_SIZE];
        guid_format(&node->guid, guid);
        const char *name = tree_name(node);
        name = name != NULL ? name : guid;
        size_t length = strlen(name), slash = used != 0 ? 1 : 0;
        if (used + slash + length >= room)
            return;
        if (slash != 0)
            out[used++] = '/';
        memcpy(out + used, name, length + 1);
        used += length;
    }
}

/* PI 1.7 volume 3, tables 3-3 and 3-6, shortened. */
static const struct {
    uint8_t type;
    const char *name;
} file_types[] = {{0x01, "raw"},        {0x02, "freeform"},        {0x03, "SEC core"},
                  {0x04, "PEI core"},   {0x05, "DXE core"},        {0x06, "PEIM"},
                  {0x07, "DXE driver"}, {0x08, "PEIM and driver"}, {0x09, "application"},
                  {0x0a, "MM driver"},  {0x0b, "volume image"},    {0x0c, "MM and DXE driver"},
                  {0x0d, "MM core"},    {0x0e, "MM standalone"},   {0x0f, "MM standalone core"},
                  {0xf0, "pad"}},
  section_types[] = {{0x01, "compression"}, {0x02, "GUID-defined"}, {0x03, "disposable"}, {0x10, "PE32"},
                     {0x11, "PIC"},         {0x12, "TE"},           {0x13, "DXE depex"},  {0x14, "version"},
                     {0x15, "UI"},          {0x16, "16-bit"},       {0x17, "volume"},     {0x18, "freeform"},
                     {0x19, "raw"},         {0x1b, "PEI depex"},    {0x1c, "MM depex"}};

const char *tree_file_type(uint8_t type)
{
    for (size_t i = 0; i < sizeof file_types / sizeof file_types[0]; i++)
        if (file_types[i].type == type)
            return file_types[i].name;
    return "unknown type";
}

const char *tree_section_type(uint8_t type)
{
    for (size_t i = 0; i < sizeof section_types / sizeof section_types[0]; i++)
        if (section_types[i].type == type)
            return section_types[i].name;
    return "unknown type";
}
