/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lzma.h>
#include <zlib.h>

#include "build_fd.h"
#include "image/depex.h"
#include "image/guid_names.h"
#include "image/lzma.h"
#include "image/modules.h"
#include "image/section.h"
#include "image/tree.h"

enum { FV = 0x2000, BIG = 1 << 20 };

static const struct guid lzma_guid = GUID(0xee4e5898, 0x3914, 0x4259, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf);
static const struct guid crc_guid = GUID(0xfc1bcdb0, 0x7d31, 0x49aa, 0x93, 0x6a, 0xa4, 0x60, 0x0d, 0x9d, 0xd0, 0x83);
static const struct guid brotli_guid = GUID(0x3d532050, 0x5cda, 0x4fd0, 0x87, 0x9e, 0x0f, 0x7f, 0x63, 0x0d, 0x5a, 0xfb);

/* Whatever the bytes were: every node lies in its buffer and below its parent, every iteration ends. */
static void check_tree(const struct image_tree *t)
{
    assert_true(t->nr_nodes <= LIMIT_NODES_DEFAULT);
    assert_true(t->unpacked <= LIMIT_UNPACKED_DEFAULT);
    for (size_t i = 0; i < t->nr_nodes; i++) {
        const struct tree_node *n = &t->node[i];
        assert_true(n->buffer < t->nr_buffers);
        const struct tree_buffer *b = &t->buffer[n->buffer];
        assert_true(n->offset <= b->size && n->size <= b->size - n->offset);
        assert_true(n->body >= n->offset && n->body <= n->offset + n->size);
        assert_true(n->depth < LIMIT_DEPTH_DEFAULT);
        assert_true(n->parent == TREE_NONE ? n->depth == 0 : n->parent < i && t->node[n->parent].depth + 1 == n->depth);
        assert_non_null(memchr(n->name, '\0', sizeof n->name));
        char path[256], words[DEPEX_TEXT_SIZE];
        tree_path(t, i, path, sizeof path);
        size_t size;
        const uint8_t *body = tree_body(t, n, &size);
        if (n->kind == TREE_SECTION)
            (void)depex_format(body, size, words);
    }
    struct image_module m;
    size_t modules = 0;
    for (size_t cursor = 0; image_module_next(t, &cursor, &m); modules++)
        assert_true(m.node < t->nr_nodes && m.name != NULL);
    assert_true(modules <= t->nr_nodes);
}

static void build(struct image_tree *t, const uint8_t *fd, size_t size)
{
    struct diag d = {0};
    assert_true(image_tree_build(fd, size, true, NULL, t, &d));
    check_tree(t);
}

static size_t count(const struct image_tree *t, enum tree_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < t->nr_nodes; i++)
        n += t->node[i].kind == kind ? 1 : 0;
    return n;
}

static bool has_problem(const struct image_tree *t, const char *text)
{
    for (size_t i = 0; i < t->nr_nodes; i++)
        if (t->node[i].problem != NULL && strstr(t->node[i].problem, text) != NULL)
            return true;
    return false;
}

/* An FD of @size bytes whose one volume holds one file of type @type with these @n bytes of sections. */
static uint8_t *one_file(size_t size, uint8_t type, const uint8_t *sections, size_t n)
{
    uint8_t *fd = malloc(size);
    assert_non_null(fd);
    assert_true(n + BUILD_FV_HEADER + 24 <= size);
    build_fv(fd, (uint32_t)size, build_ffs2);
    memcpy(build_ffs(fd + BUILD_FV_HEADER, (uint32_t)n + 24, type, 0x33), sections, n);
    return fd;
}

/* A module's sections: a PE32 body of @n bytes 'p', a name. Returns the length. */
static size_t module_sections(uint8_t *at, const char *name, uint32_t n)
{
    uint8_t body[256];
    memset(body, 'p', sizeof body);
    return (size_t)(build_ui(build_section(at, SECTION_PE32, body, n), name) - at);
}

