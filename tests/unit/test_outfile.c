/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
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

static char dir[64];

static const char *in_dir(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static size_t entries(void)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    size_t n = 0;
    while (readdir(d) != NULL)
        n++;
    (void)closedir(d);
    return n - 2;
}

static void holds(const char *name, const char *text)
{
    char got[64] = "";
    FILE *f = fopen(in_dir(name), "r");
    assert_non_null(f);
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    (void)fclose(f);
    assert_string_equal(got, text);
}

static struct outfile *begin(const char *name, const char *text)
{
    struct diag d = {0};
    struct outfile *o = outfile_open(in_dir(name), &d);
    if (o == NULL)
        fail_msg("%s", d.message);
    fputs(text, outfile_stream(o));
    (void)fflush(outfile_stream(o));
    return o;
}

static void whole_or_not_at_all(void **state)
{
    (void)state;
    struct diag d = {0};
    struct outfile *o = begin("a", "one");
    assert_int_equal(access(in_dir("a"), F_OK), -1);
    assert_true(outfile_commit(o, &d));
    holds("a", "one");
    assert_int_equal(chmod(in_dir("a"), 0640), 0);

    o = begin("a", "two");
    holds("a", "one");
    outfile_abort(o);
    holds("a", "one");
    assert_int_equal(entries(), 1);

    o = begin("a", "three");
    assert_true(outfile_commit(o, &d));
    holds("a", "three");
    struct stat st;
    assert_int_equal(stat(in_dir("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    outfile_abort(NULL);
    assert_int_equal(unlink(in_dir("a")), 0);
    assert_int_equal(entries(), 0);
}

static void through_a_link(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_true(outfile_commit(begin("target", "old"), &d));
    assert_int_equal(symlink("target", in_dir("link")), 0);
    assert_true(outfile_commit(begin("link", "new"), &d));
    struct stat st;
    assert_int_equal(lstat(in_dir("link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    holds("target", "new");
    assert_int_equal(unlink(in_dir("link")), 0);
    assert_int_equal(unlink(in_dir("target")), 0);
}

static void cannot_open(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_null(outfile_open(dir, &d));
    assert_non_null(strstr(d.message, "directory"));
    assert_null(outfile_open("/nonexistent-dir/x", &d));
    assert_string_equal(d.file, "/nonexistent-dir/x");
    assert_null(outfile_open("", &d));
}

static void failed_writes(void **state)
{
    (void)state;
    struct diag d = {0};
    if (access("/dev/full", W_OK) != 0)
        skip();
    /* Nothing to flush at the end, yet a write has failed before. */
    struct outfile *o = outfile_open("/dev/full", &d);
    assert_non_null(o);
    fputs("x", outfile_stream(o));
    assert_int_equal(fflush(outfile_stream(o)), EOF);
    assert_false(outfile_commit(o, &d));
    assert_string_equal(d.file, "/dev/full");
    /* The flush itself fails. */
    o = outfile_open("/dev/full", &d);
    assert_non_null(o);
    fputs("x", outfile_stream(o));
    assert_false(outfile_commit(o, &d));
    assert_non_null(strstr(d.message, "No space left"));
    assert_true(access("/dev/full", F_OK) == 0);

    o = outfile_open("/dev/null", &d);
    assert_non_null(o);
    fputs("x", outfile_stream(o));
    assert_true(outfile_commit(o, &d));
}

static void standard_output(void **state)
{
    (void)state;
    struct diag d = {0};
    struct outfile *o = outfile_open("-", &d);
    assert_ptr_equal(outfile_stream(o), stdout);
    outfile_abort(o);
    o = outfile_open(NULL, &d);
    assert_ptr_equal(outfile_stream(o), stdout);
    assert_true(outfile_commit(o, &d));
    assert_true(fputs("", stdout) >= 0); /* still open */
}

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_outfile.XXXXXX");
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_or_not_at_all), cmocka_unit_test(through_a_link),  cmocka_unit_test(cannot_open),
        cmocka_unit_test(failed_writes),       cmocka_unit_test(standard_output),
    };
    return cmocka_run_group_tests_name("outfile", tests, make_dir, remove_dir);
}
