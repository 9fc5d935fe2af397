/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What images unpack to, between runs: the form of a file, and the folder. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/outfile.h"
#include "cache/cache.h"
#include "cache/entry.h"

#define PACKED_SIZE 100u
#define ROOM 5000u

static uint8_t packed[PACKED_SIZE], bytes[ROOM];
static char dir[64];

static int make(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKED_SIZE; i++)
        packed[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < ROOM; i++)
        bytes[i] = (uint8_t)(i / 100 + i % 3);
    (void)strcpy(dir, "/tmp/hvmbed-cache-XXXXXX");
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int clean(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static uint8_t *entry(size_t *size)
{
    char *file = NULL;
    FILE *f = open_memstream(&file, size);
    assert_non_null(f);
    assert_true(entry_write(f, packed, PACKED_SIZE, bytes, ROOM));
    assert_int_equal(fclose(f), 0);
    return (uint8_t *)file;
}

static void is_had_back(void **state)
{
    size_t size;
    uint8_t *file = entry(&size);
    (void)state;
    assert_true(size < ROOM / 2);
    assert_null(entry_wrong(file, size));
    uint8_t *got = entry_read(file, size, packed, PACKED_SIZE, ROOM);
    assert_non_null(got);
    assert_memory_equal(got, bytes, ROOM);
    free(got);
    free(file);
}

/* Of another stream, or of this one with another promise. */
static void is_of_one_stream(void **state)
{
    size_t size;
    uint8_t *file = entry(&size), other[PACKED_SIZE];
    (void)state;
    assert_null(entry_read(file, size, packed, PACKED_SIZE - 1, ROOM));
    assert_null(entry_read(file, size, packed, PACKED_SIZE, ROOM - 1));
    for (size_t i = 0; i < PACKED_SIZE; i++) {
        memcpy(other, packed, PACKED_SIZE);
        other[i] ^= 1;
        assert_null(entry_read(file, size, other, PACKED_SIZE, ROOM));
    }
    free(file);
}

static void one_bit_is_noticed(void **state)
{
    size_t size;
    uint8_t *file = entry(&size);
    (void)state;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(entry_wrong(file, size));
        assert_null(entry_read(file, size, packed, PACKED_SIZE, ROOM));
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_null(entry_wrong(file, size));
    free(file);
}

static void every_cut_is_noticed(void **state)
{
    size_t size;
    uint8_t *file = entry(&size);
    (void)state;
    file = realloc(file, size + 1);
    assert_non_null(file);
    file[size] = 0;
    assert_string_equal(entry_wrong(file, size + 1), "it is damaged");
    for (size_t n = 0; n < size; n++) {
        uint8_t *cut = malloc(n + 1); /* its end is where it says */
        assert_non_null(cut);
        memcpy(cut, file, n);
        assert_non_null(entry_wrong(cut, n));
        free(cut);
    }
    free(file);
}

static void says_what_is_wrong(void **state)
{
    size_t size;
    uint8_t *file = entry(&size);
    (void)state;
    assert_string_equal(entry_wrong(file, 10), "it is too short");
    file[8]++;
    assert_string_equal(entry_wrong(file, size), "it is of another version");
    file[0]++;
    assert_string_equal(entry_wrong(file, size), "it is something else");
    free(file);
}

/* Whole by its sum, but the data promise more or less than the header. */
static void a_lying_header_is_noticed(void **state)
{
    char *file = NULL;
    size_t size;
    FILE *f = open_memstream(&file, &size);
    (void)state;
    assert_true(entry_write(f, packed, PACKED_SIZE, bytes, ROOM - 1));
    assert_int_equal(fclose(f), 0);
    assert_null(entry_wrong((uint8_t *)file, size));
    assert_null(entry_read((uint8_t *)file, size, packed, PACKED_SIZE, ROOM));
    free(file);
}

/* --- the folder */

static void image_sum(unsigned n, uint8_t sum[HASH_SIZE])
{
    memset(sum, 0, HASH_SIZE);
    sum[0] = (uint8_t)n;
}

static void put(const struct cache *c, unsigned n)
{
    struct diag d = {0};
    uint8_t sum[HASH_SIZE];
    image_sum(n, sum);
    char *path = cache_path(c, sum);
    struct outfile *o = outfile_open(path, &d);
    assert_non_null(o);
    assert_true(entry_write(outfile_stream(o), packed, PACKED_SIZE, bytes, ROOM));
    assert_true(outfile_commit(o, &d));
    free(path);
}

static bool is_there(const struct cache *c, unsigned n)
{
    uint8_t sum[HASH_SIZE];
    image_sum(n, sum);
    char *path = cache_path(c, sum);
    const bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void use_at(const struct cache *c, unsigned n, time_t when)
{
    uint8_t sum[HASH_SIZE];
    const struct timespec t[2] = {{.tv_sec = when}, {.tv_sec = when}};
    image_sum(n, sum);
    char *path = cache_path(c, sum);
    assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
    free(path);
}

static void is_found_by_the_image(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    uint8_t sum[HASH_SIZE], other[HASH_SIZE];
    (void)state;
    image_sum(1, sum);
    image_sum(2, other);
    assert_null(cache_held(NULL, sum));
    assert_true(cache_open(&c, dir, &d));
    assert_true(cache_hold(&c, sum, &d));
    assert_null(cache_held(&c, sum));
    put(&c, 1);
    assert_null(cache_held(&c, sum)); /* read before it was there */
    assert_true(cache_hold(&c, sum, &d));
    assert_true(cache_hold(&c, other, &d));
    assert_non_null(cache_held(&c, sum));
    assert_null(cache_held(&c, other));
    assert_int_equal(c.nr, 2);
    cache_free(&c);
}

static void spares_the_unpacking(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    uint8_t sum[HASH_SIZE];
    struct lzma_memo memo = {.nr = 0};
    (void)state;
    image_sum(1, sum);
    assert_true(cache_open(&c, dir, &d));
    put(&c, 1);
    assert_true(cache_hold(&c, sum, &d));
    /* "packed" is no LZMA at all, so nobody else can unpack it. */
    assert_null(lzma_unpack_again(&memo, packed, PACKED_SIZE, ROOM));
    cache_serve(cache_held(&c, sum), &memo);
    const uint8_t *got = lzma_unpack_again(&memo, packed, PACKED_SIZE, ROOM);
    assert_non_null(got);
    assert_true(memo.was_kept);
    assert_memory_equal(got, bytes, ROOM);
    assert_ptr_equal(lzma_unpack_again(&memo, packed, PACKED_SIZE, ROOM), got);
    packed[0] ^= 1; /* other data: not what is kept */
    assert_null(lzma_unpack_again(&memo, packed, PACKED_SIZE, ROOM));
    packed[0] ^= 1;
    lzma_memo_free(&memo);
    cache_serve(NULL, &memo);
    assert_null(lzma_unpack_again(&memo, packed, PACKED_SIZE, ROOM));
    cache_free(&c);
}

static void damage_is_as_if_it_were_not_there(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    uint8_t sum[HASH_SIZE];
    (void)state;
    image_sum(1, sum);
    assert_true(cache_open(&c, dir, &d));
    put(&c, 1);
    char *path = cache_path(&c, sum);
    assert_int_equal(truncate(path, 200), 0);
    assert_true(cache_hold(&c, sum, &d));
    assert_null(cache_held(&c, sum));
    assert_int_equal(unlink(path), 0); /* nor is what is no file */
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(cache_hold(&c, sum, &d));
    assert_null(cache_held(&c, sum));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_true(cache_hold(&c, sum, &d));
    assert_null(cache_held(&c, sum));
    free(path);
    cache_free(&c);
}

static void a_folder_is_needed(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    (void)state;
    assert_false(cache_open(&c, "/dev/null", &d));
    assert_string_equal(d.file, "/dev/null");
    assert_non_null(strstr(d.message, "cannot be a folder"));
}

/* Those that were not in use for longest go; what is not ours stays. */
static void the_oldest_go(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    char other[96];
    (void)state;
    assert_true(cache_open(&c, dir, &d));
    (void)snprintf(other, sizeof other, "%s/README", dir);
    FILE *f = fopen(other, "w");
    assert_non_null(f);
    (void)fclose(f);
    for (unsigned n = 0; n < CACHE_FILES_MAX + 3; n++) {
        put(&c, n);
        use_at(&c, n, 1000000 + (time_t)n);
    }
    use_at(&c, 0, 2000000); /* the first is in use */
    cache_tidy(&c);
    assert_true(is_there(&c, 0));
    for (unsigned n = 1; n < 4; n++)
        assert_false(is_there(&c, n));
    for (unsigned n = 4; n < CACHE_FILES_MAX + 3; n++)
        assert_true(is_there(&c, n));
    assert_int_equal(access(other, F_OK), 0);
    cache_tidy(&c); /* as many as may be */
    assert_true(is_there(&c, 4));
    cache_free(&c);
}

/* To read it is to use it. */
static void reading_is_use(void **state)
{
    struct cache c = {0};
    struct diag d = {0};
    struct stat st;
    uint8_t sum[HASH_SIZE];
    (void)state;
    image_sum(1, sum);
    assert_true(cache_open(&c, dir, &d));
    put(&c, 1);
    use_at(&c, 1, 1000000);
    assert_true(cache_hold(&c, sum, &d));
    char *path = cache_path(&c, sum);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_mtime > 1000000);
    free(path);
    cache_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_had_back, make, clean),
        cmocka_unit_test_setup_teardown(is_of_one_stream, make, clean),
        cmocka_unit_test_setup_teardown(one_bit_is_noticed, make, clean),
        cmocka_unit_test_setup_teardown(every_cut_is_noticed, make, clean),
        cmocka_unit_test_setup_teardown(says_what_is_wrong, make, clean),
        cmocka_unit_test_setup_teardown(a_lying_header_is_noticed, make, clean),
        cmocka_unit_test_setup_teardown(is_found_by_the_image, make, clean),
        cmocka_unit_test_setup_teardown(spares_the_unpacking, make, clean),
        cmocka_unit_test_setup_teardown(damage_is_as_if_it_were_not_there, make, clean),
        cmocka_unit_test_setup_teardown(a_folder_is_needed, make, clean),
        cmocka_unit_test_setup_teardown(the_oldest_go, make, clean),
        cmocka_unit_test_setup_teardown(reading_is_use, make, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
