/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/ci.h"

#include <stdlib.h>
#include <string.h>

#include "report/decode.h"
#include "report/text_code.h"
#include "report/text_finding.h"

#define CASES_SHOWN 8

bool ci_source_of(const struct code_place *at, const char *root, struct ci_source *out)
{
    const struct source_place *s = &at->source;
    if (s->line == 0 || !source_relative(s->file, root, out->file))
        return false;
    out->at = at;
    out->line = s->line;
    return true;
}

bool ci_source(const struct case_finding *f, const char *root, struct ci_source *out)
{
    if (!f->has_blamed)
        return false;
    if (ci_source_of(&f->blamed, root, out))
        return true;
    for (unsigned i = 0; f->trace != NULL && i < f->trace->nr; i++)
        if (ci_source_of(&f->trace->frame[i].at, root, out))
            return true;
    return false;
}

void ci_what(const struct case_finding *f, FILE *out)
{
    text_safe(out, f->text[0] != '\0' ? f->text : rules[f->rule].title);
}

void ci_where(const struct case_finding *f, FILE *out)
{
    const struct code_place *p = f->has_blamed ? &f->blamed : &f->at;
    if (!f->has_blamed)
        return;
    text_short_place(out, p);
    text_source(out, &p->source);
}

void ci_line(const struct case_finding *f, FILE *out)
{
    ci_what(f, out);
    fprintf(out, ", in %s", phase_name(f->phase));
    if (f->has_blamed)
        fputs(" by ", out);
    ci_where(f, out);
}

void ci_case(const struct matrix_result *m, const struct matrix_case *c, FILE *out)
{
    text_safe(out, m->image[c->image].label);
    fputs(", ", out);
    text_safe(out, m->layout[c->layout].label);
}

void ci_cases(const struct matrix_result *m, const size_t *in, size_t nr, FILE *out)
{
    if (m->nr_cases < 2)
        return;
    fprintf(out, " (in %zu of %zu cases: ", nr, m->nr_cases);
    for (size_t i = 0; i < nr && i < CASES_SHOWN; i++) {
        fputs(i != 0 ? "; " : "", out);
        ci_case(m, &m->c[in[i]], out);
    }
    if (nr > CASES_SHOWN)
        fprintf(out, "; and %zu more", nr - CASES_SHOWN);
    fputc(')', out);
}

void ci_reason(const struct case_result *r, FILE *out)
{
    if (r->state != CASE_BOOTED) {
        text_safe(out, r->reason);
        return;
    }
    fprintf(out, "%s in %s", ending_name(r->ending), phase_name(r->phase));
    if (r->detail[0] != '\0')
        fputs(": ", out);
    text_safe(out, r->detail);
}

FILE *ci_text_begin(struct ci_text *t)
{
    *t = (struct ci_text){0};
    t->out = open_memstream(&t->text, &t->size);
    return t->out;
}

char *ci_text_end(struct ci_text *t)
{
    if (t->out != NULL && fclose(t->out) == 0)
        return t->text;
    free(t->text);
    return NULL;
}

const char *ci_no_verdict(int exit_code)
{
    return exit_code == 3 ? "inconclusive" : "defect";
}

unsigned ci_member(const struct matrix_summary *s, size_t i)
{
    unsigned n = 1;
    for (size_t j = 0; j < i; j++)
        n += strcmp(s->finding[j].first->identity, s->finding[i].first->identity) == 0 ? 1 : 0;
    return n;
}
