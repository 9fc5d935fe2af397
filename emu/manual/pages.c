/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manual/pages.h"

#include <string.h>

#include "cli/verbs.h"

void page_verb_name(const struct option_verb *v, char name[PAGE_NAME_MAX])
{
    (void)snprintf(name, PAGE_NAME_MAX, "hvmbed-%s", v->name);
    for (char *s = name; *s != '\0'; s++)
        if (*s == ' ')
            *s = '-';
}

bool page_get(size_t i, struct page *page)
{
    static const struct page others[] = {
        {"hvmbed", "1", NULL, page_write_program},
        {"hvmbed-layout", "5", NULL, page_write_layout},
        {"hvmbed-rules", "7", NULL, page_write_rules},
    };
    const size_t nr = sizeof others / sizeof others[0];
    if (i < nr) {
        *page = others[i];
        return true;
    }
    for (size_t k = 0; verbs[k] != NULL; k++)
        if (k == i - nr) {
            *page = (struct page){.section = "1", .verb = verbs[k], .write = page_write_verb};
            page_verb_name(verbs[k], page->name);
            return true;
        }
    return false;
}

/* Those that have a place of their own, in the order of mdoc(7); all others come before them. */
static const char *const last[] = {"ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES"};
#define NR_LAST (sizeof last / sizeof last[0])

static bool is_last(const char *heading)
{
    for (size_t i = 0; i < NR_LAST; i++)
        if (strcmp(heading, last[i]) == 0)
            return true;
    return false;
}

static void section(struct prose *p, const char *heading, FILE *out)
{
    (void)fprintf(out, ".Sh %s\n", heading);
    (void)prose_write(p, "section", heading, out);
}

void page_sections(struct prose *p, bool exits, FILE *out)
{
    for (size_t i = 0; i < p->nr; i++)
        if (strcmp(p->part[i].kind, "section") == 0 && !is_last(p->part[i].name))
            section(p, p->part[i].name, out);
    for (size_t i = 0; i < NR_LAST; i++) {
        if (prose_has(p, "section", last[i]))
            section(p, last[i], out);
        else if (exits && strcmp(last[i], "EXIT STATUS") == 0)
            (void)fputs(".Sh EXIT STATUS\n0 on success, 2 on bad usage or input; all codes are in\n.Xr hvmbed 1 .\n",
                        out);
    }
}

void page_see(struct prose *p, const char *const *also, FILE *out)
{
    (void)fputs(".Sh SEE ALSO\n", out);
    for (size_t i = 0; also[i] != NULL; i++)
        (void)fprintf(out, ".Xr %s%s\n", also[i], also[i + 1] != NULL ? " ," : "");
    if (prose_has(p, "see", "")) {
        (void)fputs(".Pp\n", out);
        (void)prose_write(p, "see", "", out);
    }
}
