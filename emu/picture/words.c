/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "picture/parts.h"
#include "report/decode.h"
#include "report/text_code.h"
#include "report/text_finding.h"

char *words_outcome(const struct report_input *in)
{
    char *text = NULL, label[256];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    text_safe(out, path_last(in->image->path));
    text_outcome(in->verdict, out);
    layout_label(in->layout, label, sizeof label);
    fprintf(out, " (%s, %s: %" PRIu64 " MiB, %u vCPU%s)", in->handoff, label, (uint64_t)(in->layout->memory / MIB),
            in->layout->vcpus, in->layout->vcpus == 1 ? "" : "s");
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void write_head(const struct finding *f, FILE *out)
{
    fprintf(out, "%s[%s]: %s\n", severity_name(f->severity), rules[f->rule].name, rules[f->rule].title);
}

char *words_finding(const struct finding *f)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    write_head(f, out);
    if (f->text[0] != '\0') {
        text_safe(out, f->text);
        fputc('\n', out);
    }
    if (f->assertion[0] != '\0') {
        text_safe(out, f->assertion);
        fputc('\n', out);
    }
    if (f->trace == NULL || f->trace->nr < 2)
        text_place(out, "rip", &f->at);
    text_trace(out, f->trace);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

char *words_finding_all(const struct finding *f, unsigned vcpus)
{
    static const struct report_style style = {.verbose = 1};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    text_finding(f, vcpus, true, &style, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

const char *words_sign(int exit_code)
{
    return exit_code == 0 ? "\xe2\x9c\x93" : exit_code == 1 ? "\xe2\x9c\x97" : exit_code == 3 ? "?" : "!";
}

const char *words_class(int exit_code)
{
    return exit_code == 0 ? "pass" : exit_code == 1 ? "fail" : "doubt";
}

/* The finding that says most: the first error, else what stopped the boot, which is the last. */
static const struct case_finding *telling(const struct case_result *r)
{
    for (size_t i = 0; i < r->nr_findings; i++)
        if (r->finding[i].severity == SEVERITY_ERROR)
            return &r->finding[i];
    return r->exit_code != 0 && r->nr_findings != 0 ? &r->finding[r->nr_findings - 1] : NULL;
}

const char *words_cell(const struct case_result *r, char text[CELL_SIZE])
{
    const struct case_finding *f = telling(r);
    const size_t errors = case_count(r, SEVERITY_ERROR), warnings = case_count(r, SEVERITY_WARNING);
    if (r->state == CASE_NOT_APPLICABLE) {
        (void)snprintf(text, CELL_SIZE, "n/a");
        return "none";
    }
    if (r->state != CASE_BOOTED)
        (void)snprintf(text, CELL_SIZE, "%s", case_state_name(r->state));
    else if (r->exit_code == 0 && warnings != 0)
        (void)snprintf(text, CELL_SIZE, "ok, %zu warning%s", warnings, warnings == 1 ? "" : "s");
    else if (r->exit_code == 0)
        (void)snprintf(text, CELL_SIZE, "ok");
    else if (f == NULL)
        (void)snprintf(text, CELL_SIZE, "%s", ending_name(r->ending));
    else if (errors > 1)
        (void)snprintf(text, CELL_SIZE, "%s +%zu", rules[f->rule].name, errors - 1);
    else
        (void)snprintf(text, CELL_SIZE, "%s", rules[f->rule].name);
    return words_class(r->exit_code);
}
