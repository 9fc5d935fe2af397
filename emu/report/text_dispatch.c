/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DXE dispatcher did, for people. */
#include "report/text_dispatch.h"

#include <inttypes.h>

#include "dxe/dispatch.h"
#include "report/text_finding.h"

static void write_missing(const struct dxe_dispatch *d, FILE *out)
{
    text_label(out, "missing");
    fputs("architectural protocols never installed: ", out);
    for (size_t i = 0; i < d->nr_missing; i++)
        fprintf(out, "%s%s", i != 0 ? ", " : "", d->missing[i]);
    fputc('\n', out);
    for (size_t i = 0; i < d->nr_causes; i++) {
        text_label(out, i == 0 ? "because" : "");
        text_safe(out, d->cause[i]);
        fputc('\n', out);
    }
}

static void write_errors(const struct dxe_dispatch *d, FILE *out)
{
    for (size_t i = 0; i < d->nr_errors; i++) {
        const char *name = efi_status_name(d->error[i].status);
        text_label(out, i == 0 ? "failed" : "");
        text_safe(out, d->error[i].name);
        fprintf(out, " returned %s (0x%" PRIx64 ")\n", name != NULL ? name : "an error", d->error[i].status);
    }
}

static void write_waiting(const struct dxe_dispatch *d, FILE *out)
{
    for (size_t i = 0; i < d->nr_waiting; i++) {
        text_label(out, i == 0 ? "waiting" : "");
        text_safe(out, d->waiting[i].name);
        if (d->waiting[i].wants[0] != '\0') {
            fputs(": ", out);
            text_safe(out, d->waiting[i].wants);
        }
        fputc('\n', out);
    }
    if (d->waiting_dropped != 0)
        fprintf(out, "    %zu more drivers were never started\n", d->waiting_dropped);
}

void text_dispatch(const struct dxe_dispatch *d, bool verbose, FILE *out)
{
    if (d == NULL)
        return;
    text_label(out, "drivers");
    fprintf(out, "%u started, %u of them ended with an error, %zu never started\n", d->started, d->failed,
            d->nr_waiting + d->waiting_dropped);
    if (d->nr_missing != 0)
        write_missing(d, out);
    if (verbose || d->nr_missing != 0)
        write_errors(d, out);
    if (verbose)
        write_waiting(d, out);
}
