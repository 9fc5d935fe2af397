/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "monitor …": what gdb itself has no words for. A table; `monitor help` is made of it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "engine/debug.h"
#include "gdb/internal.h"
#include "gdb/script.h"
#include "report/text_finding.h"

#define INSN_MAX 15u

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* An address in C's notation; false, said, when it is none. @p is behind it. */
static bool address(const char **p, uint64_t *at, FILE *out)
{
    char *end;
    *at = strtoull(*p, &end, 0);
    if (end == *p) {
        fputs("an address is needed, such as 0x1000\n", out);
        return false;
    }
    *p = skip_blanks(end);
    return true;
}

static void mode(struct gdb_session *s, const char *args, FILE *out)
{
    (void)args;
    fprintf(out, "%s\n", gdb_mode(s, s->cpu));
}

static void phase(struct gdb_session *s, const char *args, FILE *out)
{
    (void)args;
    fprintf(out, "%s\n", phase_name(machine_stage(s->m)));
}

static void work(struct gdb_session *s, const char *args, FILE *out)
{
    const uint64_t ns = clock_ns(&s->m->clock);
    (void)args;
    fprintf(out,
            "%" PRIu64 " instructions in %" PRIu64 " blocks; at the last exit %" PRIu64 ".%09" PRIu64
            " s of virtual time had passed\n",
            engine_instructions(s->m->engine), engine_blocks(s->m->engine), ns / 1000000000u, ns % 1000000000u);
}

/* Instructions in the processor's own mode, whatever the client takes it for. */
static void disassemble(struct gdb_session *s, const char *args, FILE *out)
{
    uint64_t at = engine_debug_pc(s->m->engine, s->cpu), n = 8;
    const enum code_width width = gdb_width(s, s->cpu);
    if ((*args != '\0' && !address(&args, &at, out)) || (*args != '\0' && !address(&args, &n, out)))
        return;
    fprintf(out, "%s\n", gdb_mode(s, s->cpu));
    for (; n > 0 && n <= 1000; n--) {
        uint8_t code[INSN_MAX];
        char text[80];
        const size_t got = gdb_memory_read(s, at, code, sizeof code);
        const size_t length = insn_length(code, got, width);
        insn_text(code, got, width, at, text, sizeof text);
        fprintf(out, "0x%" PRIx64 ":  %s\n", at, text[0] != '\0' ? text : "(no instruction)");
        if (length == 0)
            return;
        at += length;
    }
}

static void layout(struct gdb_session *s, const char *args, FILE *out)
{
    const struct memory *mem = &s->m->memory;
    (void)args;
    plan_write(s->m->plan, out);
    for (size_t i = 0; i < mem->nr_over; i++)
        fprintf(out, "%s0x%09" PRIx64 " - 0x%09" PRIx64 "  %s\n", i == 0 ? "what Xen has changed since:\n" : "",
                mem->over[i].at.start, mem->over[i].at.end, mem->over[i].owner);
}

static bool read_guest(const void *self, uint64_t gpa, void *dst, size_t n)
{
    return memory_read(self, gpa, dst, n);
}

/* A hand-off HOB near the boot processor's stack: in PEI the list grows in the same piece of memory; 0: none. */
#define HOBS_NEAR (1 * MIB)
static uint64_t find_hobs(struct gdb_session *s, const struct hob_reader *r)
{
    uint8_t raw[ENGINE_REGISTER_SIZE];
    if (s->mon->v->hob_list != 0)
        return s->mon->v->hob_list;
    (void)engine_read_register(s->m->engine, 0, ENGINE_GPR + CPU_RSP, raw);
    const uint64_t rsp = page_down(le64(raw));
    const uint64_t from = rsp > HOBS_NEAR ? rsp - HOBS_NEAR : 0;
    for (uint64_t gpa = from; gpa < rsp + HOBS_NEAR; gpa += 8)
        if (hob_is_handoff(r, gpa))
            return gpa;
    return 0;
}

static void hobs(struct gdb_session *s, const char *args, FILE *out)
{
    const struct hob_reader r = {read_guest, &s->m->memory};
    struct hob_list l = {0};
    uint64_t at = 0;
    if (*args != '\0' ? !address(&args, &at, out) : (at = find_hobs(s, &r)) == 0) {
        if (at == 0)
            fputs("no hand-off HOB near the stack: give its address\n", out);
        return;
    }
    if (!hob_is_handoff(&r, at)) {
        fprintf(out, "no hand-off HOB at 0x%" PRIx64 "\n", at);
        return;
    }
    (void)hob_list_read(&r, at, (size_t)limit(s->m->limits, LIMIT_HOBS), &l);
    for (size_t i = 0; i < l.nr; i++) {
        char text[HOB_TEXT_SIZE];
        hob_format(&l.h[i], text);
        fprintf(out, "%4zu  0x%09" PRIx64 "  %s\n", i, l.h[i].at, text);
    }
    if (l.damage != NULL)
        fprintf(out, "damaged at 0x%" PRIx64 ": %s\n", l.damage_at, l.damage);
    hob_list_free(&l);
}

static void modules(struct gdb_session *s, const char *args, FILE *out)
{
    const struct verdict *v = s->mon->v;
    (void)args;
    for (size_t i = 0; i < v->nr_modules; i++) {
        const struct module *mod = &v->module[i];
        struct symbols_match match;
        fprintf(out, "0x%09" PRIx64 " - 0x%09" PRIx64 "  entry 0x%09" PRIx64 "  %s%s%s%s\n", mod->base,
                mod->base + mod->size, mod->entry, mod->name, mod->gone ? " (unloaded)" : "",
                gdb_has_symbols(s, mod, &match) ? "  " : "", gdb_has_symbols(s, mod, &match) ? match.name : "");
    }
}

