/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens volumes, files and sections, each below the node that holds it. Recursive; LIMIT_DEPTH bounds it. */
#include "image/tree_open.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/le.h"
#include "image/guid_names.h"
#include "image/lzma.h"
#include "image/section.h"

enum {
    FV_ATTRIBUTES = 44,
    FV_EXT_HEADER_OFFSET = 52,
    FV_EXT_HEADER_MIN = 20,
    FVB2_ERASE_POLARITY = 0x800, /* erased bytes are ones */

    FILE_RAW = 0x01,
    FILE_PAD = 0xf0,

    CRC32_VALUE = 20, /* E:BaseTools/Source/C/GenSec: the sum, behind the guided section's header */
};

struct opener {
    struct image_tree *t;
    bool unpack;
    bool failed; /* out of memory: everything stops */
};

/* Bytes to look into, and below which node. */
struct place {
    size_t buffer, start, end; /* offsets in the buffer */
    size_t parent;
    unsigned depth;
};

static void open_sections(struct opener *o, struct place at);
static void open_volumes(struct opener *o, struct place at, bool gaps);

/* The node's index, or TREE_NONE when there is none to open. */
static size_t add(struct opener *o, const struct place *at, struct tree_node n)
{
    n.buffer = at->buffer;
    n.parent = at->parent;
    n.depth = (uint8_t)at->depth;
    return tree_add(o->t, &n, &o->failed) != NULL ? o->t->nr_nodes - 1 : TREE_NONE;
}

static const uint8_t *bytes_at(const struct opener *o, const struct place *at)
{
    return o->t->buffer[at->buffer].bytes + at->start;
}

/* The place inside node @i; false when that is too deep. */
static bool inside(struct opener *o, size_t i, struct place *out)
{
    const struct tree_node *n = &o->t->node[i];
    if (n->depth + 1u >= limit(o->t->limits, LIMIT_DEPTH)) {
        o->t->depth_cut = true;
        o->t->node[i].problem = "not opened: nested too deep";
        return false;
    }
    *out = (struct place){n->buffer, n->body, n->offset + n->size, i, n->depth + 1u};
    return true;
}

/* --- sections */

/* GUIDs of the tools that can be applied to a section; the functions are below. */
static void open_lzma(struct opener *o, size_t i);
static void open_crc32(struct opener *o, size_t i);
static void open_closed(struct opener *o, size_t i);
static const struct {
    struct guid guid;
    const char *codec;
    void (*open)(struct opener *o, size_t i);
} tools[] = {
    /* E:MdeModulePkg/MdeModulePkg.dec, E:MdePkg/Include/Guid/Crc32GuidedSectionExtraction.h */
    {GUID(0xee4e5898, 0x3914, 0x4259, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf), "LZMA", open_lzma},
    {GUID(0xfc1bcdb0, 0x7d31, 0x49aa, 0x93, 0x6a, 0xa4, 0x60, 0x0d, 0x9d, 0xd0, 0x83), "CRC32", open_crc32},
    {GUID(0xd42ae6bd, 0x1352, 0x4bfb, 0x90, 0x9a, 0xca, 0x72, 0xa6, 0xea, 0xe8, 0x89), "LZMA-F86", open_closed},
    {GUID(0x3d532050, 0x5cda, 0x4fd0, 0x87, 0x9e, 0x0f, 0x7f, 0x63, 0x0d, 0x5a, 0xfb), "Brotli", open_closed},
    {GUID(0xa31280ad, 0x481e, 0x41b6, 0x95, 0xe8, 0x12, 0x7f, 0x4c, 0x98, 0x47, 0x79), "Tiano", open_closed},
};

static void open_plain(struct opener *o, size_t i)
{
    struct place in;
    if (inside(o, i, &in))
        open_sections(o, in);
}

static void open_closed(struct opener *o, size_t i)
{
    o->t->node[i].problem = "not opened: hvmbed cannot unpack this";
}

