/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of one verb, and the one of them all. */
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"
#include "layout/lint.h"
#include "manual/mdoc.h"
#include "manual/pages.h"
#include "manual/words.h"
#include "report/report.h"

/* Is it told with the operands, as shrink's -l is? */
static bool is_operand(const struct option_verb *v, const struct option_spec *o)
{
    const char dash_letter[] = {'-', o->letter, ' ', '\0'};
    return o->letter != 0 && v->operands != NULL && strstr(v->operands, dash_letter) != NULL;
}

static void synopsis(const struct option_verb *v, FILE *out)
{
    char flags[64] = "";
    (void)fprintf(out, ".Sh SYNOPSIS\n.Nm hvmbed %s\n", v->name);
    const struct option_spec *o;
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++)
        if (o->letter != 0 && o->arg == NULL && strlen(flags) < sizeof flags - 1)
            flags[strlen(flags)] = o->letter;
    if (flags[0] != '\0')
        (void)fprintf(out, ".Op Fl %s\n", flags);
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++) {
        if ((o->letter != 0 && o->arg == NULL) || is_operand(v, o))
            continue;
        if (o->letter != 0)
            (void)fprintf(out, ".Op Fl %c", o->letter);
        else
            (void)fprintf(out, ".Op Fl Fl %s", o->name);
        if (o->arg != NULL)
            mdoc_arg(out, o->arg);
        (void)fputc('\n', out);
    }
    if (v->operands != NULL)
        mdoc_operands(out, v->operands);
}

static void option(const struct option_spec *o, struct prose *p, FILE *out)
{
    (void)fputs(".It", out);
    if (o->letter != 0)
        (void)fprintf(out, " Fl %c ,", o->letter);
    (void)fprintf(out, " Fl Fl %s", o->name);
    if (o->arg != NULL)
        mdoc_arg(out, o->arg);
    (void)fputc('\n', out);
    mdoc_sentence(out, o->help);
    (void)prose_write(p, "option", o->name, out);
}

static void options(const struct option_verb *v, struct prose *p, FILE *out)
{
    (void)fputs(".Sh OPTIONS\n.Bl -tag -width Ds\n", out);
    const struct option_spec *o;
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++)
        option(o, p, out);
    (void)fputs(".It Fl h , Fl Fl help\nshow this help, and exit.\n.El\n", out);
}

/* --- what a verb's page lists besides */

static void list_formats(FILE *out)
{
    (void)fputs(".Sh FORMATS\nReports can be written as\n.Bl -tag -width Ds\n", out);
    for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
        (void)fprintf(out, ".It Cm %s\n", w->name);
        mdoc_sentence(out, w->help);
    }
    (void)fputs(".El\n", out);
}

static void list_checks(FILE *out)
{
    (void)fputs(".Sh CHECKS\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < LINT_COUNT; i++) {
        (void)fprintf(out, ".It Cm %s Pq %s\n", lint_checks[i].name, lint_severity_name(lint_checks[i].severity));
        mdoc_sentence(out, lint_checks[i].help);
    }
    (void)fputs(".El\n", out);
}

static const struct {
    const struct option_verb *verb;
    void (*list)(FILE *out);
} lists[] = {{&run_verb, list_formats}, {&layout_lint_verb, list_checks}};

void page_write_verb(const struct page *page, struct prose *p, FILE *out)
{
    const struct option_verb *v = page->verb;
    const char *const also[] = {"hvmbed 1", "hvmbed-layout 5", "hvmbed-rules 7", NULL};
    mdoc_head(out, page->name, page->section);
    (void)fprintf(out, ".Sh NAME\n.Nm %s\n.Nd ", page->name);
    mdoc_inline(out, v->summary);
    (void)fputc('\n', out);
    synopsis(v, out);
    (void)fputs(".Sh DESCRIPTION\n", out);
    if (v->text != NULL)
        mdoc_text(out, v->text);
    else if (!prose_has(p, "description", ""))
        mdoc_sentence(out, v->summary);
    (void)prose_write(p, "description", "", out);
    options(v, p, out);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lists[i].verb == v)
            lists[i].list(out);
    page_sections(p, true, out);
    page_see(p, also, out);
}

void page_write_program(const struct page *page, struct prose *p, FILE *out)
{
    mdoc_head(out, page->name, page->section);
    (void)fputs(".Sh NAME\n.Nm hvmbed\n.Nd boot an OVMF image as Xen would, and say what it did wrong\n"
                ".Sh SYNOPSIS\n.Nm\n.Ar verb\n.Op Ar options\n.Ar\n"
                ".Nm\n.Ar verb\n.Fl Fl help\n.Nm\n.Fl Fl version\n.Sh DESCRIPTION\n",
                out);
    (void)prose_write(p, "description", "", out);
    (void)fputs(".Sh VERBS\nEach has a page of its own.\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; verbs[i] != NULL; i++) {
        char name[PAGE_NAME_MAX];
        page_verb_name(verbs[i], name);
        (void)fprintf(out, ".It Cm %s , No see Xr %s 1\n", verbs[i]->name, name);
        mdoc_sentence(out, verbs[i]->summary);
    }
    (void)fputs(".El\n", out);
    page_sections(p, false, out);
    const char *const also[] = {"genhtml 1", "hvmbed-layout 5", "xl.cfg 5", "hvmbed-rules 7", NULL};
    page_see(p, also, out);
}
