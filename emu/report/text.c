/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict for people. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/image_report.h"
#include "report/text_code.h"
#include "report/text_dispatch.h"
#include "report/text_fill.h"
#include "report/text_finding.h"
#include "report/text_memory.h"

static void write_number(FILE *out, uint64_t n, const char *noun)
{
    fprintf(out, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

/* "2 errors, 1 warning"; returns false, and writes nothing, when there is no finding. */
static bool write_tally(FILE *out, const struct findings *f, const char *before)
{
    static const enum severity order[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE};
    bool any = false;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        uint64_t n = 0;
        for (size_t j = 0; j < f->nr; j++)
            n += f->f[j].severity == order[i] ? 1 : 0;
        if (n == 0)
            continue;
        fputs(any ? ", " : before, out);
        write_number(out, n, severity_name(order[i]));
        any = true;
    }
    return any;
}

void text_outcome(const struct verdict *v, FILE *out)
{
    bool told = write_tally(out, &v->findings, ": ");
    const char *join = told ? ", " : " ";
    if (v->ending == END_HANDOFF)
        fprintf(out, "%sreached the DXE hand-off", join);
    else if (v->ending == END_REACHED) {
        fprintf(out, "%sreached ", join);
        text_safe(out, v->detail);
        return;
    } else if (v->ending == END_PLATFORM)
        fprintf(out, "%spublished PEI memory, and was to go no further", join);
    else if (v->ending == END_FINDING)
        fprintf(out, "%sstopped in %s", join, phase_name(v->phase));
    else if (v->ending == END_BUDGET)
        fprintf(out, "%sspent its work budget in %s", join, phase_name(v->phase));
    else if (v->ending == END_UNSUPPORTED)
        fprintf(out, "%sneeds something in %s that hvmbed does not emulate", join, phase_name(v->phase));
    else
        fprintf(out, "%smade hvmbed itself fail in %s", join, phase_name(v->phase));
    if (v->detail[0] != '\0') {
        fputs(": ", out);
        text_safe(out, v->detail);
    }
}

static void write_headline(const struct report_input *in, const struct report_style *style, FILE *out)
{
    const char *word = verdict_word(in->exit_code);
    text_colored(out, style, in->exit_code == 0 ? STYLE_GOOD : in->exit_code == 3 ? STYLE_DOUBT : STYLE_BAD, word);
    fputs("  ", out);
    text_safe(out, in->image->path);
    text_outcome(in->verdict, out);
    char label[256];
    layout_label(in->layout, label, sizeof label);
    fprintf(out, " (%s, ", in->handoff);
    text_safe(out, label);
    fprintf(out, ": %" PRIu64 " MiB, ", (uint64_t)(in->layout->memory / MIB));
    write_number(out, in->layout->vcpus, "vCPU");
    fputs(")\n", out);
}

/* Which files names came from, and which were not believed. Nothing without --symbols, or when none was asked for. */
static void write_symbols(const struct symbols *s, FILE *out)
{
    const char *text;
    for (size_t i = 0; s != NULL && (text = symbols_used(s, i)) != NULL; i++) {
        if (i == 0)
            text_label(out, "symbols");
        else
            fputs(", ", out);
        text_safe(out, text);
    }
    if (s != NULL && symbols_used(s, 0) != NULL)
        fputc('\n', out);
    for (size_t i = 0; s != NULL && (text = symbols_note(s, i)) != NULL; i++) {
        text_label(out, "symbols");
        text_safe(out, text);
        fputc('\n', out);
    }
}

static void write_disks(const struct layout *l, FILE *out)
{
    for (unsigned i = 0; i < l->nr_disks; i++) {
        char name[DISK_NAME_SIZE];
        layout_disk_name(l->disk[i].vdev, name);
        text_label(out, i == 0 ? "disks" : "");
        fprintf(out, "%s: ", name);
        text_safe(out, path_last(l->disk[i].path));
        fprintf(out, "%s\n", l->disk[i].read_only ? ", read-only" : "");
    }
}

static void write_summary(const struct report_input *in, const struct report_style *style, FILE *out)
{
    const struct verdict *v = in->verdict;
    const bool verbose = style->verbose > 0;
    fputc('\n', out);
    text_label(out, "image");
    text_safe(out, path_last(in->image->path));
    fprintf(out, ", %s%s, 0x%zx bytes%s, sha256 ", image_kind_name(in->image->kind),
            in->image->pvh.present ? " with a PVH entry" : "", in->image->size, in->image->gzip ? " unpacked" : "");
    char sha[HASH_TEXT_SIZE];
    hash_format(in->image->sha256, sha);
    fprintf(out, "%s\n", sha);
    if (in->loader != NULL) {
        text_label(out, "loader");
        text_safe(out, path_last(in->loader->path));
        hash_format(in->loader->sha256, sha);
        fprintf(out, ", 0x%zx bytes, sha256 %s\n", in->loader->size, sha);
    }
    write_disks(in->layout, out);
    text_label(out, "reached");
    fprintf(out, "%s%s, ", v->ending == END_HANDOFF ? "the hand-off to " : "", phase_name(v->phase));
    write_number(out, v->nr_modules, "module");
    fputs(" seen\n", out);
    if (v->hob_list != 0) {
        text_label(out, "dxe");
        fprintf(out, "HOB list at 0x%" PRIx64 ", DXE core entry 0x%" PRIx64 ", rsp 0x%" PRIx64 "\n", v->hob_list,
                v->dxe_entry, v->rsp);
    }
    text_dispatch(v->dispatch, verbose, out);
    if (in->layout->vcpus > 1) {
        text_label(out, "vcpus");
        fprintf(out, "%u in the guest, %u of them run by the firmware", in->layout->vcpus, v->vcpus_started);
        if (v->mp_processors != 0)
            fprintf(out, ", %" PRIu32 " in its HOBs", v->mp_processors);
        fputc('\n', out);
    }
    text_label(out, "work");
    write_number(out, v->instructions, "instruction");
    if (v->charged != 0)
        fprintf(out, " and %" PRIu64 " charged for decompression%s", v->charged,
                v->unpacked == UNPACKED_BY_HOST ? " (by the host)" : "");
    fprintf(out, ", %" PRIu64 ".%06" PRIu64 " s of virtual time\n", v->virtual_ns / 1000000000u,
            v->virtual_ns / 1000u % 1000000u);
    if (v->exceptions != 0 || v->software_interrupts != 0) {
        text_label(out, "idt");
        write_number(out, v->exceptions, "exception");
        fputs(" and ", out);
        write_number(out, v->software_interrupts, "software interrupt");
        fputs(" went to the firmware's handlers\n", out);
    }
    text_limits(&v->reached, out);
    write_symbols(in->symbols, out);
    if (in->compared != NULL)
        text_fill(in->compared, out);
    text_label(out, "engine");
    fprintf(out, "Unicorn %s\n", in->engine_version);
    if (report_tells_sandbox(style) || (verbose && style->sandbox != NULL)) {
        text_label(out, "sandbox");
        fprintf(out, "%s\n", style->sandbox);
    }
}

static void write_modules(const struct verdict *v, FILE *out)
{
    fputs("\nmodules, in order of first execution\n", out);
    for (size_t i = 0; i < v->nr_modules; i++) {
        const struct module *m = &v->module[i];
        fprintf(out, "    0x%012" PRIx64 "  0x%08" PRIx32 "  %-36s  ", m->base, m->size,
                m->guid[0] != '\0' ? m->guid : "(no file)");
        text_safe(out, m->name[0] != '\0' ? m->name : "(no name)");
        fputc('\n', out);
    }
}

static void write_log(const char *what, const char *text, size_t size, bool truncated, FILE *out)
{
    fprintf(out, "\n%s of the guest: ", what);
    if (text == NULL || size == 0) {
        fputs("none\n", out);
        return;
    }
    fprintf(out, "%zu bytes%s\n", size, truncated ? " (cut here, there was more)" : "");
    char *safe = escape_bytes(text, size, true);
    if (safe == NULL)
        return;
    for (char *line = safe; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        fprintf(out, "  | %.*s\n", (int)n, line);
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    free(safe);
}

static void write_logs(const struct verdict *v, FILE *out)
{
    write_log("debug output", v->debug_log, v->debug_log_size, v->debug_log_truncated, out);
    if (v->console.size != 0)
        write_log("console", v->console.text, v->console.size, v->console.truncated, out);
}

static void write_hobs(const struct verdict *v, FILE *out)
{
    fprintf(out, "\nHOB list at 0x%" PRIx64 ": ", v->hob_list);
    write_number(out, v->hobs.nr, "HOB");
    if (v->hobs.damage != NULL)
        fprintf(out, ", damaged at 0x%" PRIx64 ": %s", v->hobs.damage_at, v->hobs.damage);
    fputc('\n', out);
    for (size_t i = 0; i < v->hobs.nr; i++) {
        const struct hob *h = &v->hobs.h[i];
        char what[HOB_TEXT_SIZE], bits[HOB_ATTRIBUTES_SIZE];
        hob_format(h, what);
        fprintf(out, "    %4zu  0x%09" PRIx64 "  %s", i, h->at, what);
        hob_attributes_format(h->attributes, bits);
        fprintf(out, "%s%s\n", bits[0] != '\0' ? ", " : "", bits);
    }
}

static void write_known(const struct verdict *v, FILE *out)
{
    if (v->nr_known != 0)
        fputs("\nknown differences, no findings\n", out);
    for (size_t i = 0; i < v->nr_known; i++) {
        fprintf(out, "    %s: ", rules[v->known[i].rule].name);
        text_safe(out, v->known[i].text);
        if (v->known[i].count > 1)
            fprintf(out, ", the first of %" PRIu64, v->known[i].count);
        fprintf(out, "\n        (%s)\n", v->known[i].why);
    }
}

static void write_paging(const struct verdict *v, FILE *out)
{
    const struct paging_summary *p = &v->paging;
    if (p->tables == 0)
        return;
    fputs("\npage tables: ", out);
    write_number(out, p->tables, "table");
    fprintf(out, " map 0x%" PRIx64 " bytes, 0x%" PRIx64 " of them writable and executable, in ", p->mapped, p->wx);
    write_number(out, p->wx_runs, "range");
    fputc('\n', out);
}

bool report_text_write(const struct report_input *in, const struct report_style *style, FILE *out)
{
    const struct findings *f = &in->verdict->findings;
    bool explained[RULE_COUNT] = {false};
    write_headline(in, style, out);
    text_verdict(out, style, &in->image->verdict);
    for (size_t i = 0; i < f->nr; i++) {
        text_finding(&f->f[i], in->layout->vcpus, !explained[f->f[i].rule], style, out);
        explained[f->f[i].rule] = true;
    }
    if (f->dropped != 0)
        fprintf(out, "\n%" PRIu64 " more findings did not fit and are not shown\n", f->dropped);
    write_summary(in, style, out);
    if (style->hobs && in->verdict->hob_list != 0)
        write_hobs(in->verdict, out);
    if (style->memory)
        text_memory(in->verdict->memory, &in->guest->e820, out);
    if (style->hobs || style->verbose > 0)
        write_known(in->verdict, out);
    if (style->verbose > 0) {
        write_paging(in->verdict, out);
        write_modules(in->verdict, out);
        text_last_blocks(out, in->verdict);
        write_logs(in->verdict, out);
    }
    return ferror(out) == 0;
}
