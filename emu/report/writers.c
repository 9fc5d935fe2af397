/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <string.h>

#include "report/formats.h"

const struct report_writer report_writers[] = {
    {"text", "a verdict for people (the default)", ".txt", report_text_write, EMBEDS_VERBOSE, matrix_text_write, false},
    {"json", "the same for programs: schema hvmbed-report/1, see docs/json.md", ".json", report_json_write,
     EMBEDS_ALWAYS, matrix_json_write, false},
    {"junit", "JUnit XML, for Jenkins, GitLab and others", ".xml", NULL, EMBEDS_NEVER, junit_write, false},
    {"tap", "TAP 14, with YAML diagnostics", ".tap", NULL, EMBEDS_NEVER, tap_write, false},
    {"sarif", "SARIF 2.1.0, for code scanning", ".sarif", NULL, EMBEDS_NEVER, sarif_write, false},
    {"github", "annotations for GitHub Actions", ".log", NULL, EMBEDS_NEVER, github_write, false},
    {"codequality", "GitLab's code quality report", ".json", NULL, EMBEDS_NEVER, codequality_write, false},
    {"html", "a page with pictures, complete in itself, see docs/picture.md", ".html", report_html_write, EMBEDS_NEVER,
     matrix_html_write, true},
    {"svg", "the guest's memory, the timeline and the findings as one picture", ".svg", report_svg_write, EMBEDS_NEVER,
     matrix_svg_write, true},
    {NULL, NULL, NULL, NULL, EMBEDS_NEVER, NULL, false},
};

const struct report_writer *report_writer_find(const char *name)
{
    for (const struct report_writer *w = report_writers; w->name != NULL; w++)
        if (strcmp(w->name, name) == 0)
            return w;
    return NULL;
}

bool report_tells_sandbox(const struct report_style *style)
{
    return style->sandbox != NULL && strcmp(style->sandbox, "whole") != 0;
}
