/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lzma.h>

#include "base/span.h"
#include "build_fd.h"
#include "image/facts.h"
#include "image/guid_names.h"
#include "image/image.h"
#include "image/release.h"
#include "image/section.h"
#include "image/verdict.h"

enum { SIZE = 2 << 20, CODE = 0x20000, TE_BODY = 200 };

static const uint8_t table_footer[16] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
                                         0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
static const uint8_t tdx_entry[16] = {0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47,
                                      0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2};
static const uint8_t es_entry[16] = {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f,
                                     0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e};

/* A TE image of @TE_BODY bytes for @machine: one section behind the headers. */
static void build_te(uint8_t *p, uint16_t machine)
{
    memset(p, 0, TE_BODY);
    p[0] = 'V';
    p[1] = 'Z';
    put_le16(p + 2, machine);
    p[4] = 1;
    put_le16(p + 6, 40);
    put_le32(p + 8, 90);
    put_le32(p + 40 + 8, TE_BODY - 80);
    put_le32(p + 40 + 12, 80);
    put_le32(p + 40 + 16, TE_BODY - 80);
}

/* An FD: a variable store, a volume at @code with a SEC core for @machine, which has @text in it, a reset vector. */
static uint8_t *fd_at(size_t code, uint16_t machine, const char *text)
{
    uint8_t *p = calloc(1, SIZE), te[TE_BODY];
    assert_non_null(p);
    if (code == CODE)
        build_fv(p, CODE, build_nv);
    build_fv(p + code, (uint32_t)(SIZE - code), build_ffs2);
    build_te(te, machine);
    build_text(te + 100, text);
    uint8_t *h = p + code + BUILD_FV_HEADER;
    uint8_t *end = build_ui(build_section(h + 24, SECTION_TE, te, TE_BODY), "SecMain");
    (void)build_ffs(h, (uint32_t)(end - h), 3, 0x77);
    memset(p + SIZE - 16, 0x90, 16);
    return p;
}

static void classify(uint8_t *bytes, size_t size, struct image *im)
{
    struct diag d = {0};
    if (!image_from_bytes("x.fd", bytes, size, im, &d))
        fail_msg("refused: %s", d.message);
}

static void put_xen_vector(uint8_t *p)
{
    static const uint8_t store[] = {0xc7, 0x05, 0x04, 0x80, 0x80, 0x00, 'X', 'P', 'V', 'H'};
    memcpy(p + SIZE - 0x95, store, sizeof store);
}

/* OvmfPkg's table: an entry of @guid, and the footer. */
static void put_table(uint8_t *p, const uint8_t *guid)
{
    uint8_t *footer = p + SIZE - 0x30;
    memcpy(footer, table_footer, 16);
    put_le16(footer - 2, 22 + 18);
    memcpy(footer - 18, guid, 16);
    put_le16(footer - 20, 22);
}