static void open_lzma(struct opener *o, size_t i)
{
    struct tree_node *n = &o->t->node[i];
    if (!o->unpack) {
        n->problem = "not opened";
        return;
    }
    struct place in;
    if (!inside(o, i, &in))
        return;
    size_t size;
    const uint8_t *body = tree_body(o->t, n, &size);
    const uint64_t promised = lzma_promised_size(body, size);
    if (promised == 0 || promised == UINT64_MAX) {
        n->problem = "not opened: the LZMA header tells no size";
        return;
    }
    if (promised > limit(o->t->limits, LIMIT_UNPACKED) - o->t->unpacked) {
        n->problem = "not opened: it would unpack to more than the limit";
        o->t->unpacked_cut = true;
        return;
    }
    const size_t unpacked_size = (size_t)promised;
    o->t->unpacked += unpacked_size; /* damage at the end has cost as much as none */
    uint8_t *unpacked = malloc(unpacked_size);
    if (unpacked == NULL) {
        o->failed = true;
        return;
    }
    if (!lzma_unpack(body, size, unpacked, unpacked_size)) {
        free(unpacked);
        n->problem = "the LZMA data are damaged";
        return;
    }
    struct tree_buffer b = {.bytes = unpacked, .size = unpacked_size, .owned = unpacked, .from = i};
    if (!tree_add_buffer(o->t, &b)) {
        free(unpacked);
        o->failed = true;
        return;
    }
    n->unpacked = o->t->nr_buffers - 1;
    open_sections(o, (struct place){n->unpacked, 0, unpacked_size, i, in.depth});
}

/* Not packed, only summed up. */
static void open_crc32(struct opener *o, size_t i)
{
    struct tree_node *n = &o->t->node[i];
    size_t size;
    const uint8_t *body = tree_body(o->t, n, &size);
    const uint8_t *sum = body - sizeof(uint32_t);
    if ((size_t)(n->body - n->offset) < 4 + CRC32_VALUE + sizeof(uint32_t))
        n->problem = "its header has no room for the CRC32";
    else if (crc32(0, body, (uInt)size) != le32(sum))
        n->problem = "its CRC32 is wrong";
    open_plain(o, i);
}

static void open_guided(struct opener *o, size_t i, bool processing_required)
{
    struct tree_node *n = &o->t->node[i];
    for (size_t k = 0; k < sizeof tools / sizeof tools[0]; k++)
        if (guid_equal(&n->guid, &tools[k].guid)) {
            n->codec = tools[k].codec;
            tools[k].open(o, i);
            return;
        }
    if (processing_required)
        n->problem = "not opened: needs a tool that hvmbed does not know";
    else
        open_plain(o, i);
}

static void open_compression(struct opener *o, size_t i, const struct section *s)
{
    struct tree_node *n = &o->t->node[i];
    if (s->compression == 0) {
        open_plain(o, i);
        return;
    }
    n->codec = s->compression == 1 ? "EFI or Tiano" : "unknown";
    open_closed(o, i);
}

static void take_name(struct opener *o, size_t i)
{
    size_t file = tree_enclosing(o->t, i, TREE_FILE), size;
    const uint8_t *body = tree_body(o->t, &o->t->node[i], &size);
    if (file != TREE_NONE)
        section_text(body, size, o->t->node[file].name, sizeof o->t->node[file].name);
}

static void open_section(struct opener *o, size_t i, const struct section *s)
{
    struct place in;
    if (s->type == SECTION_GUID_DEFINED)
        open_guided(o, i, s->processing_required);
    else if (s->type == SECTION_COMPRESSION)
        open_compression(o, i, s);
    else if (s->type == SECTION_DISPOSABLE)
        open_plain(o, i);
    else if (s->type == SECTION_FV_IMAGE && inside(o, i, &in))
        open_volumes(o, in, false);
    else if (s->type == SECTION_UI)
        take_name(o, i);
}

static void open_sections(struct opener *o, struct place at)
{
    const uint8_t *stream = bytes_at(o, &at);
    struct section s;
    bool damaged = false;
    for (size_t cursor = 0; !o->failed && section_next(stream, at.end - at.start, &cursor, &s, &damaged);) {
        size_t i = add(o, &at,
                       (struct tree_node){.kind = TREE_SECTION,
                                          .type = s.type,
                                          .offset = at.start + s.offset,
                                          .size = s.size,
                                          .body = at.start + s.body,
                                          .has_guid = s.has_guid,
                                          .guid = s.guid});
        if (i == TREE_NONE)
            return;
        open_section(o, i, &s);
    }
    if (damaged && at.parent != TREE_NONE && o->t->node[at.parent].problem == NULL)
        o->t->node[at.parent].problem = "damaged: a section in it claims an impossible size";
}

/* --- files */

