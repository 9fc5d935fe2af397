/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <string.h>

#include "report/formats.h"

const struct report_writer report_writers[] = {
    {"text", "a verdict for people (the default)", ".txt", report_text_write, false, matrix_text_write},
    {"json", "the same for programs: schema hvmbed-report/1, see docs/json.md", ".json", report_json_write, true,
     matrix_json_write},
    {"html", "a page with pictures, complete in itself, see docs/picture.md", ".html", report_html_write, false,
     matrix_html_write},
    {"svg", "the guest's memory, the timeline and the findings as one picture", ".svg", report_svg_write, false,
     matrix_svg_write},
    {NULL, NULL, NULL, NULL, false, NULL},
};

const struct report_writer *report_writer_find(const char *name)
{
    for (const struct report_writer *w = report_writers; w->name != NULL; w++)
        if (strcmp(w->name, name) == 0)
            return w;
    return NULL;
}

bool report_shows_written(const struct report_writer *w)
{
    return w->write == report_html_write || w->write == report_svg_write;
}
