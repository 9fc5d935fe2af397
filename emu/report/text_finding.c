/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_finding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/decode.h"
#include "report/escape.h"
#include "report/text_code.h"
#include "report/text_writer.h"

void text_label(FILE *out, const char *label)
{
    fprintf(out, "    %-8s", label);
}

void text_colored(FILE *out, const struct report_style *style, const char *sgr, const char *text)
{
    if (style->color)
        fprintf(out, "\033[%sm%s\033[0m", sgr, text);
    else
        fputs(text, out);
}

void text_safe(FILE *out, const char *text)
{
    char *safe = escape_bytes(text, strlen(text), false);
    fputs(safe != NULL ? safe : "?", out);
    free(safe);
}

static void write_words(FILE *out, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    text_label(out, label);
    text_safe(out, text);
    fputc('\n', out);
}

static void write_access(FILE *out, const struct finding *f)
{
    if (f->access == ACCESS_NONE)
        return;
    text_label(out, "access");
    fprintf(out, "%s", access_name(f->access));
    if (f->size != 0 && f->access != ACCESS_EXEC)
        fprintf(out, " of %u byte%s", f->size, f->size == 1 ? "" : "s");
    fprintf(out, " at gpa 0x%" PRIx64, f->gpa);
    if (f->gva != f->gpa)
        fprintf(out, " (gva 0x%" PRIx64 ")", f->gva);
    if (f->access == ACCESS_WRITE)
        fprintf(out, ", value 0x%" PRIx64, f->value);
    if (f->count > 1)
        fprintf(out, ", first of %" PRIu64 " in 0x%" PRIx64 "-0x%" PRIx64, f->count, f->touched.start, f->touched.end);
    fputc('\n', out);
}

static void write_range(FILE *out, const struct finding *f)
{
    if (span_size(f->range) == 0)
        return;
    text_label(out, "range");
    fprintf(out, "0x%" PRIx64 "-0x%" PRIx64 " %s", f->range.start, f->range.end, plan_class_name(f->cls));
    if (f->owner != NULL && f->owner[0] != '\0') {
        fputs(": ", out);
        text_safe(out, f->owner);
    }
    fputc('\n', out);
}

static void write_walk(FILE *out, const struct walk *w)
{
    char flags[DECODE_TEXT_SIZE];
    const char *label = "walk";
    for (unsigned i = 0; i < w->nr && i < sizeof w->step / sizeof w->step[0]; i++) {
        const struct walk_step *s = &w->step[i];
        decode_page_entry(s->level, s->entry, flags);
        text_label(out, label);
        fprintf(out, "%-5s at 0x%" PRIx64 " = 0x%016" PRIx64 "  %s\n", walk_level_name(s->level), s->entry_gpa,
                s->entry, flags);
        label = "";
    }
    text_label(out, label);
    if (w->present)
        fprintf(out, "reaches gpa 0x%" PRIx64 "\n", w->gpa);
    else
        fprintf(out, "ends: %s\n", w->why != NULL ? w->why : "not present");
}

static void write_fault(FILE *out, const struct fault_info *fault)
{
    char bits[DECODE_TEXT_SIZE];
    text_label(out, "fault");
    fprintf(out, "%s %s (vector %u)", vector_mnemonic(fault->vector), vector_title(fault->vector), fault->vector);
    if (fault->has_error_code) {
        decode_error_code(fault->vector, fault->error_code, bits);
        fprintf(out, ", error code 0x%" PRIx32, fault->error_code);
        if (bits[0] != '\0')
            fprintf(out, " (%s)", bits);
    }
    if (fault->vector == 14)
        fprintf(out, ", cr2 0x%" PRIx64, fault->cr2);
    fputc('\n', out);
    if (fault->vector == 14)
        write_walk(out, &fault->walk);
}

static void write_registers(FILE *out, const struct cpu_regs *r)
{
    for (unsigned i = 0; i < 16; i++) {
        if (i % 4 == 0)
            text_label(out, i == 0 ? "regs" : "");
        fprintf(out, "%-3s %016" PRIx64 "%s", cpu_reg_names[i], r->gpr[i], i % 4 == 3 ? "\n" : "  ");
    }
    text_label(out, "");
    fprintf(out, "rip %016" PRIx64 "  rfl %016" PRIx64 "  cr2 %016" PRIx64 "  cr3 %016" PRIx64 "\n", r->rip, r->rflags,
            r->cr2, r->cr3);
    text_label(out, "");
    fprintf(out,
            "cr0 %08" PRIx64 "  cr4 %08" PRIx64 "  efer %04" PRIx64 "  cs %04x  ss %04x  ds %04x  es %04x  "
            "fs %04x  gs %04x\n",
            r->cr0, r->cr4, r->efer, r->cs, r->ss, r->ds, r->es, r->fs, r->gs);
}

void text_finding(const struct finding *f, unsigned vcpus, bool explain, const struct report_style *style, FILE *out)
{
    static const char *const styles[] = {
        [SEVERITY_NOTE] = STYLE_CALM,
        [SEVERITY_WARNING] = STYLE_DOUBT,
        [SEVERITY_ERROR] = STYLE_BAD,
    };
    const struct rule *rule = &rules[f->rule];
    char head[96];
    (void)snprintf(head, sizeof head, "%s[%s]:", severity_name(f->severity), rule->name);
    fputc('\n', out);
    text_colored(out, style, (unsigned)f->severity <= SEVERITY_ERROR ? styles[f->severity] : STYLE_BAD, head);
    fprintf(out, " %s\n", rule->title);
    if (f->text[0] != '\0') {
        text_label(out, "what");
        text_safe(out, f->text);
        fputc('\n', out);
    }
    write_words(out, "assert", f->assertion);
    write_words(out, "means", f->meaning);
    write_words(out, "handler", f->handler);
    write_access(out, f);
    write_range(out, f);
    text_label(out, "phase");
    fprintf(out, "%s", phase_name(f->phase));
    if (vcpus > 1)
        fprintf(out, ", vcpu %u", f->vcpu);
    fputc('\n', out);
    text_author(out, f);
    text_place(out, "rip", &f->at);
    if (f->has_caller)
        text_place(out, "caller", &f->caller);
    text_transfer(out, &f->transfer);
    text_pointer(out, &f->pointer);
    text_trace(out, f->trace);
    text_writer(out, f->writer);
    if (f->has_fault)
        write_fault(out, &f->fault);
    if (style->verbose > 0 || rule->then == STOP)
        write_registers(out, &f->regs);
    if (explain) {
        text_label(out, "why");
        fprintf(out, "%s\n", rule->help);
    }
}
