/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_fill.h"

#include <inttypes.h>

#include "image/fv.h"
#include "report/text_code.h"
#include "report/text_finding.h"

static void write_runs(const struct compare_result *r, FILE *out)
{
    for (unsigned i = 0; i < r->nr_runs && i < COMPARE_FILLS_MAX; i++) {
        const struct compare_run *run = &r->run[i];
        text_label(out, i == 0 ? "fill" : "");
        fprintf(out, "0x%016" PRIx64 ": %" PRIu64 " blocks, ", run->fill, run->blocks);
        if (run->ending == END_HANDOFF)
            fputs("reached the hand-off", out);
        else
            fprintf(out, "ended in %s (%s)", phase_name(run->phase), ending_name(run->ending));
        fputs(run->added ? "; added, since no two of the others went the same way\n" : "\n", out);
    }
}

static void write_access(FILE *out, const char *what, const struct compare_access *a)
{
    text_label(out, "");
    fprintf(out, "  %s by ", what);
    text_code(out, &a->at);
    fprintf(out, ": %u byte%s at gpa 0x%" PRIx64, a->size, a->size == 1 ? "" : "s", a->gpa[0]);
    if (a->gpa[1] != a->gpa[0])
        fprintf(out, " and 0x%" PRIx64, a->gpa[1]);
    fprintf(out, ", 0x%" PRIx64 " and 0x%" PRIx64 "%s\n", a->value[0], a->value[1],
            a->unwritten ? ", never written" : "");
}

static void write_registers(const struct cpu_regs *a, const struct cpu_regs *b, FILE *out)
{
    bool any = false;
    for (unsigned i = 0; i < 16; i++) {
        if (a->gpr[i] == b->gpr[i])
            continue;
        if (!any)
            text_label(out, "");
        fprintf(out, "%s%s 0x%" PRIx64 " and 0x%" PRIx64, any ? ", " : "  differ: ", cpu_reg_names[i], a->gpr[i],
                b->gpr[i]);
        any = true;
    }
    if (any)
        fputc('\n', out);
}

static void write_flow(const struct compare_result *r, FILE *out)
{
    const struct compare_flow *f = &r->flow;
    text_label(out, "");
    if (!f->diverged) {
        fprintf(out, "no divergence in %" PRIu64 " blocks\n", r->blocks);
        return;
    }
    fprintf(out, "0x%" PRIx64 " and 0x%" PRIx64 " go different ways after %" PRIu64 " blocks, in %s\n", r->run[0].fill,
            r->run[f->other].fill, f->block, phase_name(f->phase));
    text_label(out, "");
    if (f->unpacked) {
        fputs("  where the decompressor has left something else\n", out);
    } else {
        fputs("  at ", out);
        text_code(out, &f->from);
        fputs(f->insn[0] != '\0' ? ": " : "", out);
        text_safe(out, f->insn);
        for (unsigned i = 0; i < 2; i++) {
            fputs(i == 0 ? ", to " : " and ", out);
            if (f->side[i].ended)
                fputs("the run's end", out);
            else
                text_code(out, &f->side[i].to);
        }
        fputc('\n', out);
    }
    write_registers(&f->side[0].regs, &f->side[1].regs, out);
    if (f->read.known)
        write_access(out, "last read that differs,", &f->read);
    if (f->origin.known && f->origin.at.gva != f->read.at.gva)
        write_access(out, "which comes from the read", &f->origin);
}

static void write_bytes(const struct compare_hob *h, FILE *out)
{
    size_t n = h->size < 4 ? h->size : 4;
    for (unsigned k = 0; k < 2; k++) {
        fputs(k == 0 ? ": " : " and ", out);
        for (size_t i = 0; i < n; i++)
            fprintf(out, "%s%02x", i == 0 ? "" : " ", h->bytes[k][i]);
        fputs(h->size > n ? ".." : "", out);
    }
}

static void write_hob(const struct compare_result *r, const struct compare_hob *h, FILE *out)
{
    text_label(out, "");
    fprintf(out, "  HOB %u at 0x%" PRIx64 " (%s), %s (offset 0x%zx), %zu byte%s", h->index, h->gpa, h->what, h->field,
            h->offset, h->size, h->size == 1 ? "" : "s");
    write_bytes(h, out);
    if (r->hobs_traced && !h->write.known)
        fputs(", never written", out);
    if (!h->write.known && h->maker.gva != 0) {
        fputs("; the HOB by ", out);
        text_code(out, &h->maker);
    }
    fputc('\n', out);
    if (h->write.known)
        write_access(out, "  written", &h->write);
    if (h->origin.known)
        write_access(out, "  from the read", &h->origin);
}

static void write_hobs(const struct compare_result *r, FILE *out)
{
    text_label(out, "");
    if (!r->hobs_compared) {
        fputs("HOB lists: not two to compare\n", out);
        return;
    }
    fprintf(out, "HOB lists with 0x%" PRIx64 " and 0x%" PRIx64, r->run[r->hob_runs[0]].fill,
            r->run[r->hob_runs[1]].fill);
    if (r->hob_bytes == 0 && !r->hobs_shape)
        fputs(": the same\n", out);
    else
        fprintf(out, ": %" PRIu64 " byte%s differ%s%s\n", r->hob_bytes, r->hob_bytes == 1 ? "" : "s",
                r->hobs_shape ? ", and then types or lengths" : "",
                r->hobs_traced ? "" : "; not traced, since the runs went different ways");
    for (size_t i = 0; i < r->nr_hobs && i < COMPARE_HOBS_MAX; i++)
        write_hob(r, &r->hob[i], out);
    if (r->hobs_dropped != 0) {
        text_label(out, "");
        fprintf(out, "  %" PRIu64 " more stretches are not shown\n", r->hobs_dropped);
    }
}

void text_fill(const struct compare_result *r, FILE *out)
{
    write_runs(r, out);
    write_flow(r, out);
    write_hobs(r, out);
}