/* A GUID-defined section around @n bytes; @extra bytes of header follow the common one. Returns the length. */
static size_t guided(uint8_t *at, const struct guid *g, const uint8_t *body, size_t n, size_t extra,
                     uint16_t attributes)
{
    size_t header = 24 + extra, size = header + n;
    memset(at, 0, header);
    at[0] = (uint8_t)size;
    at[1] = (uint8_t)(size >> 8);
    at[2] = (uint8_t)(size >> 16);
    at[3] = SECTION_GUID_DEFINED;
    memcpy(at + 4, g->b, 16);
    put_le16(at + 20, (uint16_t)header);
    put_le16(at + 22, attributes);
    memcpy(at + header, body, n);
    return (size + 3) & ~(size_t)3;
}

/* A limit of @max: so many nodes then (0: any number), and whether it is said to be met. */
static void limited(const uint8_t *fd, size_t size, enum limit_id id, uint64_t max, size_t nodes, bool reached)
{
    struct limits l = {.max = {0}};
    struct limits_reached met = {.at = {0}};
    struct image_tree t;
    struct diag d = {0};
    l.max[id] = max;
    assert_true(image_tree_build(fd, size, true, &l, &t, &d));
    image_tree_limits_met(&t, &met);
    assert_true(nodes == 0 || t.nr_nodes == nodes);
    assert_int_equal(met.at[id], reached ? max : 0);
    met.at[id] = 0;
    assert_false(limits_any(&met));
    image_tree_free(&t);
}

