/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed layout import, export: between a layout and the texts in which people see an E820 table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "image/image.h"
#include "layout/import.h"
#include "layout/layout.h"

#define LOG_MAX (64 * MIB)         /* a console's log of months */
#define USUAL_IMAGE_SIZE (2 * MIB) /* as `layout show` assumes */

struct exchange_options {
    const char *output;
    const struct e820_format *format;
    bool as_given;
    enum guest_type as;
};

static bool set_output(void *self, const char *v)
{
    ((struct exchange_options *)self)->output = v;
    return true;
}

static bool set_format(void *self, const char *v)
{
    struct exchange_options *o = self;
    o->format = e820_format_find(v);
    return o->format != NULL;
}

static bool set_format_or_auto(void *self, const char *v)
{
    struct exchange_options *o = self;
    if (strcmp(v, "auto") != 0)
        return set_format(self, v);
    o->format = NULL;
    return true;
}

static bool set_as(void *self, const char *v)
{
    struct exchange_options *o = self;
    o->as_given = true;
    o->as = strcmp(v, "pvh") == 0 ? GUEST_PVH : GUEST_HVM;
    return o->as == GUEST_PVH || strcmp(v, "hvm") == 0;
}

static const struct option_spec import_specs[] = {
    {"as", 0, "hvm|pvh", "the kind of guest; otherwise as the log says", set_as},
    {"format", 'f', "FORMAT", "look only for this: hvmloader, xl-dmesg, dmesg, iomem; or auto", set_format_or_auto},
    {"output", 'o', "FILE", "write there instead of to standard output", set_output},
};
const struct option_verb layout_import_verb = {
    .name = "layout import",
    .summary = "make a layout of the E820 table in a log",
    .operands = "LOG",
    .text = "Makes a layout of the last E820 table in a log of hvmloader, Xen or Linux, or in /proc/iomem.\n"
            "LOG may be - for standard input.",
    .spec = import_specs,
    .nr = sizeof import_specs / sizeof import_specs[0],
    .least = 1,
    .most = 1,
    .run = cli_layout_import,
};

static const struct option_spec export_specs[] = {
    {"format", 'f', "FORMAT", "hvmloader (the default), xl-dmesg, dmesg or iomem", set_format},
    {"output", 'o', "FILE", "write there instead of to standard output", set_output},
};
const struct option_verb layout_export_verb = {
    .name = "layout export",
    .summary = "write a layout's E820 table as a log has it",
    .operands = "LAYOUT [FIRMWARE]",
    .text = "Writes the E820 table that a guest's firmware finds. LAYOUT is an xl.cfg file or the name of a preset.",
    .spec = export_specs,
    .nr = sizeof export_specs / sizeof export_specs[0],
    .least = 1,
    .most = 2,
    .run = cli_layout_export,
};

/* The whole log, "-" for standard input; NULL with @d. The caller frees it. */
static char *read_log(const char *path, size_t *n, struct diag *d)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *in = standard ? stdin : fopen(path, "rb");
    if (in == NULL) {
        (void)diag_fail(d, path, 0, "cannot read this log: %s", strerror(errno));
        return NULL;
    }
    char *text = NULL;
    size_t room = 0;
    int error = 0;
    *n = 0;
    do {
        room = room != 0 ? 2 * room : 64 * KIB;
        char *more = realloc(text, room);
        if (more == NULL) {
            error = ENOMEM;
            break;
        }
        text = more;
        errno = 0;
        *n += fread(text + *n, 1, room - *n, in);
        error = ferror(in) != 0 ? errno : 0;
    } while (error == 0 && *n == room && *n <= LOG_MAX);
    if (!standard)
        (void)fclose(in);
    if (error == 0 && *n <= LOG_MAX)
        return text;
    if (error != 0)
        (void)diag_fail(d, path, 0, "cannot read this log: %s", strerror(error));
    else
        (void)diag_fail(d, path, 0, "larger than %llu MiB; cut out the boot that you mean", LOG_MAX / MIB);
    free(text);
    return NULL;
}

static int import_file(const struct exchange_options *o, const char *path, struct import *r)
{
    struct diag d = {0};
    size_t n;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct import_options io = {.name = name, .format = o->format, .as_given = o->as_given, .as = o->as};
    char *text = read_log(path, &n, &d);
    if (text == NULL)
        return cli_complain(&d);
    bool ok = import_log(text, n, &io, r, &d);
    free(text);
    if (!ok)
        return cli_complain(&d);
    struct outfile *out = outfile_open(o->output, &d);
    if (out == NULL)
        return cli_complain(&d);
    for (unsigned i = 0; i < r->nr_notes; i++)
        if (r->notes[i].doubt)
            (void)fprintf(stderr, "hvmbed: %s: note: %s\n", name, r->notes[i].text);
    import_write(r, name, outfile_stream(out));
    return outfile_commit(out, &d) ? EXIT_CLEAN : cli_complain(&d);
}

int cli_layout_import(int argc, char **argv)
{
    struct exchange_options o = {0};
    int first = 0, code;
    if (!options_begin(&layout_import_verb, &o, argc, argv, &first, &code))
        return code;
    struct import *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    code = import_file(&o, argv[first], r);
    free(r);
    return code;
}

static bool resolve(const char *name, const char *firmware, struct guest_memory *g, struct diag *d)
{
    char path[512];
    struct layout l;
    struct image image = {0};
    if (!layout_find(name, path, sizeof path, d) || !layout_read(path, &l, d))
        return false;
    if (firmware != NULL && !image_load(firmware, &image, d))
        return false;
    uint64_t size = firmware != NULL ? image.size : USUAL_IMAGE_SIZE;
    image_free(&image);
    return layout_resolve(&l, size, g, d);
}

static int export_file(const struct exchange_options *o, const char *name, const char *firmware, struct guest_memory *g)
{
    struct diag d = {0};
    if (!resolve(name, firmware, g, &d))
        return cli_complain(&d);
    struct outfile *out = outfile_open(o->output, &d);
    if (out == NULL)
        return cli_complain(&d);
    if (!o->format->write(&g->e820, outfile_stream(out), &d)) {
        outfile_abort(out);
        return cli_complain(&d);
    }
    return outfile_commit(out, &d) ? EXIT_CLEAN : cli_complain(&d);
}

int cli_layout_export(int argc, char **argv)
{
    struct exchange_options o = {.format = &e820_formats[0]};
    int first = 0, code;
    if (!options_begin(&layout_export_verb, &o, argc, argv, &first, &code))
        return code;
    struct guest_memory *g = calloc(1, sizeof *g);
    if (g == NULL)
        return EXIT_DEFECT;
    code = export_file(&o, argv[first], argc - first == 2 ? argv[first + 1] : NULL, g);
    free(g);
    return code;
}
