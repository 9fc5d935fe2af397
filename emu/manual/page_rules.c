/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/rule.h"
#include "manual/mdoc.h"
#include "manual/pages.h"

static const char *const then[] = {
    [GO_ON_THROUGH] = "the access takes place as on real hardware, and the boot goes on",
    [GO_ON_DROPPED] = "the access is kept from happening, and the boot goes on",
    [STOP] = "the run ends with this finding",
};

void page_write_rules(const struct page *page, struct prose *p, FILE *out)
{
    const char *const also[] = {"hvmbed 1", "hvmbed-rules 1", "hvmbed-run 1", "hvmbed-layout 5", NULL};
    mdoc_head(out, page->name, page->section);
    (void)fputs(".Sh NAME\n.Nm hvmbed-rules\n.Nd what a firmware must not do in a Xen guest\n.Sh DESCRIPTION\n", out);
    (void)prose_write(p, "description", "", out);
    (void)fputs(".Sh RULES\n", out);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *r = &rules[i];
        (void)fprintf(out, ".Ss %s\n", r->name);
        mdoc_sentence(out, r->title);
        (void)fprintf(out, ".Pp\n%s%s: %s.\n.Pp\n", r->severity == SEVERITY_ERROR ? "An " : "A ",
                      severity_name(r->severity), then[r->then]);
        mdoc_text(out, r->help);
    }
    page_sections(p, false, out);
    page_see(p, also, out);
}