/* LZMA as edk2 has it: with its size in the header. */
static size_t lzma_pack(const uint8_t *p, size_t n, uint8_t *out, size_t room)
{
    lzma_options_lzma options;
    lzma_stream s = LZMA_STREAM_INIT;
    assert_false(lzma_lzma_preset(&options, 1));
    assert_int_equal(lzma_alone_encoder(&s, &options), LZMA_OK);
    s.next_in = p;
    s.avail_in = n;
    s.next_out = out;
    s.avail_out = room;
    assert_int_equal(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
    size_t size = room - s.avail_out;
    lzma_end(&s);
    put_le64(out + 5, n);
    return size;
}

static void a_module(void **state)
{
    (void)state;
    uint8_t sections[512];
    size_t n = module_sections(sections, "PeiCore", 100);
    uint8_t *fd = one_file(FV, 4, sections, n);
    struct image_tree t;
    build(&t, fd, FV);
    assert_int_equal(t.nr_nodes, 4); /* volume, file, two sections */
    assert_false(t.nodes_cut || t.depth_cut || t.unpacked_cut);
    struct image_module m;
    size_t cursor = 0;
    assert_true(image_module_next(&t, &cursor, &m));
    assert_string_equal(m.name, "PeiCore");
    assert_int_equal(m.size, 100);
    assert_ptr_equal(m.bytes, fd + BUILD_FV_HEADER + 24 + 4);
    assert_int_equal(m.file_type, 4);
    assert_false(m.packed || m.te);
    assert_false(image_module_next(&t, &cursor, &m));
    assert_true(image_module_find(&t, "PeiCore", &m));
    assert_false(image_module_find(&t, "PeiCor", &m));
    char path[128];
    tree_path(&t, m.node, path, sizeof path);
    assert_string_equal(path, "gEfiFirmwareFileSystem2Guid/PeiCore");
    tree_path(&t, m.node, path, 16); /* what does not fit is left out */
    assert_string_equal(path, "");
    image_tree_free(&t);
    free(fd);
}

static void packed_volume(void **state)
{
    (void)state;
    uint8_t sections[512], *inner, *stream = calloc(1, FV + 64), *packed = malloc(BIG), *outer = malloc(BIG);
    size_t n = module_sections(sections, "DxeCore", 40);
    inner = one_file(FV, 5, sections, n);
    size_t stream_size = (size_t)(build_section(stream, SECTION_FV_IMAGE, inner, FV) - stream);
    size_t packed_size = lzma_pack(stream, stream_size, packed, BIG);
    size_t outer_size = guided(outer, &lzma_guid, packed, packed_size, 0, 1);
    uint8_t *fd = one_file(2 * FV, 0x0b, outer, outer_size);

    struct image_tree t;
    build(&t, fd, 2 * FV);
    struct image_module m;
    assert_true(image_module_find(&t, "DxeCore", &m));
    assert_true(m.packed);
    assert_int_equal(m.size, 40);
    assert_int_equal(m.bytes[0], 'p');
    assert_int_equal(count(&t, TREE_VOLUME), 2);
    assert_int_equal(t.nr_buffers, 2);
    assert_int_equal(t.unpacked, stream_size);
    assert_string_equal(t.node[2].codec, "LZMA");
    assert_int_equal(t.node[2].unpacked, 1);
    image_tree_free(&t);

    struct diag d = {0}; /* closed */
    assert_true(image_tree_build(fd, 2 * FV, false, NULL, &t, &d));
    check_tree(&t);
    assert_false(image_module_find(&t, "DxeCore", &m));
    assert_int_equal(t.nr_buffers, 1);
    image_tree_free(&t);

    /* Damaged in every byte of the packed data, and cut: never more than the tree may hold. */
    size_t at = BUILD_FV_HEADER + 24 + 24;
    for (size_t i = 0; i < packed_size; i++) {
        fd[at + i] ^= 0x5a;
        build(&t, fd, 2 * FV);
        image_tree_free(&t);
        fd[at + i] ^= 0x5a;
    }
    static const struct {
        uint64_t size;
        const char *why;
        bool cut;
    } promises[] = {{UINT64_MAX, "tells no size", false},
                    {0, "tells no size", false},
                    {LIMIT_UNPACKED_DEFAULT + 1, "more than the limit", true},
                    {UINT64_MAX - 1, "more than the limit", true},
                    {FV + 5, "the LZMA data", false}};
    for (size_t i = 0; i < sizeof promises / sizeof promises[0]; i++) {
        put_le64(fd + at + 5, promises[i].size);
        build(&t, fd, 2 * FV);
        if (!has_problem(&t, promises[i].why))
            fail_msg("promise %zu: '%s' not told: %s", i, promises[i].why, t.node[2].problem);
        assert_int_equal(t.unpacked_cut, promises[i].cut);
        image_tree_free(&t);
    }
    put_le64(fd + at + 5, stream_size);
    limited(fd, 2 * FV, LIMIT_UNPACKED, stream_size, 0, false);
    limited(fd, 2 * FV, LIMIT_UNPACKED, stream_size - 1, 0, true);
    fd[at + 4] = 0xff; /* a dictionary of 4 GiB */
    build(&t, fd, 2 * FV);
    assert_true(has_problem(&t, "damaged"));
    image_tree_free(&t);
    free(fd);
    free(outer);
    free(packed);
    free(stream);
    free(inner);
}

/* Many sections that unpack to much each: the budget is for all of them. */
static void bombs(void **state)
{
    (void)state;
    size_t zeros = 48u << 20, used = 0;
    uint8_t *big = calloc(1, zeros), *packed = malloc(BIG), *sections = malloc(BIG);
    size_t packed_size = lzma_pack(big, zeros, packed, BIG);
    for (int i = 0; i < 8; i++)
        used += guided(sections + used, &lzma_guid, packed, packed_size, 0, 1);
    uint8_t *fd = one_file(BIG, 0x0b, sections, used);
    struct image_tree t;
    build(&t, fd, BIG);
    assert_true(t.unpacked_cut);
    assert_true(t.unpacked <= LIMIT_UNPACKED_DEFAULT && t.unpacked >= 2 * zeros);
    image_tree_free(&t);
    free(fd);
    free(sections);
    free(packed);
    free(big);
}

static void other_tools(void **state)
{
    (void)state;
    uint8_t sections[512], outer[1024];
    struct image_tree t;
    struct image_module m;
    size_t n = module_sections(sections, "Summed", 40);
    size_t size = guided(outer, &crc_guid, sections, n, 4, 2);
    put_le32(outer + 24, (uint32_t)crc32(0, sections, (uInt)n));
    uint8_t *fd = one_file(FV, 7, outer, size);
    build(&t, fd, FV);
    assert_true(image_module_find(&t, "Summed", &m)); /* the name reaches the file through the section */
    assert_null(t.node[2].problem);
    image_tree_free(&t);
    fd[BUILD_FV_HEADER + 24 + 24] ^= 1;
    build(&t, fd, FV);
    assert_true(has_problem(&t, "CRC32 is wrong"));
    image_tree_free(&t);
    free(fd);

    size = guided(outer, &crc_guid, sections, n, 0, 2);
    fd = one_file(FV, 7, outer, size);
    build(&t, fd, FV);
    assert_true(has_problem(&t, "no room"));
    image_tree_free(&t);
    free(fd);

    size = guided(outer, &brotli_guid, sections, n, 0, 1);
    fd = one_file(FV, 7, outer, size);
    build(&t, fd, FV);
    assert_string_equal(t.node[2].codec, "Brotli");
    assert_true(has_problem(&t, "cannot unpack"));
    image_tree_free(&t);
    free(fd);

    static const struct guid unknown = GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    for (uint16_t required = 0; required < 2; required++) {
        size = guided(outer, &unknown, sections, n, 0, required);
        fd = one_file(FV, 7, outer, size);
        build(&t, fd, FV);
        assert_int_equal(image_module_find(&t, "Summed", &m), required == 0);
        assert_int_equal(has_problem(&t, "does not know"), required == 1);
        image_tree_free(&t);
        free(fd);
    }

    /* Compression sections: stored ones are open, packed ones are named. */
    for (uint8_t type = 0; type < 3; type++) {
        uint8_t body[512] = {0};
        put_le32(body, (uint32_t)n);
        body[4] = type;
        memcpy(body + 5, sections, n);
        size = (size_t)(build_section(outer, SECTION_COMPRESSION, body, (uint32_t)n + 5) - outer);
        fd = one_file(FV, 7, outer, size);
        build(&t, fd, FV);
        assert_int_equal(image_module_find(&t, "Summed", &m), type == 0);
        assert_int_equal(has_problem(&t, "cannot unpack"), type != 0);
        image_tree_free(&t);
        free(fd);
    }
}

/* A section in a section in a section …: the walk ends at the limit and says so. */
static void nested(void **state)
{
    (void)state;
    uint8_t *fd = malloc(BIG), *sections = calloc(1, BIG / 2);
    size_t levels = 100, size = 8 * levels;
    for (size_t i = 0; i < levels; i++) { /* each disposable section holds all that follows */
        size_t left = size - 4 * i;
        sections[i * 4] = (uint8_t)left;
        sections[i * 4 + 1] = (uint8_t)(left >> 8);
        sections[i * 4 + 3] = SECTION_DISPOSABLE;
    }
    free(fd);
    fd = one_file(FV, 7, sections, size);
    struct image_tree t;
    build(&t, fd, FV);
    assert_true(t.depth_cut);
    assert_true(has_problem(&t, "too deep"));
    image_tree_free(&t);
    free(fd);

    /* Volumes in volumes. */
    fd = malloc(BIG);
    assert_non_null(fd);
    uint8_t *at = fd;
    uint32_t left = BIG;
    for (unsigned i = 0; i < 60; i++, left -= BUILD_FV_HEADER + 24 + 8) {
        uint32_t file = left - BUILD_FV_HEADER, section = file - 24;
        uint8_t *rest = at + BUILD_FV_HEADER + 24 + 8;
        build_fv(at, left, build_ffs2);
        (void)build_ffs(at + BUILD_FV_HEADER, file, 0x0b, (uint8_t)i);
        put_le32(rest - 8, 0x17ffffff);
        put_le32(rest - 4, section);
        at = rest;
    }
    build(&t, fd, BIG);
    assert_true(t.depth_cut);
    assert_true(count(&t, TREE_VOLUME) > 5);
    image_tree_free(&t);
    free(fd);
    free(sections);
}

/* A volume, a file, a section in a section: three deep, and nothing packed. */
static void limits(void **state)
{
    (void)state;
    uint8_t sections[] = {8, 0, 0, SECTION_DISPOSABLE, 4, 0, 0, SECTION_RAW};
    uint8_t *fd = one_file(FV, 7, sections, sizeof sections);
    struct image_tree t;
    build(&t, fd, FV);
    const size_t all = t.nr_nodes;
    unsigned deepest = 0;
    for (size_t i = 0; i < all; i++)
        deepest = t.node[i].depth > deepest ? t.node[i].depth : deepest;
    image_tree_free(&t);
    assert_int_equal(deepest, 3);
    limited(fd, FV, LIMIT_NODES, all, all, false);
    limited(fd, FV, LIMIT_NODES, all - 1, all - 1, true);
    limited(fd, FV, LIMIT_DEPTH, deepest + 2, all, false);
    limited(fd, FV, LIMIT_DEPTH, deepest, all - 1, true);
    free(fd);
}

/* More nodes than there may be. */
static void crowded(void **state)
{
    (void)state;
    size_t n = 4 * (size_t)LIMIT_NODES_DEFAULT + 4096, size = (n + 0x2000) & ~(size_t)0xfff;
    uint8_t *sections = calloc(1, n);
    assert_non_null(sections);
    for (size_t i = 0; i < n; i += 4) {
        sections[i] = 4;
        sections[i + 3] = SECTION_RAW;
    }
    uint8_t *fd = one_file(size, 7, sections, n);
    struct image_tree t;
    build(&t, fd, size);
    assert_true(t.nodes_cut);
    assert_int_equal(t.nr_nodes, LIMIT_NODES_DEFAULT);
    image_tree_free(&t);
    limited(fd, size, LIMIT_NODES, 7, 7, true);
    for (size_t i = 0; i + 0x1000 <= size; i += 0x1000)
        build_fv(fd + i, 0x1000, build_ffs2);
    build(&t, fd, size);
    assert_int_equal(t.nr_nodes, size / 0x1000);
    image_tree_free(&t);
    free(fd);
    free(sections);
}

static void damage(void **state)
{
    (void)state;
    uint8_t sections[512];
    size_t n = module_sections(sections, "PeiCore", 100);
    struct image_tree t;

    static const struct {
        size_t at;
        uint8_t value;
        const char *problem;
    } cases[] = {
        {56, 1, "checksum of its header"},                   /* the volume's block map */
        {BUILD_FV_HEADER + 20, 0xff, "neither a file"},      /* the file's size: its header's sum is off */
        {BUILD_FV_HEADER + 24 + 2, 0xff, "impossible size"}, /* a section larger than the file */
        {BUILD_FV_HEADER + 24 + 0, 0x03, "impossible size"}, /* smaller than its header */
        {FV - 1, 0x12, "neither a file"},                    /* not erased behind the last file */
        {52, 0xf0, "checksum"},                              /* an extended header nowhere */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *fd = one_file(FV, 4, sections, n);
        fd[cases[i].at] = cases[i].value;
        if (i == 3)
            fd[cases[i].at + 1] = 0;
        build(&t, fd, FV);
        if (!has_problem(&t, cases[i].problem))
            fail_msg("case %zu does not say '%s'", i, cases[i].problem);
        image_tree_free(&t);
        free(fd);
    }

    /* Erase polarity: zeroes behind the files are fine when the volume says so. */
    uint8_t *fd = one_file(FV, 4, sections, n);
    memset(fd + 0x800, 0, FV - 0x800);
    build(&t, fd, FV);
    assert_true(has_problem(&t, "erased"));
    image_tree_free(&t);
    size_t used = (BUILD_FV_HEADER + 24 + n + 7) & ~(size_t)7;
    memset(fd + used, 0, FV - used);
    put_le32(fd + 44, 0x0004f6ff);
    build_fv_sum(fd);
    build(&t, fd, FV);
    assert_false(has_problem(&t, "erased"));
    image_tree_free(&t);

    /* Nothing at all, nothing but noise. */
    build(&t, fd, 0);
    assert_int_equal(t.nr_nodes, 0);
    image_tree_free(&t);
    memset(fd, 0x12, FV);
    build(&t, fd, FV);
    assert_int_equal(t.nr_nodes, 1);
    assert_int_equal(t.node[0].kind, TREE_PADDING);
    image_tree_free(&t);
    free(fd);
}

/* Extended volume headers, with a name; FFS3 files and sections with sizes of 32 and 64 bits. */
static void large_and_extended(void **state)
{
    (void)state;
    size_t size = 0x1200000, file = 0x1100000;
    uint8_t *fd = malloc(size);
    assert_non_null(fd);
    build_fv(fd, (uint32_t)size, build_ffs2);
    static const struct guid ffs3 = GUID(0x5473c07a, 0x3dcb, 0x4dca, 0xbd, 0x6f, 0x1e, 0x96, 0x89, 0xe7, 0x34, 0x9a);
    static const struct guid dxefv = GUID(0x7cb8bdc9, 0xf8eb, 0x4f34, 0xaa, 0xea, 0x3e, 0xe4, 0xaf, 0x65, 0x16, 0xa1);
    memcpy(fd + 16, ffs3.b, 16);
    put_le16(fd + 52, BUILD_FV_HEADER);
    build_fv_sum(fd);
    memcpy(fd + BUILD_FV_HEADER, dxefv.b, 16);
    put_le32(fd + BUILD_FV_HEADER + 16, 24);
    uint8_t *h = fd + BUILD_FV_HEADER + 24;
    memset(h, 0, 32);
    memset(h, 0x44, 16);
    h[18] = 9;
    h[19] = 1;
    h[23] = 0xf8;
    put_le64(h + 24, file);
    build_ffs_sum(h);
    put_le32(h + 32, 0x10ffffff); /* a PE32 section of more than 16 MiB */
    put_le32(h + 36, (uint32_t)(file - 32 - 32));
    (void)build_ui(h + file - 32, "Large");
    struct image_tree t;
    build(&t, fd, size);
    struct image_module m;
    assert_true(image_module_find(&t, "Large", &m));
    assert_int_equal(m.size, file - 32 - 32 - 8);
    char path[64];
    tree_path(&t, m.node, path, sizeof path);
    assert_string_equal(path, "DXEFV/Large");
    image_tree_free(&t);
    for (unsigned i = 0; i < 4; i++) { /* its extended header says it goes on beyond the volume */
        put_le32(fd + BUILD_FV_HEADER + 16, UINT32_MAX - i);
        build(&t, fd, size);
        assert_int_equal(count(&t, TREE_FILE), 0);
        image_tree_free(&t);
    }
    free(fd);
}

static void expressions(void **state)
{
    (void)state;
    static const uint8_t pcd[16] = {0xf6, 0xf0, 0xa3, 0x13, 0x4a, 0x26, 0xf0, 0x3e,
                                    0xf2, 0xe0, 0xde, 0xc5, 0x12, 0x34, 0x2f, 0x34};
    char out[DEPEX_TEXT_SIZE];
    uint8_t p[64];
    memset(p, 0x11, sizeof p);
    p[0] = 2;
    memcpy(p + 1, pcd, 16);
    p[17] = 2;
    p[34] = 6;
    p[35] = 4;
    p[36] = 5;
    p[37] = 3;
    p[38] = 8;
    assert_true(depex_format(p, 39, out));
    assert_string_equal(out, "gEfiPcdProtocolGuid AND NOT (11111111-1111-1111-1111-111111111111 OR TRUE)");
    p[35] = 3;
    p[36] = 4;
    p[37] = 5;
    assert_true(depex_format(p, 39, out));
    assert_string_equal(out, "NOT (gEfiPcdProtocolGuid OR (11111111-1111-1111-1111-111111111111 AND TRUE))");
    assert_true(depex_format((const uint8_t *)"\6\6\6\3\3\10", 6, out));
    assert_string_equal(out, "TRUE AND TRUE AND TRUE");
    assert_true(depex_format((const uint8_t *)"\11\6\10", 3, out));
    assert_string_equal(out, "SOR TRUE");
    p[0] = 0;
    p[17] = 8;
    assert_true(depex_format(p, 18, out));
    assert_string_equal(out, "BEFORE gEfiPcdProtocolGuid");

    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"", 0},      {"\6", 1},     {"\10", 1}, {"\3\10", 2},   {"\6\3\10", 3},
               {"\5\10", 2}, {"\2\1\1", 3}, {"\12", 1}, {"\6\6\10", 3}, {"\6\11\10", 3}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(depex_format((const uint8_t *)bad[i].bytes, bad[i].n, out));
        assert_non_null(strstr(out, "damaged"));
    }
    uint8_t *many = malloc(0x10000); /* more operands than there is room for */
    assert_non_null(many);
    memset(many, 6, 0x10000);
    assert_false(depex_format(many, 0x10000, out));
    for (size_t i = 0; i < 0x10000; i++) /* and a text without end */
        many[i] = i == 0 ? 6 : 5;
    assert_false(depex_format(many, 0x10000, out));
    assert_true(strlen(out) < DEPEX_TEXT_SIZE);
    for (uint32_t i = 0, x = 7; i < 20000; i++) {
        for (size_t k = 0; k < 40; k++) {
            x = x * 1664525 + 1013904223;
            p[k] = (uint8_t)((x >> 24) % 11);
        }
        (void)depex_format(p, 40, out);
        assert_true(strlen(out) < DEPEX_TEXT_SIZE);
    }
    free(many);
}

