/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of a SARIF log. Each gives a new reference, or NULL when out of memory, as those of json_parts.h. */
#ifndef HVMBED_REPORT_SARIF_H
#define HVMBED_REPORT_SARIF_H

#include <jansson.h>
#include <stddef.h>

#include "matrix/result.h"

/* Objects are made key by key, since SARIF leaves out what does not apply. NULL @value makes *@o NULL. */
void sarif_put(json_t **o, const char *key, json_t *value);
void sarif_append(json_t **list, json_t *value);
/* {"text": …} */
json_t *sarif_message(const char *text);

/* sarif_rules.c: the tool with all rules; a result's ruleIndex is an enum rule_id. */
json_t *sarif_tool(void);

/* sarif_places.c */
json_t *sarif_artifact_uri(const char *path);
/* What stands in for a place that has no source. */
struct sarif_image {
    const char *label;
    size_t index;     /* among the artifacts */
    const char *root; /* report_style.source_root */
};
/* An instruction: a line of the source tree where it has one, and else the image. */
json_t *sarif_location(const struct code_place *at, const struct sarif_image *in);
/* Where to show the finding. */
json_t *sarif_primary(const struct case_finding *f, const struct sarif_image *in);
/* The calls that led there, innermost first; the same as a way to it, outermost first, empty where it has no source. */
json_t *sarif_stacks(const struct case_finding *f, const struct sarif_image *in);
json_t *sarif_code_flows(const struct case_finding *f, const struct sarif_image *in);
/* Who had a hand in it. */
json_t *sarif_related(const struct case_finding *f, const struct sarif_image *in);

#endif
