/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed layout show: what a guest's firmware would find, without booting it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "image/image.h"
#include "layout/layout.h"
#include "layout/plan.h"
#include "xen/handoff.h"

#define USUAL_IMAGE_SIZE (2 * MIB) /* OVMF's default FD size: assumed when no image is given */

struct show_options {
    const char *output;
};

static bool set_output(void *self, const char *v)
{
    ((struct show_options *)self)->output = v;
    return true;
}

static const struct option_spec specs[] = {
    {"output", 'o', "FILE", "write there instead of to standard output", set_output},
};
const struct option_verb layout_show_verb = {
    .name = "layout show",
    .summary = "show what a guest file makes of the guest's memory",
    .operands = "LAYOUT [FIRMWARE]",
    .text = "LAYOUT is an xl.cfg file or the name of a preset. With FIRMWARE, the whole plan is shown.",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 2,
    .run = cli_layout_show,
};

/* Everything that is shown, so that one place frees it. */
struct show {
    struct layout layout;
    struct image image; /* size 0: none given */
    struct guest_memory guest;
    struct plan plan;
};

static void write_size(FILE *out, const char *what, uint64_t bytes)
{
    fprintf(out, "%-16s %llu MiB\n", what, bytes / MIB);
}

static void write_span(FILE *out, const char *what, struct span at)
{
    fprintf(out, "%-16s %08" PRIx64 " - %08" PRIx64 "\n", what, at.start, at.end);
}

static void write_numbers(const struct show *s, FILE *out)
{
    const struct layout *l = &s->layout;
    const struct guest_memory *g = &s->guest;
    fprintf(out, "%-16s %s\n", "layout", l->path);
    fprintf(out, "%-16s %s, Xen %u.%u, %u vCPU%s, %s, %u physical address bits%s\n", "guest",
            l->type == GUEST_HVM ? "HVM" : "PVH", l->xen_major, l->xen_minor, l->vcpus, l->vcpus == 1 ? "" : "s",
            l->vendor == VENDOR_INTEL ? "Intel" : "AMD", l->phys_bits, l->page_1g ? ", 1 GiB pages" : "");
    write_size(out, "memory", l->memory);
    if (l->maxmem != l->memory)
        write_size(out, "maxmem", l->maxmem);
    if (l->videoram != 0)
        write_size(out, "videoram", l->videoram);
    write_span(out, "hole from", (struct span){g->mmio_start, 4 * GIB});
    write_span(out, "low RAM", (struct span){0, g->low_end});
    if (g->high_end != 0)
        write_span(out, "high RAM", (struct span){4 * GIB, g->high_end});
    write_span(out, s->image.size != 0 ? "image" : "image (assumed)", g->image);
    if (l->type == GUEST_HVM && l->slack_pages == SLACK_AMPLE)
        fprintf(out, "%-16s ample: nothing is taken from RAM\n", "slack");
    else if (l->type == GUEST_HVM)
        fprintf(out, "%-16s %" PRIu64 " pages, %" PRIu64 " more are taken from RAM\n", "slack", l->slack_pages,
                g->stolen_pages);
    if (l->type == GUEST_HVM)
        fprintf(out, "%-16s %08" PRIx64 "\n", "CMOS: RAM below", g->cmos_low_ram);
    fprintf(out, "%-16s %u pages\n\n", "ACPI tables", g->acpi_pages);
}

static bool prepare(struct show *s, const char *name, const char *firmware, struct diag *d)
{
    char path[512];
    struct cpu_entry entry = {0};
    if (!layout_find(name, path, sizeof path, d) || !layout_read(path, &s->layout, d))
        return false;
    if (firmware != NULL && !image_load(firmware, &s->image, d))
        return false;
    uint64_t size = firmware != NULL ? s->image.size : USUAL_IMAGE_SIZE;
    if (!layout_resolve(&s->layout, size, &s->guest, d))
        return false;
    if (firmware == NULL)
        return true;
    plan_init(&s->plan, guest_top(&s->guest));
    const struct handoff *h = handoff_for(s->layout.type);
    return h->plan(&s->layout, &s->guest, &s->image, &s->plan, &entry, d) && plan_seal(&s->plan, d);
}

static int show(struct show *s, const struct show_options *o, const char *name, const char *firmware)
{
    struct diag d = {0};
    if (!prepare(s, name, firmware, &d))
        return cli_complain(&d);
    struct outfile *out = outfile_open(o->output, &d);
    if (out == NULL)
        return cli_complain(&d);
    write_numbers(s, outfile_stream(out));
    e820_write(&s->guest.e820, outfile_stream(out));
    if (s->plan.sealed) {
        fputc('\n', outfile_stream(out));
        plan_write(&s->plan, outfile_stream(out));
    }
    return outfile_commit(out, &d) ? EXIT_CLEAN : cli_complain(&d);
}

int cli_layout_show(int argc, char **argv)
{
    struct show_options o = {0};
    int first = 0, code;
    if (!options_begin(&layout_show_verb, &o, argc, argv, &first, &code))
        return code;
    struct show *s = calloc(1, sizeof *s);
    if (s == NULL)
        return EXIT_DEFECT;
    code = show(s, &o, argv[first], argc - first == 2 ? argv[first + 1] : NULL);
    plan_exit(&s->plan);
    image_free(&s->image);
    free(s);
    return code;
}