static void flavours(void **state)
{
    (void)state;
    struct image im;
    uint8_t *p = fd_at(CODE, 0x8664, "");
    classify(p, SIZE, &im);
    assert_int_equal(im.verdict.flavour, FLAVOUR_UEFI);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
    assert_int_equal(im.verdict.pvh.answer, ANSWER_NO);
    assert_string_equal(im.verdict.label, "UEFI firmware, X64, RELEASE");
    image_free(&im);

    p = fd_at(CODE, 0x8664, "ASSERT [%a] %a(%d): %a\n");
    memset(p, 0, CODE);
    build_pvh(p);
    put_xen_vector(p);
    classify(p, SIZE, &im);
    assert_int_equal(im.verdict.flavour, FLAVOUR_OVMFXEN);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_YES);
    assert_int_equal(im.verdict.pvh.answer, ANSWER_YES);
    assert_string_equal(im.verdict.label, "OvmfXen, X64, DEBUG");
    put_le32(p + 52 + 16, 0x100000); /* the header covers half of it */
    verdict_make(&im, NULL);
    im.pvh.filesz = 0x100000;
    verdict_make(&im, NULL);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_YES);
    assert_int_equal(im.verdict.pvh.answer, ANSWER_NO);
    assert_non_null(strstr(im.verdict.pvh.why, "1024 KiB of 2048"));
    image_free(&im);

    p = fd_at(0x1000, 0x8664, "");
    build_pvh(p);
    put_xen_vector(p);
    classify(p, SIZE, &im);
    assert_int_equal(im.verdict.flavour, FLAVOUR_CLOUDHV);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_DOUBTFUL);
    image_free(&im);

    p = fd_at(CODE, 0x8664, "ASSERT %a(%Lu): %a");
    put_table(p, tdx_entry);
    classify(p, SIZE, &im);
    assert_int_equal(im.verdict.flavour, FLAVOUR_OVMF);
    assert_int_equal(im.verdict.since, 202111);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_DOUBTFUL);
    assert_non_null(strstr(im.verdict.hvm.why, "this DEBUG build stops"));
    image_free(&im);

    /* A table that releases with Xen code had too tells nothing about Xen. */
    p = fd_at(CODE, 0x014c, "");
    put_table(p, es_entry);
    classify(p, SIZE, &im);
    assert_int_equal(im.verdict.since, 202105);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
    assert_string_equal(im.verdict.label, "OVMF for QEMU (OvmfPkgX64 or a sister), SEC for IA32, RELEASE, "
                                          "edk2-stable202105 or later");
    image_free(&im);
}

static void other_machines(void **state)
{
    (void)state;
    static const uint16_t others[] = {0xaa64, 0x01c2, 0x5064};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct image im;
        struct diag d = {0};
        assert_false(image_from_bytes("x.fd", fd_at(CODE, others[i], ""), SIZE, &im, &d));
        assert_non_null(strstr(d.message, "not for x86"));
        assert_null(im.bytes);
    }
}

/* Tables with lengths that lead elsewhere: no overrun, no endless walk. */
static void hostile_tables(void **state)
{
    (void)state;
    static const uint16_t lengths[] = {0, 1, 17, 18, 19, 36, 40, 0x3ff, 0x400, 0x401, 0x7fff, 0xffff};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
            for (size_t size = SIZE; size != 0; size = size > 0x200 ? 0x200 : size > 0x40 ? size - 3 : size - 1) {
                uint8_t *p = fd_at(CODE, 0x8664, "");
                put_table(p, tdx_entry);
                put_le16(p + SIZE - 0x32, lengths[i]);
                put_le16(p + SIZE - 0x32 - 18, lengths[k]);
                struct image im = {.bytes = build_exact(p + SIZE - size, size), .size = size};
                verdict_make(&im, NULL);
                image_free(&im);
                free(p);
                if (i + k > 3 && size < SIZE)
                    break; /* the small ones were seen */
            }
}

static void hypercalls(void **state)
{
    (void)state;
    uint8_t code[64] = {0x57, 0x56, 0x48, 0x89, 0xc8, 0x48, 0x89, 0xd7, 0x4c, 0x89, 0xc6, 0xff, 0xd0, 0x5e, 0x5f, 0xc3};
    assert_int_equal(release_hypercall(code, sizeof code), HYPERCALL_PAGE);
    code[11] = 0x0f;
    assert_int_equal(release_hypercall(code, sizeof code), HYPERCALL_UNKNOWN);
    code[12] = 0x01;
    code[13] = 0xc1;
    assert_int_equal(release_hypercall(code, sizeof code), HYPERCALL_DIRECT);
    assert_int_equal(release_hypercall(code, 12), HYPERCALL_UNKNOWN);
    assert_int_equal(release_hypercall(code, 0), HYPERCALL_UNKNOWN);
}

/* --- facts, from a packed volume with modules of our making */

struct packed {
    uint8_t *volume;
    size_t at, size;
    bool table;           /* OvmfPkg's, before 4 GiB */
    const uint8_t *entry; /* of it; NULL: one that tells nothing */
    bool closed;          /* what is packed is not unpacked */
    void (*spoil)(struct image *im);
};