static void findings(struct gdb_session *s, const char *args, FILE *out)
{
    static const struct report_style plain = {0};
    const struct findings *f = &s->mon->v->findings;
    (void)args;
    for (size_t i = 0; i < f->nr; i++)
        text_finding(&f->f[i], s->m->layout->vcpus, false, &plain, out);
    if (f->nr == 0)
        fputs("none so far\n", out);
}

static void add_symbols(struct gdb_session *s, const char *args, FILE *out)
{
    const struct verdict *v = s->mon->v;
    (void)args;
    if (s->symbols == NULL)
        fputs("# hvmbed was not given --symbols\n", out);
    for (size_t i = 0; i < v->nr_modules; i++) {
        struct symbols_match match;
        if (gdb_has_symbols(s, &v->module[i], &match))
            gdb_script_module(match.path, match.bias, out);
    }
}

static void physical(struct gdb_session *s, const char *args, FILE *out)
{
    if (strcmp(args, "on") == 0 || strcmp(args, "off") == 0)
        s->physical = args[1] == 'n';
    fprintf(out, "addresses are guest-%s\n", s->physical ? "physical" : "virtual");
}

static void walk(struct gdb_session *s, const char *args, FILE *out)
{
    struct paging p = {.phys_bits = s->m->layout->phys_bits};
    struct walk w;
    uint64_t gva;
    if (!address(&args, &gva, out))
        return;
    (void)engine_paging_of(s->m->engine, s->cpu, &p.cr0, &p.cr3, &p.cr4, &p.efer);
    const bool there = walk_gva(&s->m->memory, &p, gva, &w);
    for (unsigned i = 0; i < w.nr; i++)
        fprintf(out, "level %u at 0x%" PRIx64 ": 0x%016" PRIx64 "\n", w.step[i].level, w.step[i].entry_gpa,
                w.step[i].entry);
    if (!there) {
        fprintf(out, "%s\n", w.why);
        return;
    }
    const struct plan_range *r = plan_find(s->m->plan, w.gpa);
    fprintf(out, "gpa 0x%" PRIx64 ": %s\n", w.gpa, r != NULL ? r->owner : "beyond the guest's memory");
}

static void at_findings(struct gdb_session *s, const char *args, FILE *out)
{
    if (strcmp(args, "on") == 0 || strcmp(args, "off") == 0)
        s->at_findings = args[1] == 'n';
    if (!s->at_findings)
        s->findings = s->mon->v->findings.nr;
    fprintf(out, "the guest %s at findings\n", s->at_findings ? "stops" : "does not stop");
}

static void at_module(struct gdb_session *s, const char *args, FILE *out)
{
    (void)snprintf(s->at_module, sizeof s->at_module, "%s", args);
    if (args[0] == '\0')
        fputs("stops at no module's first instruction\n", out);
    else
        fprintf(out, "stops when %s executes for the first time, where it is loaded or in place\n", s->at_module);
}

static void at_phase(struct gdb_session *s, const char *args, FILE *out)
{
    s->at_phase = NO_PHASE;
    for (int p = PHASE_SEC; p < PHASE_COUNT; p++)
        if (strcasecmp(phase_name((enum phase)p), args) == 0)
            s->at_phase = p;
    if (s->at_phase == NO_PHASE)
        fputs("the phases are SEC, PEI, PEI-mem, DXE\n", out);
    else
        fprintf(out, "stops when %s begins\n", phase_name((enum phase)s->at_phase));
}

static void help(struct gdb_session *s, const char *args, FILE *out);

static const struct command {
    const char *name, *args, *help;
    void (*fn)(struct gdb_session *s, const char *args, FILE *out);
} commands[] = {
    {"help", "", "this list", help},
    {"mode", "", "what the processor takes its code for", mode},
    {"phase", "", "how far the boot has come", phase},
    {"work", "", "what has been executed, and virtual time", work},
    {"disas", "[ADDRESS [N]]", "instructions in the processor's own mode", disassemble},
    {"walk", "ADDRESS", "through the page tables, entry by entry", walk},
    {"phys", "on|off", "take memory addresses as guest-physical", physical},
    {"layout", "", "what lies where, whose it is, who may touch it when", layout},
    {"hobs", "[ADDRESS]", "the HOB list as it is now", hobs},
    {"modules", "", "those that have run, and their .debug files", modules},
    {"findings", "", "what has been found so far", findings},
    {"add-symbols", "", "gdb commands that load the symbols of the modules that have run", add_symbols},
    {"stop-at-findings", "on|off", "whether a finding stops the guest (default: on)", at_findings},
    {"stop-at-module", "NAME", "stop when a module executes for the first time", at_module},
    {"stop-at-phase", "PHASE", "stop when SEC, PEI, PEI-mem or DXE begins", at_phase},
};

static void help(struct gdb_session *s, const char *args, FILE *out)
{
    (void)s;
    (void)args;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char head[48];
        (void)snprintf(head, sizeof head, "%s %s", commands[i].name, commands[i].args);
        fprintf(out, "monitor %-28s %s\n", head, commands[i].help);
    }
}

void gdb_command(struct gdb_session *s, const char *line, FILE *out)
{
    line = skip_blanks(line);
    const size_t n = strcspn(line, " \t");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strlen(commands[i].name) == n && strncmp(commands[i].name, line, n) == 0) {
            commands[i].fn(s, skip_blanks(line + n), out);
            return;
        }
    fputs("there is no such command; these are:\n", out);
    help(s, "", out);
}
