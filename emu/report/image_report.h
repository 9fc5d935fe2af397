/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image is and holds, for people and for programs. The writers never decide anything. */
#ifndef HVMBED_REPORT_IMAGE_REPORT_H
#define HVMBED_REPORT_IMAGE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "image/facts.h"
#include "image/image.h"
#include "image/tree.h"
#include "report/report.h"

struct image_report {
    const struct image *image;
    const struct image_tree *tree;
    const struct image_facts *facts;
};

struct image_writer {
    const char *name; /* "text", "json" */
    bool (*write)(const struct image_report *in, const struct report_style *style, FILE *out);
};
bool image_text_write(const struct image_report *in, const struct report_style *style, FILE *out);
bool image_json_write(const struct image_report *in, const struct report_style *style, FILE *out);
const struct image_writer *image_writer_find(const char *name); /* NULL when there is none */

/* The verdict in three lines, as every report starts with: flavour, under hvmloader, as PVH. */
void text_verdict(FILE *out, const struct report_style *style, const struct image_verdict *v);

/* Is it worth a line where nobody asked for details? */
bool image_node_is_minor(const struct image_tree *t, size_t i);

#endif