static void start(struct packed *k)
{
    *k = (struct packed){0};
    k->size = 0x40000;
    k->volume = malloc(k->size);
    assert_non_null(k->volume);
    build_fv(k->volume, (uint32_t)k->size, build_ffs2);
    k->at = BUILD_FV_HEADER;
}

/* Of add_module()'s @raw. */
static uint8_t extra = SECTION_RAW;

/* A file with a TE image that has these @n bytes in it, and a raw section of @raw. */
static void add_module(struct packed *k, const char *name, const void *bytes, size_t n, const void *raw, size_t nraw)
{
    uint8_t te[TE_BODY];
    build_te(te, 0x8664);
    assert_true(n <= TE_BODY - 100);
    memcpy(te + 100, bytes, n);
    uint8_t *h = k->volume + k->at;
    uint8_t *end = build_ui(build_section(h + 24, SECTION_TE, te, TE_BODY), name);
    if (nraw != 0)
        end = build_section(end, extra, raw, (uint32_t)nraw);
    (void)build_ffs(h, (uint32_t)(end - h), 7, (uint8_t)k->at);
    k->at = ((size_t)(end - k->volume) + 7) & ~(size_t)7;
}

/* The same FD as @fd_at's OvmfXen, with the volume packed in it. */
static void look(struct packed *k, bool xen, struct image *im, struct image_facts *facts)
{
    static const struct guid lzma = GUID(0xee4e5898, 0x3914, 0x4259, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf);
    uint8_t *fd = fd_at(CODE, 0x8664, ""), *out = malloc(0x10000), *stream = malloc(k->size + 8);
    assert_true(fd != NULL && out != NULL && stream != NULL);
    put_le32(stream, 0x17000000 | (uint32_t)(k->size + 4));
    memcpy(stream + 4, k->volume, k->size);
    lzma_options_lzma options;
    lzma_stream s = LZMA_STREAM_INIT;
    assert_false(lzma_lzma_preset(&options, 1));
    assert_int_equal(lzma_alone_encoder(&s, &options), LZMA_OK);
    s.next_in = stream;
    s.avail_in = k->size + 4;
    s.next_out = out + 24;
    s.avail_out = 0x10000 - 24;
    assert_int_equal(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
    size_t size = 0x10000 - s.avail_out;
    lzma_end(&s);
    put_le64(out + 24 + 5, k->size + 4);
    put_le32(out, 0x02000000 | (uint32_t)size);
    memcpy(out + 4, lzma.b, 16);
    put_le32(out + 20, 0x00010018);
    uint8_t *h = fd + CODE + BUILD_FV_HEADER + 0x200;
    memset(fd + CODE + BUILD_FV_HEADER, 0xff, 0x200); /* the SEC core goes; a pad file takes its place */
    (void)build_ffs(fd + CODE + BUILD_FV_HEADER, 0x200, 0xf0, 0xff);
    memcpy(build_ffs(h, (uint32_t)size + 24, 0x0b, 0x55), out, size);
    if (xen) {
        memset(fd, 0, CODE);
        build_pvh(fd);
        put_xen_vector(fd);
    }
    if (k->table)
        put_table(fd, k->entry != NULL ? k->entry : es_entry);
    classify(fd, SIZE, im);
    if (k->spoil != NULL)
        k->spoil(im);
    struct image_tree t;
    struct diag d = {0};
    assert_true(image_tree_build(im->bytes, im->size, !k->closed, NULL, &t, &d));
    image_facts(im, &t, facts);
    image_tree_free(&t);
    free(stream);
    free(out);
    free(k->volume);
}

static const char *value_of(const struct image_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->nr; i++)
        if (strcmp(facts->f[i].name, name) == 0)
            return facts->f[i].value;
    return "(not told)";
}

static const uint8_t direct_call[] = {0x48, 0x89, 0xc8, 0x48, 0x89, 0xd7, 0x4c, 0x89, 0xc6, 0x0f, 0x01, 0xc1};

