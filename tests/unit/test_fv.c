/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build_fd.h"
#include "image/fv.h"

enum { FV = 0x1000, FILE1 = BUILD_FV_HEADER, NR_FILES = 3 };

/* A volume with three files: a module with a name, a pad, raw bytes. */
static void sample(uint8_t *fv)
{
    static const uint8_t te[24] = {'V', 'Z'};
    build_fv(fv, FV, build_ffs2);
    uint8_t *h = fv + FILE1;
    uint8_t *end = build_ui(build_section(h + 24, 0x12, te, sizeof te), "PeiCore");
    uint32_t size = (uint32_t)(end - h);
    (void)build_ffs(h, size, 0x04, 0x11);
    h = fv + FILE1 + ((size + 7) & ~7u);
    (void)build_ffs(h, 64, 0xf0, 0xff);
    h += 64;
    memcpy(build_ffs(h, 48, 0x01, 0x22), "raw", 4);
}

static size_t count_files(const uint8_t *buf, size_t size, const struct fv *fv)
{
    struct ffs_file f;
    size_t cursor = 0, n = 0;
    while (ffs_next(buf, size, fv, &cursor, &f)) {
        assert_true(f.offset >= fv->offset && f.offset + f.size <= fv->offset + fv->length);
        assert_true(f.pe_offset == 0 || (f.pe_offset > f.offset && f.pe_offset + f.pe_size <= f.offset + f.size));
        assert_non_null(memchr(f.ui, '\0', sizeof f.ui));
        assert_true(++n <= FV / 24);
    }
    return n;
}

/* Whatever the bytes are: no overrun, no endless walk, sane results. */
static size_t walk_all(const uint8_t *buf, size_t size)
{
    struct fv fv;
    size_t volumes = 0;
    for (size_t at = 0; fv_next(buf, size, at, &fv); at = fv.offset + (size_t)fv.length) {
        assert_true(fv.offset >= at && fv.length <= size - fv.offset && fv.length > 0);
        (void)count_files(buf, size, &fv);
        volumes++;
    }
    return volumes;
}

static void guids(void **state)
{
    (void)state;
    struct guid a, b;
    char text[GUID_TEXT_SIZE];
    memcpy(a.b, build_nv, 16);
    b = a;
    guid_format(&a, text);
    assert_string_equal(text, "FFF12B8D-7696-4C8B-A985-2747075B4F50");
    assert_true(guid_equal(&a, &b));
    b.b[15] ^= 1;
    assert_false(guid_equal(&a, &b));
}

static void files(void **state)
{
    (void)state;
    uint8_t buf[FV];
    sample(buf);
    struct fv fv;
    assert_true(fv_next(buf, FV, 0, &fv));
    assert_int_equal(fv.offset, 0);
    assert_int_equal(fv.length, FV);
    assert_int_equal(fv.header_length, BUILD_FV_HEADER);
    assert_true(fv.checksum_ok);
    assert_memory_equal(fv.fs.b, build_ffs2, 16);
    assert_false(fv_next(buf, FV, FV, &fv));
    assert_true(fv_next(buf, FV, 0, &fv));

    struct ffs_file f;
    size_t cursor = 0;
    assert_true(ffs_next(buf, FV, &fv, &cursor, &f));
    assert_int_equal(f.offset, FILE1);
    assert_int_equal(f.type, 4);
    assert_int_equal(f.header_size, 24);
    assert_int_equal(f.name.b[5], 0x11);
    assert_string_equal(f.ui, "PeiCore");
    assert_int_equal(f.pe_offset, FILE1 + 24 + 4);
    assert_int_equal(f.pe_size, 24);
    assert_memory_equal(buf + f.pe_offset, "VZ", 2);
    assert_true(ffs_next(buf, FV, &fv, &cursor, &f));
    assert_int_equal(f.type, 0xf0);
    assert_int_equal(f.pe_offset, 0);
    assert_true(ffs_next(buf, FV, &fv, &cursor, &f));
    assert_int_equal(f.type, 1);
    assert_int_equal(f.size, 48);
    assert_string_equal(f.ui, "");
    assert_false(ffs_next(buf, FV, &fv, &cursor, &f));
}

static void volume_inside_a_buffer(void **state)
{
    (void)state;
    uint8_t buf[3 * FV];
    memset(buf, 0xff, sizeof buf);
    sample(buf + 0x808);
    build_fv(buf + 0x2000, FV, build_nv);
    struct fv fv;
    assert_true(fv_next(buf, sizeof buf, 0, &fv));
    assert_int_equal(fv.offset, 0x808);
    assert_int_equal(count_files(buf, sizeof buf, &fv), NR_FILES);
    assert_true(fv_next(buf, sizeof buf, fv.offset + 1, &fv));
    assert_int_equal(fv.offset, 0x2000);
    assert_memory_equal(fv.fs.b, build_nv, 16);
    assert_int_equal(walk_all(buf, sizeof buf), 2);
    /* Only 8-byte aligned ones count. */
    memset(buf, 0xff, sizeof buf);
    sample(buf + 4);
    assert_false(fv_next(buf, sizeof buf, 0, &fv));
}

