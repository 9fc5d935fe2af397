/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --layout may say. */
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

#include "boot/choose.h"

static char dir[] = "/tmp/hvmbed-choose-XXXXXX";

static void touch(const char *name)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    /* ./layouts are the presets. */
    if (mkdtemp(dir) == NULL || chdir(dir) != 0 || mkdir("layouts", 0700) != 0 || mkdir("mine", 0700) != 0 ||
        mkdir("empty", 0700) != 0 || mkdir("all", 0700) != 0)
        return -1;
    static const char *const files[] = {"layouts/hvm-1g.cfg", "layouts/hvm-4g.cfg", "layouts/pvh-1g.cfg",
                                        "mine/b.cfg",         "mine/a.cfg",         "mine/note.txt",
                                        "mine/.hidden.cfg",   "here.cfg",           "odd[1].cfg"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        touch(files[i]);
    return rmdir("all");
}

static int take_down(void **state)
{
    (void)state;
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1; // NOLINT(cert-env33-c): the folder made above
}

/* @names and @paths with spaces between them; @open: how many it is depends on what is there. */
static void chooses(const char *names, const char *paths, bool open)
{
    struct layout_choice c = {0};
    struct diag d = {0};
    char given[256], got[512] = "", *save = NULL;
    (void)snprintf(given, sizeof given, "%s", names);
    for (char *n = strtok_r(given, " ", &save); n != NULL; n = strtok_r(NULL, " ", &save))
        if (!layout_choose(&c, n, &d))
            fail_msg("%s: %s", d.file, d.message);
    for (size_t i = 0; i < c.nr; i++) {
        size_t len = strlen(got);
        (void)snprintf(got + len, sizeof got - len, "%s%s", i != 0 ? " " : "", c.path[i]);
    }
    assert_string_equal(got, paths);
    assert_int_equal(c.open, open);
    layout_choice_free(&c);
}

static void refuses(const char *names, const char *why)
{
    struct layout_choice c = {0};
    struct diag d = {0};
    char given[256], *save = NULL;
    bool ok = true;
    (void)snprintf(given, sizeof given, "%s", names);
    for (char *n = strtok_r(given, " ", &save); ok && n != NULL; n = strtok_r(NULL, " ", &save))
        ok = layout_choose(&c, n, &d);
    assert_false(ok);
    if (strstr(d.message, why) == NULL)
        assert_string_equal(d.message, why);
    layout_choice_free(&c);
}

static void one(void **state)
{
    (void)state;
    chooses("hvm-1g", "layouts/hvm-1g.cfg", false);
    chooses("hvm-1g.cfg", "layouts/hvm-1g.cfg", false);
    chooses("here.cfg", "here.cfg", false);
    chooses("odd[1].cfg", "odd[1].cfg", false); /* it is there: no pattern */
    refuses("nosuch", "no such layout");
}

static void many(void **state)
{
    (void)state;
    chooses("mine", "mine/a.cfg mine/b.cfg", true);
    chooses("mine/", "mine/a.cfg mine/b.cfg", true);
    chooses("all", "layouts/hvm-1g.cfg layouts/hvm-4g.cfg layouts/pvh-1g.cfg", true);
    chooses("hvm-*", "layouts/hvm-1g.cfg layouts/hvm-4g.cfg", true);
    chooses("?vm-1g", "layouts/hvm-1g.cfg", true);
    chooses("hvm-[4]g.cfg", "layouts/hvm-4g.cfg", true);
    chooses("mine/*.cfg", "mine/a.cfg mine/b.cfg", true);
    refuses("x*", "no preset matches");
    refuses("mine/x*", "no file matches");
    refuses("empty", "no *.cfg");
}

/* In the order of the command line, each once; and less of them. */
static void together(void **state)
{
    (void)state;
    chooses("pvh-1g hvm-4g mine/b.cfg mine all",
            "layouts/pvh-1g.cfg layouts/hvm-4g.cfg mine/b.cfg mine/a.cfg layouts/hvm-1g.cfg", true);
    chooses("all !hvm-*", "layouts/pvh-1g.cfg", true);
    chooses("all !*-1g hvm-1g", "layouts/hvm-4g.cfg layouts/hvm-1g.cfg", true);
    chooses("all !*", "", true);
    refuses("all !nosuch", "none of the layouts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one), cmocka_unit_test(many), cmocka_unit_test(together)};
    return cmocka_run_group_tests(tests, set_up, take_down);
}