static void facts_of_xen(void **state)
{
    (void)state;
    struct packed k;
    struct image im;
    struct image_facts facts;
    start(&k);
    add_module(&k, "DxeCore", "", 0, NULL, 0);
    add_module(&k, "XenPlatformPei", direct_call, sizeof direct_call, NULL, 0);
    static const uint8_t version[] = "2\0"
                                     "0\0"
                                     "2\0"
                                     "5\0"
                                     ".\0"
                                     "0\0"
                                     "2\0"
                                     "-\0"
                                     "8\0";
    add_module(&k, "SmbiosPlatformDxe", version, sizeof version, NULL, 0);
    look(&k, true, &im, &facts);
    assert_string_equal(value_of(&facts, "machine"), "X64");
    assert_string_equal(value_of(&facts, "build"), "RELEASE");
    assert_string_equal(value_of(&facts, "version"), "2025.02-8");
    assert_string_equal(value_of(&facts, "hypercalls"), "VMCALL and VMMCALL");
    assert_string_equal(value_of(&facts, "edk2"), "edk2-stable202411 or later");
    assert_string_equal(value_of(&facts, "smm_require"), "(not told)");
    assert_string_equal(value_of(&facts, "toolchain"), "unknown");
    assert_string_equal(value_of(&facts, "xen"), "yes");
    assert_string_equal(value_of(&facts, "shell"), "no");
    assert_int_equal(im.verdict.hvm.answer, ANSWER_YES);
    image_free(&im);

    start(&k);
    add_module(&k, "XenPlatformPei", direct_call, sizeof direct_call, NULL, 0);
    add_module(&k, "XenTimerDxe", "", 0, NULL, 0);
    look(&k, true, &im, &facts);
    assert_string_equal(value_of(&facts, "edk2"), "contradictory (a tree of one's own?)");
    image_free(&im);
}

static void no_pvh(struct image *im)
{
    im->verdict.pvh.answer = ANSWER_NO;
}
static void no_hvm(struct image *im)
{
    im->verdict.hvm.answer = ANSWER_NO;
    (void)snprintf(im->verdict.hvm.why, sizeof im->verdict.hvm.why, "for another reason");
}

static const uint8_t pcd_signature[16] = {0x3c, 0x19, 0x7d, 0x3c, 0x2c, 0x68, 0x14, 0x4c,
                                          0xa6, 0x8f, 0x55, 0x2d, 0xea, 0x4f, 0x43, 0x7e};

