/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "layout/key_docs.h"
#include "layout/xlkeys.h"
#include "manual/mdoc.h"
#include "manual/pages.h"

static void key(const struct key_doc *k, FILE *out)
{
    (void)fputs(".It", out);
    for (const char *s = k->keys; *s != '\0';) {
        const size_t n = strcspn(s, ", ");
        (void)fprintf(out, "%s Cm %.*s", s != k->keys ? " ," : "", (int)n, s);
        s += n;
        s += strspn(s, ", ");
    }
    (void)fputc('\n', out);
    mdoc_sentence(out, k->meaning);
    if (k->fallback != NULL) {
        (void)fputs(".Pp\nDefault: ", out);
        mdoc_inline(out, k->fallback);
        (void)fputs(".\n", out);
    }
}

static void documented(const struct key_doc *docs, FILE *out)
{
    (void)fputs(".Bl -tag -width Ds\n", out);
    for (const struct key_doc *k = docs; k->keys != NULL; k++)
        key(k, out);
    (void)fputs(".El\n", out);
}

static void not_here(FILE *out)
{
    (void)fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < nr_xl_keys; i++)
        if (xl_keys[i].fate == KEY_NOT_HERE && xl_keys[i].why != NULL) {
            (void)fprintf(out, ".It Cm %s\n", xl_keys[i].name);
            mdoc_sentence(out, xl_keys[i].why);
        }
    for (const struct key_doc *k = partly_key_docs; k->keys != NULL; k++)
        key(k, out);
    (void)fputs(".El\n", out);
}

static void toolstack(FILE *out)
{
    size_t last = 0;
    for (size_t i = 0; i < nr_xl_keys; i++)
        if (xl_keys[i].fate == KEY_TOOLSTACK)
            last = i;
    for (size_t i = 0; i <= last; i++)
        if (xl_keys[i].fate == KEY_TOOLSTACK)
            (void)fprintf(out, ".Cm %s %s\n", xl_keys[i].name, i == last ? "." : ",");
}

void page_write_layout(const struct page *page, struct prose *p, FILE *out)
{
    const char *const also[] = {"hvmbed 1", "hvmbed-layout-lint 1", "hvmbed-layout-show 1", "xl.cfg 5", NULL};
    mdoc_head(out, page->name, page->section);
    (void)fputs(".Sh NAME\n.Nm hvmbed-layout\n.Nd guest files, as hvmbed reads them\n.Sh DESCRIPTION\n", out);
    (void)prose_write(p, "description", "", out);
    (void)fputs(".Sh KEYS OF HVMBED\n", out);
    (void)prose_write(p, "option", "bed", out);
    documented(bed_key_docs, out);
    (void)fputs(".Sh KEYS OF XL\nThese are honoured:\n", out);
    documented(xl_key_docs, out);
    (void)fputs("These are not honoured, and named when they are given, with what is not there:\n", out);
    not_here(out);
    (void)fputs(
        "No firmware sees before the hand-off what these say, or they name files that\nare given on the command line:\n",
        out);
    toolstack(out);
    page_sections(p, false, out);
    page_see(p, also, out);
}
