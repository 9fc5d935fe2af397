/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image and its contents for programs: docs/image.md, docs/image.schema.json. */
#include <jansson.h>
#include <stdlib.h>

#include "image/depex.h"
#include "image/section.h"
#include "image/verdict.h"
#include "report/decode.h"
#include "report/image_report.h"
#include "report/json_parts.h"

#define SCHEMA "hvmbed-image/1"

static json_t *json_boot(const struct image_boot *b)
{
    return json_pack("{s:s, s:o}", "answer", image_answer_name(b->answer), "why", json_safe(b->why));
}

json_t *json_image_verdict(const struct image_verdict *v)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "flavour", image_flavour_name(v->flavour), "label",
                     json_safe(v->label), "told_by", json_safe(v->told_by), "hvm", json_boot(&v->hvm), "pvh",
                     json_boot(&v->pvh));
}

static json_t *json_text(const char *text)
{
    return text != NULL ? json_safe(text) : json_null();
}

static json_t *node_guid(const struct tree_node *n)
{
    char text[GUID_TEXT_SIZE];
    guid_format(&n->guid, text);
    return n->has_guid ? json_string(text) : json_null();
}

static json_t *json_depex(const struct image_tree *t, const struct tree_node *n)
{
    if (n->kind != TREE_SECTION ||
        (n->type != SECTION_DXE_DEPEX && n->type != SECTION_PEI_DEPEX && n->type != SECTION_MM_DEPEX))
        return json_null();
    char words[DEPEX_TEXT_SIZE];
    size_t size;
    const uint8_t *body = tree_body(t, n, &size);
    (void)depex_format(body, size, words);
    return json_string(words);
}

static json_t *json_node(const struct image_tree *t, const struct tree_node *n, json_t *children)
{
    static const char *const kinds[] = {
        [TREE_VOLUME] = "volume", [TREE_FILE] = "file", [TREE_SECTION] = "section", [TREE_PADDING] = "padding"};
    const char *type = n->kind == TREE_FILE      ? tree_file_type(n->type)
                       : n->kind == TREE_SECTION ? tree_section_type(n->type)
                                                 : NULL;
    json_t *unpacked = n->unpacked != 0 ? json_integer((json_int_t)t->buffer[n->unpacked].size) : json_null();
    return json_pack("{s:s, s:o, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", kinds[n->kind],
                     "type", json_text(type), "offset", (json_int_t)n->offset, "size", (json_int_t)n->size, "body",
                     (json_int_t)n->body, "packed", (int)(n->buffer != 0), "guid", node_guid(n), "name",
                     json_text(tree_name(n)), "codec", json_text(n->codec), "unpacked", unpacked, "depex",
                     json_depex(t, n), "problem", json_text(n->problem), "children", children);
}

/* The tree's nodes come parents first, so the last array of each depth is where the next node of that depth goes. */
static json_t *json_contents(const struct image_tree *t)
{
    json_t *list[LIMIT_DEPTH_MOST + 1] = {json_array()};
    for (size_t i = 0; i < t->nr_nodes && list[0] != NULL; i++) {
        const struct tree_node *n = &t->node[i];
        json_t *children = json_array();
        list[n->depth + 1] = children;
        if (json_array_append_new(list[n->depth], json_node(t, n, children)) != 0) {
            json_decref(list[0]);
            return NULL;
        }
    }
    return list[0];
}

static json_t *json_facts(const struct image_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->nr; i++) {
        const struct image_fact *f = &facts->f[i];
        json_t *e = json_pack("{s:s, s:o, s:o}", "name", f->name, "value", json_safe(f->value), "evidence",
                              json_safe(f->evidence));
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* In words. */
static json_t *json_not_shown(const struct limits_reached *met)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < LIMITS; i++) {
        char text[LIMIT_TEXT_SIZE];
        if (met->at[i] == 0)
            continue;
        limit_text((enum limit_id)i, met->at[i], text);
        (void)json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *json_elf(const struct pvh_header *p)
{
    if (!p->present)
        return json_null();
    return json_pack("{s:o, s:o, s:I, s:I}", "entry", json_hex(p->entry), "load_paddr", json_hex(p->load_paddr),
                     "filesz", (json_int_t)p->filesz, "memsz", (json_int_t)p->memsz);
}

bool image_json_write(const struct image_report *in, const struct report_style *style, FILE *out)
{
    (void)style;
    const struct image *im = in->image;
    char sha[HASH_TEXT_SIZE];
    struct limits_reached met = {0};
    image_tree_limits_met(in->tree, &met);
    hash_format(im->sha256, sha);
    json_t *report =
        json_pack("{s:s, s:o, s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "name",
                  json_safe(path_last(im->path)), "size", (json_int_t)im->size, "sha256", sha, "gzip", (int)im->gzip,
                  "verdict", json_image_verdict(&im->verdict), "elf", json_elf(&im->pvh), "facts",
                  json_facts(in->facts), "not_shown", json_not_shown(&met), "contents", json_contents(in->tree));
    if (report == NULL)
        return false;
    (void)json_set_limits(report, &met);
    bool ok = json_dumpf(report, out, JSON_INDENT(1)) == 0;
    json_decref(report);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