/* Built with SMM_REQUIRE: the PCD database promises flash where this image lies. */
static void smm_require(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        bool first; /* the database's module, and not the last */
        uint8_t section, at, size, signature;
        enum image_answer hvm, pvh;
        void (*spoil)(struct image *im);
    } cases[] = {
        {0xffe00000, true, SECTION_RAW, 40, 64, 0x3c, ANSWER_DOUBTFUL, ANSWER_DOUBTFUL, NULL},
        {0xffe00000, false, SECTION_RAW, 40, 64, 0x3c, ANSWER_DOUBTFUL, ANSWER_DOUBTFUL, NULL},
        {0xffe00000, false, SECTION_RAW, 40, 48, 0x3c, ANSWER_DOUBTFUL, ANSWER_DOUBTFUL, NULL},
        {0xffe00000, false, SECTION_RAW, 16, 24, 0x3c, ANSWER_DOUBTFUL, ANSWER_DOUBTFUL, NULL},
        {0xffe00000, true, SECTION_RAW, 36, 64, 0x3c, ANSWER_YES, ANSWER_YES, NULL},
        {0xffe00000, true, SECTION_RAW, 40, 64, 0x3d, ANSWER_YES, ANSWER_YES, NULL},
        {0xffe00000, true, SECTION_VERSION, 40, 64, 0x3c, ANSWER_YES, ANSWER_YES, NULL},
        {0xffc00000, true, SECTION_RAW, 40, 64, 0x3c, ANSWER_YES, ANSWER_YES, NULL},
        {0, true, SECTION_RAW, 40, 64, 0x3c, ANSWER_YES, ANSWER_YES, NULL},
        {0xffe00000, true, SECTION_RAW, 40, 64, 0x3c, ANSWER_DOUBTFUL, ANSWER_NO, no_pvh},
        {0xffe00000, true, SECTION_RAW, 40, 64, 0x3c, ANSWER_NO, ANSWER_YES, no_hvm},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packed k;
        struct image im;
        struct image_facts facts;
        uint8_t database[64] = {0};
        memcpy(database, pcd_signature, 16);
        database[0] = cases[i].signature;
        put_le64(database + cases[i].at, cases[i].value);
        start(&k);
        k.spoil = cases[i].spoil;
        if (!cases[i].first)
            add_module(&k, "XenPlatformPei", "", 0, NULL, 0);
        extra = cases[i].section;
        add_module(&k, "PcdDxe", "", 0, database, cases[i].size);
        extra = SECTION_RAW;
        if (cases[i].first)
            add_module(&k, "XenPlatformPei", "", 0, NULL, 0);
        look(&k, true, &im, &facts);
        const bool is = cases[i].hvm == ANSWER_DOUBTFUL;
        if (im.verdict.hvm.answer != cases[i].hvm || im.verdict.pvh.answer != cases[i].pvh)
            fail_msg("case %zu: %d, %d", i, im.verdict.hvm.answer, im.verdict.pvh.answer);
        assert_int_equal(strstr(im.verdict.hvm.why, "cannot find BDS") != NULL, is);
        assert_string_equal(value_of(&facts, "smm_require"), is ? "yes" : "(not told)");
        image_free(&im);
    }
}

/* A file that is no section, whatever its type's number. */
static void smm_require_in_a_file(void **state)
{
    (void)state;
    struct packed k;
    struct image im;
    struct image_facts facts;
    uint8_t database[64] = {0};
    memcpy(database, pcd_signature, 16);
    put_le64(database + 40, 0xffe00000);
    start(&k);
    add_module(&k, "XenPlatformPei", "", 0, NULL, 0);
    memcpy(build_ffs(k.volume + k.at, 24 + sizeof database, SECTION_RAW, 0x44), database, sizeof database);
    k.at += 24 + sizeof database;
    look(&k, true, &im, &facts);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_YES);
    image_free(&im);
}

/* What can be told of what is not open, or has no modules. */
static void closed(void **state)
{
    (void)state;
    struct packed k;
    struct image im;
    struct image_facts facts;
    start(&k);
    k.closed = true;
    add_module(&k, "AtaBusDxe", "", 0, NULL, 0);
    look(&k, false, &im, &facts);
    assert_int_equal(facts.nr, 0); /* not even the machine: no module is open */
    assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
    image_free(&im);
    classify(fd_at(CODE, 0x8664, ""), SIZE, &im);
    struct image_tree t;
    struct diag d = {0};
    assert_true(image_tree_build(im.bytes, im.size, false, NULL, &t, &d));
    image_facts(&im, &t, &facts);
    assert_int_equal(facts.nr, 1);
    assert_string_equal(value_of(&facts, "machine"), "X64");
    image_tree_free(&t);
    image_free(&im);
}

static void foreign(struct image *im)
{
    im->verdict.flavour = FLAVOUR_NOT_X86;
}

