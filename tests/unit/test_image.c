/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

#include <cmocka.h>

#include "base/span.h"
#include "build_fd.h"
#include "image/image.h"
#include "image/inflate.h"
#include "image/pvh.h"

static const uint8_t reset_vector[16] = {0x90, 0x90, 0xe9, 0x5b, 0xff, 0x90, 0x90, 0x90};

/* A zero-padded buffer of @size bytes with a reset vector. */
static uint8_t *flat(size_t size)
{
    uint8_t *p = calloc(1, size);
    assert_non_null(p);
    memcpy(p + size - 16, reset_vector, 16);
    return p;
}

/* An FD of @size bytes: a variable store of @nv bytes (0 for none), then code. */
static uint8_t *fd(uint32_t size, uint32_t nv)
{
    uint8_t *p = malloc(size);
    assert_non_null(p);
    if (nv != 0)
        build_fv(p, nv, build_nv);
    build_fv(p + nv, size - nv, build_ffs2);
    memcpy(p + size - 16, reset_vector, 16);
    return p;
}

static void accepted(uint8_t *bytes, size_t size, enum image_kind kind)
{
    struct image im;
    struct diag d = {0};
    if (!image_from_bytes("/some/dir/x.fd", bytes, size, &im, &d))
        fail_msg("refused: %s", d.message);
    assert_int_equal(im.kind, kind);
    assert_int_equal(im.size, size);
    assert_string_equal(im.path, "/some/dir/x.fd");
    image_free(&im);
}