static void guids(void **state)
{
    (void)state;
    struct guid g;
    char text[GUID_TEXT_SIZE];
    assert_true(guid_parse("ee4e5898-3914-4259-9D6E-DC7BD79403CF", &g));
    assert_true(guid_equal(&g, &lzma_guid));
    guid_format(&g, text);
    assert_string_equal(text, "EE4E5898-3914-4259-9D6E-DC7BD79403CF");
    assert_string_equal(guid_name(&g), "gLzmaCustomDecompressGuid");
    g.b[0] ^= 1;
    assert_null(guid_name(&g));
    assert_false(guid_parse("", &g));
    assert_false(guid_parse("ee4e5898-3914-4259-9D6E-DC7BD79403C", &g));
    assert_false(guid_parse("ee4e5898-3914-4259-9D6E-DC7BD79403CG", &g));
    assert_false(guid_parse("ee4e5898+3914-4259-9D6E-DC7BD79403CF", &g));
}

/* Real images, where there are any: cut at every 4 KiB, and with random bytes flipped. */
static uint8_t *read_firmware(const char *name, size_t *size)
{
    const char *dir = getenv("FIRMWARE_DIR");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir != NULL ? dir : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    uint8_t *p = malloc(8u << 20);
    *size = p != NULL ? fread(p, 1, 8u << 20, f) : 0;
    (void)fclose(f);
    return p;
}