static void extended_header(void **state)
{
    (void)state;
    uint8_t buf[FV];
    build_fv(buf, FV, build_ffs2);
    put_le16(buf + 52, BUILD_FV_HEADER);
    put_le32(buf + BUILD_FV_HEADER + 16, 21); /* ends unaligned: the file follows at the next 8 bytes */
    build_fv_sum(buf);
    (void)build_ffs(buf + 96, 24, 0x01, 0x33);
    struct fv fv;
    struct ffs_file f;
    size_t cursor = 0;
    assert_true(fv_next(buf, FV, 0, &fv));
    assert_true(ffs_next(buf, FV, &fv, &cursor, &f));
    assert_int_equal(f.offset, 96);
    put_le32(buf + BUILD_FV_HEADER + 16, UINT32_MAX);
    cursor = 0;
    assert_false(ffs_next(buf, FV, &fv, &cursor, &f));
    put_le16(buf + 52, FV - 10);
    cursor = 0;
    assert_false(ffs_next(buf, FV, &fv, &cursor, &f));
}

static void large_file(void **state)
{
    (void)state;
    uint8_t buf[FV];
    build_fv(buf, FV, build_ffs2);
    uint8_t *h = buf + FILE1;
    (void)build_ffs(h, 0, 0x04, 0x44);
    h[19] = 1;
    put_le64(h + 24, 0x100);
    build_ffs_sum(h);
    /* One section with the large header too. */
    memset(h + 32, 0xff, 3);
    h[35] = 0x10;
    put_le32(h + 36, 0x100 - 32);
    struct fv fv;
    struct ffs_file f;
    size_t cursor = 0;
    assert_true(fv_next(buf, FV, 0, &fv));
    assert_true(ffs_next(buf, FV, &fv, &cursor, &f));
    assert_int_equal(f.header_size, 32);
    assert_int_equal(f.size, 0x100);
    assert_int_equal(f.pe_offset, FILE1 + 32 + 8);
    assert_int_equal(f.pe_size, 0x100 - 32 - 8);
    put_le64(h + 24, UINT64_MAX - 7); /* would wrap the cursor */
    build_ffs_sum(h);
    cursor = 0;
    assert_false(ffs_next(buf, FV, &fv, &cursor, &f));
}

static void refused(void **state)
{
    (void)state;
    uint8_t buf[FV];
    struct fv fv;
    static const struct {
        uint64_t length;
        uint16_t header;
    } bad[] = {{FV + 1, 72}, {UINT64_MAX, 72}, {71, 72}, {0, 72}, {FV, 0}, {FV, 62}, {FV, 73}, {FV, 0xfffe}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sample(buf);
        put_le64(buf + 32, bad[i].length);
        put_le16(buf + 48, bad[i].header);
        assert_false(fv_next(buf, FV, 0, &fv));
    }
    /* A wrong sum is told, not refused: the caller decides. */
    sample(buf);
    buf[55] ^= 1;
    assert_true(fv_next(buf, FV, 0, &fv));
    assert_false(fv.checksum_ok);
    /* A damaged file header ends the walk. */
    sample(buf);
    assert_true(fv_next(buf, FV, 0, &fv));
    buf[FILE1 + 3] ^= 1;
    assert_int_equal(count_files(buf, FV, &fv), 0);
    /* A volume that was found in a larger buffer than is given now. */
    sample(buf);
    assert_int_equal(count_files(buf, FV - 1, &fv), 0);
}

static void every_prefix(void **state)
{
    (void)state;
    uint8_t buf[FV];
    sample(buf);
    for (size_t n = 0; n < FV; n += n < 0x200 ? 1 : 61) {
        uint8_t *cut = build_exact(buf, n);
        assert_int_equal(walk_all(cut, n), 0); /* the volume says that it is longer */
        if (n >= BUILD_FV_HEADER) {
            put_le64(cut + 32, n);
            assert_int_equal(walk_all(cut, n), 1);
        }
        free(cut);
    }
}

static void every_bit(void **state)
{
    (void)state;
    uint8_t buf[FV];
    sample(buf);
    uint8_t *copy = build_exact(buf, FV);
    for (size_t bit = 0; bit < (size_t)0x160 * 8; bit++) {
        copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
        (void)walk_all(copy, FV);
        /* Also with the file's header sum right again, so that what lies behind it is reached. */
        build_ffs_sum(copy + FILE1);
        (void)walk_all(copy, FV);
        memcpy(copy, buf, FV);
    }
    free(copy);
}

static void real_image(void **state)
{
    (void)state;
    const char *dir = getenv("FIRMWARE_DIR");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/OVMF.fd", dir != NULL ? dir : "");
    FILE *f = dir != NULL ? fopen(path, "rb") : NULL;
    if (f == NULL)
        skip();
    /* 2 MiB in Debian 12, 4 MiB in 13. */
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(f);
    rewind(f);
    uint8_t *buf = malloc(size);
    assert_non_null(buf);
    assert_int_equal(fread(buf, 1, size, f), size);
    fclose(f);
    struct fv fv;
    struct ffs_file file;
    bool sec = false;
    for (size_t at = 0; fv_next(buf, size, at, &fv); at = fv.offset + (size_t)fv.length) {
        assert_true(fv.checksum_ok);
        size_t cursor = 0;
        while (ffs_next(buf, size, &fv, &cursor, &file))
            sec = sec || (file.type == 3 && strcmp(file.ui, "SecMain") == 0 && file.pe_offset != 0);
    }
    assert_true(sec);
    free(buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guids),           cmocka_unit_test(files),      cmocka_unit_test(volume_inside_a_buffer),
        cmocka_unit_test(extended_header), cmocka_unit_test(large_file), cmocka_unit_test(refused),
        cmocka_unit_test(every_prefix),    cmocka_unit_test(every_bit),  cmocka_unit_test(real_image),
    };
    return cmocka_run_group_tests_name("fv", tests, NULL, NULL);
}
