/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed layout lint: what is wrong or suspicious in guest files, one line each. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/find.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "image/image.h"
#include "layout/lint.h"

#define USUAL_IMAGE_SIZE (2 * MIB) /* OVMF's default FD size: assumed when no image is given */

struct lint_options {
    const char *firmware;
    bool list;
    const char *unknown; /* the first check that there is not */
    struct lint lint;
};

static bool set_severity(struct lint_options *o, const char *name, enum lint_severity s)
{
    const struct lint_check *c = lint_find(name);
    if (c != NULL)
        o->lint.severity[c->id] = s;
    else if (o->unknown == NULL)
        o->unknown = name;
    return true;
}

/* As in dtc: -W no-NAME turns a check off, -E no-NAME makes an error a warning. */
static bool set_warning(void *self, const char *v)
{
    bool no = strncmp(v, "no-", 3) == 0;
    return set_severity(self, no ? v + 3 : v, no ? LINT_OFF : LINT_WARNING);
}

static bool set_error(void *self, const char *v)
{
    bool no = strncmp(v, "no-", 3) == 0;
    return set_severity(self, no ? v + 3 : v, no ? LINT_WARNING : LINT_ERROR);
}

static bool set_firmware(void *self, const char *v)
{
    ((struct lint_options *)self)->firmware = v;
    return true;
}

static bool set_list(void *self, const char *v)
{
    (void)v;
    ((struct lint_options *)self)->list = true;
    return true;
}

static const struct option_spec specs[] = {
    {"warning", 'W', "[no-]CHECK", "make this check a warning; with no-, leave it out", set_warning},
    {"error", 'E', "[no-]CHECK", "make this check an error; with no-, only a warning", set_error},
    {"firmware", 'f', "FILE", "the image to boot; without it 2 MiB are assumed", set_firmware},
    {"list", 0, NULL, "list the checks, with -W and -E applied", set_list},
};
const struct option_verb layout_lint_verb = {
    .name = "layout lint",
    .summary = "look for what is wrong or suspicious in guest files",
    .operands = "LAYOUT...",
    .text = "Looks for what is wrong or suspicious; exit 1 when a check that is an error found something.",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 0, /* with --list */
    .most = INT_MAX,
    .run = cli_layout_lint,
};

static int list(const struct lint *lint)
{
    for (unsigned i = 0; i < LINT_COUNT; i++)
        (void)printf("%-18s %-8s %s\n", lint_checks[i].name, lint_severity_name(lint->severity[i]),
                     lint_checks[i].help);
    return EXIT_CLEAN;
}

static void print_finding(const struct lint_finding *f)
{
    (void)printf("%s:", f->file);
    if (f->line != 0)
        (void)printf("%u:", f->line);
    (void)printf(" %s[%s]: %s\n", lint_severity_name(f->severity), lint_checks[f->id].name, f->message);
}

static void print_all(const struct lint *lint)
{
    for (unsigned i = 0; i < lint->nr; i++) {
        const struct lint_finding *f = &lint->found[i];
        bool last = i + 1 == lint->nr || f[1].id != f->id;
        print_finding(f);
        if (last && lint->hits[f->id] > LINT_PER_CHECK)
            (void)printf("%s: %s[%s]: and %u more of these\n", f->file, lint_severity_name(f->severity),
                         lint_checks[f->id].name, lint->hits[f->id] - LINT_PER_CHECK);
    }
}

static int lint_file(struct lint *lint, const char *name, const struct lint_firmware *firmware)
{
    char path[512];
    struct layout l;
    struct layout_lines at;
    struct guest_memory guest;
    struct diag d = {0};
    if (!layout_find(name, path, sizeof path, &d) || !layout_read_lines(path, &l, &at, &d) ||
        !layout_resolve(&l, firmware != NULL ? firmware->size : USUAL_IMAGE_SIZE, &guest, &d))
        return cli_complain(&d);
    const struct lint_input in = {.layout = &l, .at = &at, .guest = &guest, .firmware = firmware};
    lint_run(lint, &in);
    print_all(lint);
    return lint->worst == LINT_ERROR ? EXIT_FINDING : EXIT_CLEAN;
}

static int lint_files(struct lint_options *o, int nr, char **files)
{
    struct image image = {0};
    struct diag d = {0};
    if (o->firmware != NULL && !image_load(o->firmware, &image, &d))
        return cli_complain(&d);
    const struct lint_firmware firmware = {
        .file = o->firmware,
        .size = image.size,
        .pvh = image.pvh.present,
        .pvh_filesz = image.pvh.filesz,
    };
    image_free(&image);

    int worst = EXIT_CLEAN;
    for (int i = 0; i < nr; i++) {
        int code = lint_file(&o->lint, files[i], o->firmware != NULL ? &firmware : NULL);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int lint_main(struct lint_options *o, int argc, char **argv)
{
    int first = 0, code;
    lint_init(&o->lint);
    if (!options_begin(&layout_lint_verb, o, argc, argv, &first, &code))
        return code;
    if (o->unknown != NULL) {
        (void)fprintf(stderr, "hvmbed layout lint: no check is called '%s'; --list lists them\n", o->unknown);
        return EXIT_BAD_INPUT;
    }
    if (o->list ? first != argc : first == argc) {
        options_usage(&layout_lint_verb, stderr);
        return EXIT_BAD_INPUT;
    }
    return o->list ? list(&o->lint) : lint_files(o, argc - first, argv + first);
}

int cli_layout_lint(int argc, char **argv)
{
    struct lint_options *o = calloc(1, sizeof *o);
    if (o == NULL)
        return EXIT_DEFECT;
    int code = lint_main(o, argc, argv);
    free(o);
    return code;
}