static void real_damage(void **state)
{
    (void)state;
    static const char *const names[] = {"OVMF.fd", "OVMF_CODE_4M.secboot.fd", "ovmfxen/RELEASE/OVMF.fd"};
    size_t seen = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = 0;
        uint8_t *fd = read_firmware(names[i], &size);
        if (fd == NULL)
            continue;
        seen++;
        struct image_tree t;
        for (size_t n = 0; n < size; n += 0x1000) {
            uint8_t *cut = build_exact(fd, n);
            struct diag d = {0};
            assert_true(
                image_tree_build(cut, n, n % 0x10000 == 0, NULL, &t, &d)); /* unpacking takes most of the time */
            check_tree(&t);
            image_tree_free(&t);
            free(cut);
        }
        for (uint32_t x = 11 + (uint32_t)i, round = 0; round < 12; round++) {
            uint8_t *flipped = build_exact(fd, size);
            for (size_t k = 0; k < 1u << round % 12; k++) {
                x = x * 1664525 + 1013904223;
                flipped[(x >> 2) % size] ^= (uint8_t)(1u << x % 8);
            }
            build(&t, flipped, size);
            image_tree_free(&t);
            free(flipped);
        }
        /* What lies in the packed section, damaged there: headers, sizes, GUIDs, depex. */
        build(&t, fd, size);
        struct tree_buffer inner = t.buffer[t.nr_buffers - 1];
        assert_int_equal(t.nr_buffers, 2);
        struct fv fv; /* its first volume */
        assert_true(fv_next(inner.bytes, inner.size, 0, &fv));
        for (uint32_t x = 5, round = 0; round < 400; round++) {
            size_t n = (size_t)fv.length < 0x80000 ? (size_t)fv.length : 0x80000;
            uint8_t *flipped = build_exact(inner.bytes + fv.offset, n);
            put_le64(flipped + 32, n);
            for (size_t k = 0; k < 1u << round % 10; k++) {
                x = x * 1664525 + 1013904223;
                flipped[64 + (x >> 8) % (n / 4)] = (uint8_t)(x >> 3);
            }
            struct image_tree damaged;
            build(&damaged, flipped, n);
            image_tree_free(&damaged);
            free(flipped);
        }
        image_tree_free(&t);
        free(fd);
    }
    if (seen == 0)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module),    cmocka_unit_test(packed_volume), cmocka_unit_test(bombs),
        cmocka_unit_test(other_tools), cmocka_unit_test(nested),        cmocka_unit_test(limits),
        cmocka_unit_test(crowded),     cmocka_unit_test(damage),        cmocka_unit_test(large_and_extended),
        cmocka_unit_test(expressions), cmocka_unit_test(guids),         cmocka_unit_test(real_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
