/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that SARIF's readers show about the rules, from the table that the checks themselves go by. */
#include <ctype.h>
#include <stdio.h>

#include "base/version.h"
#include "check/rule.h"
#include "report/sarif.h"

/* Where the documentation can be read, with a slash at the end; "" where the build does not say. */
#ifndef HVMBED_DOCS_URL
#define HVMBED_DOCS_URL ""
#endif

/* "write-reserved" as an identifier: "WriteReserved". */
static json_t *identifier(const char *name)
{
    char out[64];
    size_t n = 0;
    for (bool start = true; *name != '\0' && n + 1 < sizeof out; name++) {
        if (*name != '-')
            out[n++] = (char)(start ? toupper((unsigned char)*name) : *name);
        start = *name == '-';
    }
    return json_stringn(out, n);
}

static const char *consequence_words(enum consequence c)
{
    static const char *const words[] = {
        [GO_ON_THROUGH] = "The access takes place, as on real hardware, and the boot goes on.",
        [GO_ON_DROPPED] = "The access is kept from happening, and the boot goes on.",
        [STOP] = "The boot ends there: going on makes no sense.",
    };
    return words[c];
}

static const char *title_of(const struct rule *r, char *out, size_t room)
{
    (void)snprintf(out, room, "%c%s.", toupper((unsigned char)r->title[0]), r->title + 1);
    return out;
}

static json_t *help(const struct rule *r, const char *title)
{
    const char *then = consequence_words(r->then);
    return json_pack(
        "{s:o, s:o}", "text",
        json_sprintf("%s %s %s Change its severity with -W %s or -E %s.", title, r->help, then, r->name, r->name),
        "markdown",
        json_sprintf("**%s** %s\n\n%s\n\nChange its severity with `-W %s` or `-E %s`.", title, r->help, then, r->name,
                     r->name));
}

static json_t *rule(const struct rule *r)
{
    char title[128];
    (void)title_of(r, title, sizeof title);
    json_t *o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:{s:s}, s:{s:[s, s], s:s}}", "id", r->name, "name",
                          identifier(r->name), "shortDescription", sarif_message(title), "fullDescription",
                          sarif_message(r->help), "help", help(r, title), "defaultConfiguration", "level",
                          severity_name(r->severity), "properties", "tags", "firmware", "xen", "problem.severity",
                          r->severity == SEVERITY_NOTE ? "recommendation" : severity_name(r->severity));
    if (HVMBED_DOCS_URL[0] != '\0')
        sarif_put(&o, "helpUri", json_string(HVMBED_DOCS_URL "rules.md"));
    return o;
}

json_t *sarif_tool(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < RULE_COUNT; i++)
        sarif_append(&list, rule(&rules[i]));
    json_t *driver = json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", "hvmbed", "version", HVMBED_VERSION,
                               "semanticVersion", HVMBED_VERSION, "language", "en-US", "rules", list);
    sarif_put(&driver, "fullDescription",
              sarif_message("Boots an unmodified OVMF image as Xen would, and says what it does wrong."));
    if (HVMBED_DOCS_URL[0] != '\0')
        sarif_put(&driver, "informationUri", json_string(HVMBED_DOCS_URL));
    return json_pack("{s:o}", "driver", driver);
}