static void refused(uint8_t *bytes, size_t size, const char *why)
{
    struct image im;
    struct diag d = {0};
    assert_false(image_from_bytes("x.fd", bytes, size, &im, &d));
    assert_null(im.bytes);
    assert_string_equal(d.file, "x.fd");
    if (strstr(d.message, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.message, why);
}

static void kinds(void **state)
{
    (void)state;
    accepted(fd(2 * MIB, 0x20000), 2 * MIB, IMAGE_OVMF);
    accepted(fd(4 * MIB, 0x84000), 4 * MIB, IMAGE_OVMF);
    accepted(fd(2 * MIB, 0), 2 * MIB, IMAGE_OVMF_CODE); /* whole MiB: Xen can boot it */
    accepted(flat(MIB), MIB, IMAGE_UNKNOWN);
    uint8_t *p = fd(2 * MIB, 0x20000);
    memset(p, 0, 0x20000);
    build_pvh(p);
    accepted(p, 2 * MIB, IMAGE_OVMF);
    p = flat(MIB);
    build_pvh(p);
    accepted(p, MIB, IMAGE_UNKNOWN);
}

static void wrong_files(void **state)
{
    (void)state;
    refused(fd(0x1e0000, 0), 0x1e0000, "this is OVMF_CODE.fd");
    refused(fd(0x1e0000, 0), 0x1e0000, "0x1e0000 bytes, not a whole number of MiB");
    refused(fd(0x1e0000, 0), 0x1e0000, "give the combined OVMF.fd");
    uint8_t *p = malloc(0x20000);
    assert_non_null(p);
    build_fv(p, 0x20000, build_nv);
    refused(p, 0x20000, "this is OVMF_VARS.fd");
    refused(malloc(1), 0, "empty");
    refused(fd(0x1f0000, 0x20000), 0x1f0000, "padded");

    p = fd(2 * MIB, 0x20000); /* cut in the middle of its code volume */
    refused(build_exact(p, 0x1ff000), 0x1ff000, "truncated");
    refused(build_exact(p, MIB), MIB, "the firmware volume at 0x20000");
    refused(build_exact(p, 0x1000), 0x1000, "truncated");
    free(p);
    p = fd(2 * MIB, 0x20000);
    memset(p + 2 * MIB - 16, 0xff, 16);
    refused(p, 2 * MIB, "all FF");
    refused(calloc(1, MIB), MIB, "all 00");
    refused(calloc(1, MIB + 1), MIB + 1, "not a whole number");
    refused(calloc(1, 8), 8, "no firmware volume");
    refused(calloc(1, IMAGE_MAX_SIZE + MIB), IMAGE_MAX_SIZE + MIB, "too many");

    p = flat(MIB); /* noise: xorshift32 */
    for (uint32_t i = 0, x = 1; i < MIB; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        p[i] = (uint8_t)x;
    }
    refused(p, MIB, "random");

    static const struct {
        const char *start, *why;
    } others[] = {{"MZ", "PE file"},          {"\177ELF\2\1\1", "ELF program"},
                  {"\3757zXZ", "xz archive"}, {"QFI\xfb", "qcow2"},
                  {"\x1f\x8b", "gzip"},       {"!<arch>\n", "package"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        p = flat(MIB);
        build_text(p, others[i].start);
        refused(p, MIB, others[i].why);
    }
    p = flat(MIB - 1);
    build_text(p, "\177ELF\1\1\1");
    build_text(p + 0x5001, "HVM Loader\n");
    refused(p, MIB - 1, "hvmloader");
}

static void pvh_header(void **state)
{
    (void)state;
    uint8_t p[136];
    struct pvh_header h;
    build_pvh(p);
    assert_true(pvh_parse(p, sizeof p, &h));
    assert_true(h.present);
    assert_int_equal(h.entry, 0x2fffd0);
    assert_int_equal(h.load_paddr, 0x100000);
    assert_int_equal(h.filesz, 0x200000);
    assert_int_equal(h.memsz, 0x200000);

    static const struct {
        uint32_t at, value;
    } bad[] = {
        {0, 0},           /* no ELF */
        {4, 2},           /* 64 bits */
        {16, 0x00030003}, /* not EXEC */
        {18, 62},         /* not for x86 */
        {28, 100},
        {28, UINT32_MAX}, /* program headers outside */
        {42, 0x00020010}, /* too small */
        {44, 33},
        {44, 0},               /* too many, none */
        {52 + 4, 4},           /* loaded from elsewhere in the file */
        {52 + 16, 0x200001},   /* filesz > memsz */
        {52 + 20, UINT32_MAX}, /* wraps */
        {84, 1},               /* a second PT_LOAD, no note */
        {84 + 4, 200},
        {84 + 16, UINT32_MAX}, /* the note outside */
        {116, UINT32_MAX},
        {116 + 4, 5},
        {116 + 4, UINT32_MAX},
        {116 + 8, 17},
        {116 + 12, 0x6e6559},
        {116 + 16, 0x300000},
        {116 + 16, 0xfffff}, /* the entry outside */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        build_pvh(p);
        put_le32(p + bad[i].at, bad[i].value);
        if (pvh_parse(p, sizeof p, &h) || h.present)
            fail_msg("case %zu was accepted", i);
    }

    build_pvh(p);
    for (size_t n = 0; n < sizeof p; n++) {
        uint8_t *cut = build_exact(p, n);
        assert_false(pvh_parse(cut, n, &h));
        free(cut);
    }
    /* A note without the value that it announces, at the very end. */
    build_pvh(p);
    put_le32(p + 84 + 16, 16);
    uint8_t *short_note = build_exact(p, 132);
    assert_false(pvh_parse(short_note, 132, &h));
    free(short_note);

    build_pvh(p);
    uint8_t *copy = build_exact(p, sizeof p);
    for (size_t bit = 0; bit < sizeof p * 8; bit++) {
        copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
        if (pvh_parse(copy, sizeof p, &h))
            assert_true(h.entry >= h.load_paddr && h.entry - h.load_paddr < h.memsz);
        copy[bit / 8] = p[bit / 8];
    }
    free(copy);
}

/* The entry note may stand behind others. */
static void pvh_second_note(void **state)
{
    (void)state;
    uint8_t p[136 + 24];
    struct pvh_header h;
    build_pvh(p);
    memmove(p + 116 + 24, p + 116, 20);
    memset(p + 116, 0, 24);
    put_le32(p + 116, 3);
    put_le32(p + 116 + 4, 7);
    build_text(p + 116 + 12, "abc");
    put_le32(p + 84 + 16, 44);
    assert_true(pvh_parse(p, sizeof p, &h));
    assert_int_equal(h.entry, 0x2fffd0);
}

static uint8_t *deflated(const uint8_t *p, size_t n, size_t *size)
{
    uint8_t *out = malloc(n + 1024);
    assert_non_null(out);
    z_stream z = {.next_in = p, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)(n + 1024)};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *size = z.total_out;
    deflateEnd(&z);
    return out;
}

static void gzip_data(void **state)
{
    (void)state;
    uint8_t text[3000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * i >> 3);
    size_t n, got;
    uint8_t *z = deflated(text, sizeof text, &n);
    struct diag d;
    uint8_t *out = gzip_inflate("x", z, n, sizeof text, &got, &d);
    assert_non_null(out);
    assert_int_equal(got, sizeof text);
    assert_memory_equal(out, text, sizeof text);
    free(out);
    assert_null(gzip_inflate("x", z, n, sizeof text - 1, &got, &d));
    assert_non_null(strstr(d.message, "more than"));
    for (size_t cut = 0; cut < n; cut += cut < 64 || cut + 64 > n ? 1 : 37) {
        uint8_t *part = build_exact(z, cut);
        assert_null(gzip_inflate("x", part, cut, sizeof text, &got, &d));
        free(part);
    }
    /* Two members and padding; then other bytes. */
    uint8_t *two = calloc(1, 2 * n + 4);
    assert_non_null(two);
    memcpy(two, z, n);
    memcpy(two + n, z, n);
    out = gzip_inflate("x", two, 2 * n + 4, IMAGE_MAX_SIZE, &got, &d);
    assert_non_null(out);
    assert_int_equal(got, 2 * sizeof text);
    assert_memory_equal(out + sizeof text, text, sizeof text);
    free(out);
    two[2 * n + 1] = 'x';
    assert_null(gzip_inflate("x", two, 2 * n + 4, IMAGE_MAX_SIZE, &got, &d));
    free(two);
    z[n / 2] ^= 0x55;
    assert_null(gzip_inflate("x", z, n, IMAGE_MAX_SIZE, &got, &d));
    free(z);
}

/* --- files */

static char dir[64];

static const char *in_dir(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, const uint8_t *p, size_t n)
{
    FILE *f = fopen(in_dir(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void load_refused(const char *path, const char *why)
{
    struct image im;
    struct diag d = {0};
    assert_false(image_load(path, &im, &d));
    assert_null(im.bytes);
    assert_string_equal(d.file, path);
    if (strstr(d.message, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.message, why);
}

static void loaded_files(void **state)
{
    (void)state;
    uint8_t *p = fd(2 * MIB, 0x20000);
    struct image im, packed;
    struct diag d;
    write_file("plain.fd", p, 2 * MIB);
    assert_true(image_load(in_dir("plain.fd"), &im, &d));
    assert_false(im.gzip);
    assert_memory_equal(im.bytes, p, 2 * MIB);

    size_t n;
    uint8_t *z = deflated(p, 2 * MIB, &n);
    write_file("packed.fd.gz", z, n);
    assert_true(image_load(in_dir("packed.fd.gz"), &packed, &d));
    assert_true(packed.gzip);
    assert_int_equal(packed.size, 2 * MIB);
    assert_memory_equal(packed.sha256, im.sha256, sizeof im.sha256);
    image_free(&im);
    image_free(&packed);

    write_file("cut.gz", z, n - 9);
    load_refused(in_dir("cut.gz"), "truncated");
    free(z);
    free(p);

    p = calloc(1, IMAGE_MAX_SIZE + 1); /* a bomb */
    assert_non_null(p);
    z = deflated(p, IMAGE_MAX_SIZE + 1, &n);
    write_file("bomb.gz", z, n);
    load_refused(in_dir("bomb.gz"), "more than");
    free(z);
    free(p);
}

static void checksum(void **state)
{
    (void)state;
    /* sha256sum of 1 MiB - 16 zeros and the reset vector above. */
    static const uint8_t expected[4] = {0xc9, 0xed, 0xbf, 0x24};
    struct image im;
    struct diag d;
    assert_true(image_from_bytes("x", flat(MIB), MIB, &im, &d));
    assert_memory_equal(im.sha256, expected, sizeof expected);
    image_free(&im);
}

static void paths(void **state)
{
    (void)state;
    write_file("empty", (const uint8_t *)"", 0);
    load_refused(in_dir("empty"), "empty");
    load_refused(dir, "a directory");
    load_refused("/dev/zero", "a device");
    load_refused(in_dir("missing"), "No such file");
    assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
    load_refused(in_dir("fifo"), "a FIFO");
    write_file("sparse", (const uint8_t *)"x", 1);
    assert_int_equal(truncate(in_dir("sparse"), 5LL << 30), 0);
    load_refused(in_dir("sparse"), "5368709120 bytes are too many");
    if (truncate(in_dir("sparse"), 1LL << 40) == 0) /* no memory has room for it: seen by its size alone */
        load_refused(in_dir("sparse"), "1099511627776 bytes are too many");

    /* A path too long to keep: its end counts. */
    char path[600];
    memset(path, 'd', sizeof path);
    memcpy(path + sizeof path - 9, "/OVMF.fd", 9);
    struct image im;
    struct diag d;
    assert_true(image_from_bytes(path, flat(MIB), MIB, &im, &d));
    assert_string_equal(strrchr(im.path, '/'), "/OVMF.fd");
    image_free(&im);
}

static void real_images(void **state)
{
    (void)state;
    static const struct {
        const char *name, *why; /* NULL: boots */
        bool pvh;
    } cases[] = {
        {"OVMF.fd", NULL, false},
        {"OVMF_CODE.fd", "this is OVMF_CODE.fd", false},
        {"OVMF_CODE_4M.fd", "this is OVMF_CODE.fd", false},
        {"OVMF_CODE_4M.secboot.fd", "this is OVMF_CODE.fd", false},
        {"OVMF_VARS.fd", "this is OVMF_VARS.fd", false},
        {"OVMF_VARS_4M.ms.fd", "this is OVMF_VARS.fd", false},
        {"ovmfxen/RELEASE/OVMF.fd", NULL, true},
        {"ovmfxen/DEBUG/OVMF.fd", NULL, true},
    };
    const char *from = getenv("FIRMWARE_DIR");
    unsigned seen = 0;
    for (size_t i = 0; from != NULL && i < sizeof cases / sizeof cases[0]; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", from, cases[i].name);
        if (access(path, R_OK) != 0)
            continue;
        seen++;
        struct image im;
        struct diag d = {0};
        bool ok = image_load(path, &im, &d);
        if (ok != (cases[i].why == NULL) || (!ok && strstr(d.message, cases[i].why) == NULL))
            fail_msg("%s: %s", cases[i].name, ok ? "accepted" : d.message);
        if (!ok)
            continue;
        assert_int_equal(im.kind, IMAGE_OVMF);
        assert_int_equal(im.pvh.present, cases[i].pvh);
        image_free(&im);
    }
    if (seen == 0)
        skip();
}

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_image.XXXXXX");
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.fd", "packed.fd.gz", "cut.gz", "bomb.gz", "empty", "fifo", "sparse"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)unlink(in_dir(names[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),           cmocka_unit_test(wrong_files), cmocka_unit_test(pvh_header),
        cmocka_unit_test(pvh_second_note), cmocka_unit_test(gzip_data),   cmocka_unit_test(loaded_files),
        cmocka_unit_test(checksum),        cmocka_unit_test(paths),       cmocka_unit_test(real_images),
    };
    return cmocka_run_group_tests_name("image", tests, make_dir, remove_dir);
}