/* Of an image that did not boot. */
static void looked_at_closer(void **state)
{
    (void)state;
    size_t before = 0;
    struct limits_reached met = {0};
    for (unsigned turn = 0; turn < 4; turn++) {
        struct packed k;
        struct image im;
        struct image_facts facts;
        start(&k);
        add_module(&k, "XenBusDxe", "", 0, NULL, 0);
        k.spoil = foreign;
        look(&k, false, &im, &facts);
        assert_string_equal(value_of(&facts, "edk2"), "(not told)"); /* of another machine's nothing dates it */
        verdict_make(&im, NULL);
        assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
        const enum image_kind kind = im.kind;
        im.kind = IMAGE_OVMF_CODE;
        image_look_closer(&im, NULL, &met);
        assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
        im.kind = kind;
        image_look_closer(&im, NULL, &met);
        assert_int_equal(im.verdict.hvm.answer, ANSWER_YES);
        image_free(&im);
        const struct mallinfo2 now = mallinfo2(); /* what it took is given back */
        if (turn == 3)
            assert_int_equal(now.uordblks + now.hblkhd, before);
        before = now.uordblks + now.hblkhd;
    }
}

/* OVMF for QEMU, built with it. Without the reset vector's table it may be anybody's. */
static void smm_require_of_qemu(void **state)
{
    (void)state;
    static const struct {
        const char *module;
        bool table;
        enum image_answer answer;
        void (*spoil)(struct image *im);
    } cases[] = {{"SmmAccessPei", true, ANSWER_NO, NULL},
                 {"PiSmmCore", true, ANSWER_DOUBTFUL, NULL},
                 {"SmmAccessPei", false, ANSWER_DOUBTFUL, NULL},
                 {"SmmAccessPei", true, ANSWER_NO, no_hvm}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packed k;
        struct image im;
        struct image_facts facts;
        start(&k);
        k.table = cases[i].table;
        k.spoil = cases[i].spoil;
        add_module(&k, "PlatformPei", "", 0, NULL, 0);
        add_module(&k, cases[i].module, "", 0, NULL, 0);
        look(&k, false, &im, &facts);
        assert_int_equal(im.verdict.flavour, cases[i].table ? FLAVOUR_OVMF : FLAVOUR_UEFI);
        assert_int_equal(im.verdict.hvm.answer, cases[i].answer);
        assert_int_equal(strstr(im.verdict.hvm.why, "built with SMM_REQUIRE") != NULL, i == 0);
        assert_string_equal(value_of(&facts, "smm_require"), i == 0 || i == 3 ? "yes" : "(not told)");
        image_free(&im);
    }
}

/* Where the open part tells nothing, the packed one may. */
static void packed_part_decides(void **state)
{
    (void)state;
    static const struct {
        const char *module;
        enum image_answer answer;
        const uint8_t *entry; /* OVMF's, with this entry */
    } cases[] = {{"AtaBusDxe", ANSWER_DOUBTFUL, NULL},
                 {"XenBusDxe", ANSWER_YES, NULL},
                 {"XenPlatformPei", ANSWER_YES, NULL},
                 {"XenBusDxe", ANSWER_DOUBTFUL, tdx_entry}}; /* since then, there is none in OVMF */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packed k;
        struct image im;
        struct image_facts facts;
        start(&k);
        k.table = cases[i].entry != NULL;
        k.entry = cases[i].entry;
        add_module(&k, cases[i].module, "ASSERT [%a]", 11, NULL, 0);
        look(&k, false, &im, &facts);
        assert_int_equal(im.verdict.flavour, k.table ? FLAVOUR_OVMF : FLAVOUR_UEFI);
        assert_int_equal(im.verdict.hvm.answer, cases[i].answer);
        if (cases[i].answer == ANSWER_YES)
            assert_string_equal(im.verdict.hvm.why, "");
        assert_string_equal(value_of(&facts, "build"), "DEBUG");
        if (!k.table && i < 2)
            assert_string_equal(value_of(&facts, "edk2"), "unknown");
        image_free(&im);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flavours),
        cmocka_unit_test(other_machines),
        cmocka_unit_test(hostile_tables),
        cmocka_unit_test(hypercalls),
        cmocka_unit_test(facts_of_xen),
        cmocka_unit_test(smm_require),
        cmocka_unit_test(smm_require_in_a_file),
        cmocka_unit_test(closed),
        cmocka_unit_test(looked_at_closer),
        cmocka_unit_test(smm_require_of_qemu),
        cmocka_unit_test(packed_part_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
