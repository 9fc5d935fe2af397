/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places for SARIF: lines of the source tree, or addresses in the image; calls and other ways that lead there. */
#include <stdint.h>
#include <stdlib.h>

#include "report/ci.h"
#include "report/escape.h"
#include "report/json_parts.h"
#include "report/sarif.h"
#include "report/text_code.h"

#define TREE "%SRCROOT%" /* what GitHub and others take for the repository's root */

json_t *sarif_artifact_uri(const char *path)
{
    char *uri = escape_uri(path);
    json_t *j = uri != NULL ? json_string(uri) : NULL;
    free(uri);
    return j;
}

static json_t *tree_location(const struct ci_source *s)
{
    return json_pack("{s:{s:o, s:s}, s:{s:I}}", "artifactLocation", "uri", sarif_artifact_uri(s->file), "uriBaseId",
                     TREE, "region", "startLine", (json_int_t)s->line);
}

/* Code scanning wants a line wherever it is to show something: the image's first. */
static json_t *image_location(const struct sarif_image *in)
{
    return json_pack("{s:{s:o, s:I}, s:{s:i}}", "artifactLocation", "uri", sarif_artifact_uri(in->label), "index",
                     (json_int_t)in->index, "region", "startLine", 1);
}

static json_t *place_name(const struct code_place *at)
{
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    text_short_place(t.out, at);
    char *name = ci_text_end(&t);
    json_t *j = name != NULL ? json_string(name) : NULL;
    free(name);
    return j;
}

static json_t *address(const struct code_place *at)
{
    json_t *o = json_pack("{s:o, s:s}", "name", place_name(at), "kind", "instruction");
    if (at->gva <= INT64_MAX)
        sarif_put(&o, "absoluteAddress", json_integer((json_int_t)at->gva));
    return o;
}

static json_t *logical(const struct code_place *at)
{
    json_t *list = json_array();
    const struct source_place *s = &at->source;
    if (s->function[0] != '\0') {
        json_t *module = json_safe(at->module), *function = json_safe(s->function);
        json_t *full = json_sprintf("%s!%s", json_string_value(module), json_string_value(function));
        json_decref(module);
        sarif_append(&list,
                     json_pack("{s:o, s:o, s:s}", "name", function, "fullyQualifiedName", full, "kind", "function"));
    }
    json_t *module = json_pack("{s:o, s:s}", "name", json_safe(at->module), "kind", "module");
    if (at->guid[0] != '\0')
        sarif_put(&module, "decoratedName", json_safe(at->guid));
    sarif_append(&list, module);
    return list;
}

/* @shown: the line to show it at, NULL for the image. @at NULL: no instruction is known. */
static json_t *location(const struct code_place *at, const struct ci_source *shown, const struct sarif_image *in)
{
    json_t *physical = shown != NULL ? tree_location(shown) : image_location(in);
    if (at != NULL)
        sarif_put(&physical, "address", address(at));
    json_t *o = json_pack("{s:o}", "physicalLocation", physical);
    if (at != NULL && at->module[0] != '\0')
        sarif_put(&o, "logicalLocations", logical(at));
    return o;
}

json_t *sarif_location(const struct code_place *at, const struct sarif_image *in)
{
    struct ci_source s;
    return location(at, ci_source_of(at, in->root, &s) ? &s : NULL, in);
}

json_t *sarif_primary(const struct case_finding *f, const struct sarif_image *in)
{
    struct ci_source s;
    const struct ci_source *shown = ci_source(f, in->root, &s) ? &s : NULL;
    return location(f->has_blamed ? &f->blamed : NULL, shown, in);
}

json_t *sarif_stacks(const struct case_finding *f, const struct sarif_image *in)
{
    json_t *frames = json_array();
    for (unsigned i = 0; f->trace != NULL && i < f->trace->nr; i++) {
        const struct frame *at = &f->trace->frame[i];
        json_t *frame = json_pack("{s:o, s:{s:s}}", "location", sarif_location(&at->at, in), "properties", "found",
                                  frame_found_name(at->found));
        if (at->at.module[0] != '\0')
            sarif_put(&frame, "module", json_safe(at->at.module));
        sarif_append(&frames, frame);
    }
    return json_pack("[{s:o, s:o}]", "message", sarif_message("The calls that led there."), "frames", frames);
}

/* Readers step through it line by line: what has no line in the tree is left out. */
json_t *sarif_code_flows(const struct case_finding *f, const struct sarif_image *in)
{
    struct ci_source s;
    json_t *steps = json_array();
    for (unsigned i = f->trace != NULL ? f->trace->nr : 0; i-- > 0;) {
        const struct code_place *at = &f->trace->frame[i].at;
        if (!ci_source_of(at, in->root, &s))
            continue;
        json_t *where = location(at, &s, in);
        sarif_put(&where, "message", sarif_message(i == 0 ? "here" : "called from here"));
        sarif_append(&steps, json_pack("{s:o}", "location", where));
    }
    if (steps != NULL && json_array_size(steps) < 2) {
        json_decref(steps);
        return json_array();
    }
    return json_pack("[{s:[{s:o}]}]", "threadFlows", "locations", steps);
}

json_t *sarif_related(const struct case_finding *f, const struct sarif_image *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->nr_steps; i++) {
        json_t *where = sarif_location(&f->step[i].at, in);
        sarif_put(&where, "id", json_integer((json_int_t)i + 1));
        sarif_put(&where, "message", sarif_message(step_words(f->step[i].kind)));
        sarif_append(&list, where);
    }
    return list;
}