static bool all(const uint8_t *p, size_t n, uint8_t value)
{
    return n == 0 || (p[0] == value && memcmp(p, p + 1, n - 1) == 0);
}

/* What lies behind the last file that could be read must be erased. */
static void check_rest(struct opener *o, size_t i, size_t rest)
{
    struct tree_node *n = &o->t->node[i];
    const uint8_t *volume = o->t->buffer[n->buffer].bytes + n->offset;
    uint8_t erased = (le32(volume + FV_ATTRIBUTES) & FVB2_ERASE_POLARITY) != 0 ? 0xff : 0;
    if (rest < n->size && !all(volume + rest, n->size - rest, erased) && n->problem == NULL)
        n->problem = "damaged: what follows its last readable file is neither a file nor erased";
}

static void open_files(struct opener *o, size_t i, const struct fv *fv)
{
    struct place in;
    if (!inside(o, i, &in))
        return;
    const struct tree_node *n = &o->t->node[i];
    const uint8_t *volume = o->t->buffer[n->buffer].bytes + n->offset;
    size_t base = n->offset, size = n->size, cursor = 0;
    struct fv here = *fv;
    here.offset = 0; /* alignment counts from the volume's start */
    struct ffs_file f;
    while (!o->failed && ffs_next(volume, size, &here, &cursor, &f)) {
        size_t k = add(o, &in,
                       (struct tree_node){.kind = TREE_FILE,
                                          .type = f.type,
                                          .offset = base + f.offset,
                                          .size = f.size,
                                          .body = base + f.offset + f.header_size,
                                          .has_guid = true,
                                          .guid = f.name});
        if (k == TREE_NONE)
            return;
        struct place body;
        if (f.type != FILE_RAW && f.type != FILE_PAD && inside(o, k, &body))
            open_sections(o, body);
    }
    check_rest(o, i, cursor != 0 ? cursor : ffs_first(volume, fv));
}

/* --- volumes */

/* The name in the extended header, when there is one. */
static bool volume_name(const uint8_t *volume, size_t size, struct guid *out)
{
    size_t ext = le16(volume + FV_EXT_HEADER_OFFSET);
    if (ext == 0 || size < FV_EXT_HEADER_MIN || ext > size - FV_EXT_HEADER_MIN)
        return false;
    memcpy(out->b, volume + ext, sizeof out->b);
    return true;
}

static void open_volume(struct opener *o, const struct place *at, const struct fv *fv)
{
    const uint8_t *volume = bytes_at(o, at) + fv->offset;
    struct tree_node n = {.kind = TREE_VOLUME,
                          .offset = at->start + fv->offset,
                          .size = (size_t)fv->length,
                          .body = at->start + fv->offset + fv->header_length,
                          .has_guid = true,
                          .guid = fv->fs,
                          .fs = fv->fs,
                          .problem = fv->checksum_ok ? NULL : "the checksum of its header is wrong"};
    bool files = fv_has_files(fv);
    if (files)
        (void)volume_name(volume, n.size, &n.guid);
    size_t i = add(o, at, n);
    if (i != TREE_NONE && files)
        open_files(o, i, fv);
}

static void add_gap(struct opener *o, const struct place *at, size_t start, size_t end)
{
    if (start < end)
        (void)add(
            o, at,
            (struct tree_node){
                .kind = TREE_PADDING, .offset = at->start + start, .size = end - start, .body = at->start + start});
}

static void open_volumes(struct opener *o, struct place at, bool gaps)
{
    const uint8_t *p = bytes_at(o, &at);
    size_t size = at.end - at.start, next = 0;
    struct fv fv;
    while (!o->failed && !o->t->nodes_cut && fv_next(p, size, next, &fv)) {
        if (gaps)
            add_gap(o, &at, next, fv.offset);
        open_volume(o, &at, &fv);
        next = fv.offset + (size_t)fv.length;
    }
    if (gaps && !o->failed)
        add_gap(o, &at, next, size);
    else if (next == 0 && at.parent != TREE_NONE && o->t->node[at.parent].problem == NULL)
        o->t->node[at.parent].problem = "no volume in it";
}

bool tree_open_fd(struct image_tree *t, bool unpack)
{
    struct opener o = {.t = t, .unpack = unpack};
    open_volumes(&o, (struct place){0, 0, t->buffer[0].size, TREE_NONE, 0}, true);
    return !o.failed;
}
