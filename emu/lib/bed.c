/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bed: what is to be booted, and booting it. */
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "boot/find.h"
#include "image/facts.h"
#include "lib/internal.h"

const char *hvmbed_version(void)
{
    return HVMBED_VERSION;
}

unsigned hvmbed_api(void)
{
    return HVMBED_API;
}

bool bed_fail(struct hvmbed *bed, const struct diag *d)
{
    char line[16] = "";
    if (d->line != 0)
        (void)snprintf(line, sizeof line, ":%u", d->line);
    (void)snprintf(bed->error, sizeof bed->error, "%s%s%s%s", d->file, line, d->file[0] != '\0' ? ": " : "",
                   d->message);
    return false;
}

void bed_forget(struct hvmbed *bed)
{
    trial_free(&bed->trial);
    memset(&bed->trial, 0, sizeof bed->trial);
    free(bed->finding);
    bed->finding = NULL;
    bed->booted = false;
}

struct hvmbed *hvmbed_new(void)
{
    struct hvmbed *bed = calloc(1, sizeof *bed);
    if (bed != NULL)
        boot_options_init(&bed->options);
    return bed;
}

void hvmbed_free(struct hvmbed *bed)
{
    if (bed == NULL)
        return;
    bed_forget(bed);
    boot_options_free(&bed->options);
    for (size_t i = 0; i < bed->nr_kept; i++)
        free(bed->kept[i]);
    free(bed->kept);
    image_free(&bed->image);
    free(bed);
}

const char *hvmbed_error(const struct hvmbed *bed)
{
    return bed->error;
}

/* --- the image */

static bool take_image(struct hvmbed *bed, bool ok, struct image *im, const struct diag *d)
{
    bed_forget(bed);
    image_free(&bed->image);
    bed->image = (struct image){0};
    if (!ok) {
        image_free(im);
        return bed_fail(bed, d);
    }
    bed->image = *im;
    return true;
}

bool hvmbed_image_file(struct hvmbed *bed, const char *path)
{
    struct diag d = {0};
    struct image im = {0};
    const bool ok = image_load(path, &im, &d);
    return take_image(bed, ok, &im, &d);
}

bool hvmbed_image_bytes(struct hvmbed *bed, const char *name, const void *bytes, size_t size)
{
    struct diag d = {0};
    struct image im = {0};
    uint8_t *copy = malloc(size != 0 ? size : 1);
    if (copy == NULL)
        return take_image(bed, diag_fail(&d, name, 0, "out of memory"), &im, &d);
    memcpy(copy, bytes, size);
    const bool ok = image_from_bytes(name, copy, size, &im, &d);
    return take_image(bed, ok, &im, &d);
}

/* --- the layout */

static bool take_layout(struct hvmbed *bed, bool ok, const struct diag *d)
{
    bed_forget(bed);
    bed->has_layout = ok;
    if (!ok)
        bed->lines.nr_notes = 0;
    return ok || bed_fail(bed, d);
}

bool hvmbed_layout_file(struct hvmbed *bed, const char *path)
{
    struct diag d = {0};
    const bool ok = layout_read_lines(path, &bed->layout, &bed->lines, &d);
    return take_layout(bed, ok, &d);
}

bool hvmbed_layout_text(struct hvmbed *bed, const char *name, const char *text)
{
    struct diag d = {0};
    const bool ok = layout_read_text(name, text, &bed->layout, &bed->lines, &d);
    return take_layout(bed, ok, &d);
}

bool hvmbed_layout_preset(struct hvmbed *bed, const char *name)
{
    struct diag d = {0};
    char path[512];
    const bool ok = (strchr(name, '/') == NULL || diag_fail(&d, name, 0, "a path is no preset's name")) &&
                    layout_find(name, path, sizeof path, &d) && layout_read_lines(path, &bed->layout, &bed->lines, &d);
    return take_layout(bed, ok, &d);
}

const char *hvmbed_layout_note(const struct hvmbed *bed, size_t i)
{
    return i < bed->lines.nr_notes ? bed->lines.note[i].text : NULL;
}

/* --- booting */

static bool boot(struct hvmbed *bed, struct diag *d)
{
    struct trial_options *o = &bed->options.trial;
    struct layout l = bed->layout;
    if (bed->image.size == 0)
        return diag_fail(d, "", 0, "there is no firmware image to boot");
    if (!bed->has_layout) {
        layout_default(&l);
        l.type = boot_handoff(&o->choice, &l)->type;
    }
    if (o->monitor.symbols == NULL && !boot_options_open(&bed->options, d))
        return false;
    if (!trial_prepare(&bed->trial, &l, &bed->image, o, d) || !trial_boot(&bed->trial, o, d))
        return false;
    if (verdict_exit_code(&bed->trial.verdict) != 0)
        image_look_closer(&bed->image, NULL, &bed->trial.verdict.reached);
    return true;
}

static bool list_findings(struct hvmbed *bed, struct diag *d)
{
    const struct findings *found = &bed->trial.verdict.findings;
    bed->finding = calloc(found->nr + 1, sizeof *bed->finding);
    if (bed->finding == NULL)
        return diag_fail(d, "", 0, "out of memory");
    for (size_t i = 0; i < found->nr; i++) {
        bed->finding[i].f = &found->f[i];
        finding_fingerprint(&found->f[i], bed->finding[i].fingerprint);
    }
    return true;
}

bool hvmbed_boot(struct hvmbed *bed)
{
    struct diag d = {0};
    bed_forget(bed);
    bed->booted = boot(bed, &d) && list_findings(bed, &d);
    if (bed->booted)
        return true;
    bed_forget(bed);
    return bed_fail(bed, &d);
}
