/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of a bed's last boot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/internal.h"
#include "matrix/take.h"

static const struct verdict *verdict(const struct hvmbed *bed)
{
    return bed->booted ? &bed->trial.verdict : NULL;
}

int hvmbed_exit_code(const struct hvmbed *bed)
{
    return bed->booted ? verdict_exit_code(verdict(bed)) : 2;
}

const char *hvmbed_ending(const struct hvmbed *bed)
{
    return bed->booted ? ending_name(verdict(bed)->ending) : "";
}

const char *hvmbed_detail(const struct hvmbed *bed)
{
    return bed->booted ? verdict(bed)->detail : "";
}

const char *hvmbed_phase(const struct hvmbed *bed)
{
    return bed->booted ? phase_name(verdict(bed)->phase) : "";
}

uint64_t hvmbed_instructions(const struct hvmbed *bed)
{
    return bed->booted ? verdict(bed)->instructions : 0;
}

uint64_t hvmbed_virtual_ns(const struct hvmbed *bed)
{
    return bed->booted ? verdict(bed)->virtual_ns : 0;
}

const char *hvmbed_debug_log(const struct hvmbed *bed, size_t *size)
{
    *size = bed->booted ? verdict(bed)->debug_log_size : 0;
    return *size != 0 ? verdict(bed)->debug_log : NULL;
}

const char *hvmbed_console_log(const struct hvmbed *bed, size_t *size)
{
    *size = bed->booted && verdict(bed)->console.text != NULL ? verdict(bed)->console.size : 0;
    return *size != 0 ? verdict(bed)->console.text : NULL;
}

/* --- findings */

size_t hvmbed_finding_count(const struct hvmbed *bed)
{
    return bed->booted ? verdict(bed)->findings.nr : 0;
}

const struct hvmbed_finding *hvmbed_finding_at(const struct hvmbed *bed, size_t i)
{
    return i < hvmbed_finding_count(bed) ? &bed->finding[i] : NULL;
}

static enum hvmbed_severity severity(enum severity s)
{
    static const enum hvmbed_severity table[] = {
        [SEVERITY_NOTE] = HVMBED_NOTE, [SEVERITY_WARNING] = HVMBED_WARNING, [SEVERITY_ERROR] = HVMBED_ERROR};
    return table[s];
}

const char *hvmbed_finding_rule(const struct hvmbed_finding *f)
{
    return rules[f->f->rule].name;
}
enum hvmbed_severity hvmbed_finding_severity(const struct hvmbed_finding *f)
{
    return severity(f->f->severity);
}
const char *hvmbed_finding_phase(const struct hvmbed_finding *f)
{
    return phase_name(f->f->phase);
}
const char *hvmbed_finding_text(const struct hvmbed_finding *f)
{
    return f->f->text;
}
const char *hvmbed_finding_fingerprint(const struct hvmbed_finding *f)
{
    return f->fingerprint;
}
uint64_t hvmbed_finding_times(const struct hvmbed_finding *f)
{
    return f->f->count;
}
unsigned hvmbed_finding_vcpu(const struct hvmbed_finding *f)
{
    return f->f->vcpu;
}
uint64_t hvmbed_finding_gpa(const struct hvmbed_finding *f)
{
    return f->f->gpa;
}
uint64_t hvmbed_finding_gva(const struct hvmbed_finding *f)
{
    return f->f->gva;
}
unsigned hvmbed_finding_size(const struct hvmbed_finding *f)
{
    return f->f->size;
}
const char *hvmbed_finding_owner(const struct hvmbed_finding *f)
{
    return f->f->owner != NULL ? f->f->owner : "";
}
uint64_t hvmbed_finding_rip(const struct hvmbed_finding *f)
{
    return f->f->at.gva;
}
const char *hvmbed_finding_module(const struct hvmbed_finding *f)
{
    return f->f->at.module;
}
uint64_t hvmbed_finding_offset(const struct hvmbed_finding *f)
{
    return f->f->at.offset;
}
const char *hvmbed_finding_function(const struct hvmbed_finding *f)
{
    return f->f->at.source.function;
}
const char *hvmbed_finding_file(const struct hvmbed_finding *f)
{
    return f->f->at.source.file;
}
unsigned hvmbed_finding_line(const struct hvmbed_finding *f)
{
    return f->f->at.source.line;
}

/* --- reports */

static bool report(struct hvmbed *bed, const char *format, FILE *out, struct diag *d)
{
    const struct report_style style = {0};
    const struct report_writer *w = report_writer_find(format);
    if (!bed->booted)
        return diag_fail(d, "", 0, "nothing was booted");
    if (w == NULL)
        return diag_fail(d, "", 0, "no format is called %.40s", format);
    struct report_input in;
    char version[ENGINE_VERSION_SIZE];
    trial_input(&bed->trial, version, &in);
    return case_write(&in, w, &style, out) || diag_fail(d, "", 0, "cannot write the report");
}

bool hvmbed_report(struct hvmbed *bed, const char *format, FILE *out)
{
    struct diag d = {0};
    return (report(bed, format, out, &d) &&
            (fflush(out) == 0 || diag_fail(&d, "", 0, "cannot write the report: %s", strerror(errno)))) ||
           bed_fail(bed, &d);
}

bool hvmbed_report_memory(struct hvmbed *bed, const char *format, char **text, size_t *size)
{
    struct diag d = {0};
    *text = NULL;
    *size = 0;
    FILE *out = open_memstream(text, size);
    bool ok = out != NULL ? report(bed, format, out, &d) : diag_fail(&d, "", 0, "out of memory");
    if (out != NULL && fclose(out) != 0 && ok)
        ok = diag_fail(&d, "", 0, "out of memory");
    if (ok)
        return true;
    free(*text);
    *text = NULL;
    *size = 0;
    return bed_fail(bed, &d);
}

const char *hvmbed_format_name(size_t i)
{
    for (const struct report_writer *w = report_writers; w->name != NULL; w++)
        if (i-- == 0)
            return w->name;
    return NULL;
}

/* --- rules */

const char *hvmbed_rule_name(size_t i)
{
    return i < RULE_COUNT ? rules[i].name : NULL;
}
const char *hvmbed_rule_title(size_t i)
{
    return i < RULE_COUNT ? rules[i].title : NULL;
}
const char *hvmbed_rule_help(size_t i)
{
    return i < RULE_COUNT ? rules[i].help : NULL;
}
enum hvmbed_severity hvmbed_rule_severity(size_t i)
{
    return severity(i < RULE_COUNT ? rules[i].severity : SEVERITY_NOTE);
}
