/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image and its contents for people. */
#include <inttypes.h>
#include <string.h>

#include "image/depex.h"
#include "image/guid_names.h"
#include "image/section.h"
#include "image/verdict.h"
#include "report/decode.h"
#include "report/image_report.h"
#include "report/text_finding.h"

enum { FILE_RAW = 0x01, FILE_PAD = 0xf0 };

static const char *color_of(enum image_answer a)
{
    return a == ANSWER_YES ? STYLE_GOOD : a == ANSWER_NO ? STYLE_BAD : STYLE_DOUBT;
}

static void write_answer(FILE *out, const struct report_style *style, const char *label, const struct image_boot *b)
{
    text_label(out, label);
    text_colored(out, style, color_of(b->answer), image_answer_name(b->answer));
    if (b->why[0] != '\0') {
        fputs(": ", out);
        text_safe(out, b->why);
    }
    fputc('\n', out);
}

void text_verdict(FILE *out, const struct report_style *style, const struct image_verdict *v)
{
    text_label(out, "flavour");
    text_safe(out, v->label[0] != '\0' ? v->label : "not known");
    fputc('\n', out);
    write_answer(out, style, "hvm", &v->hvm);
    struct image_boot pvh = v->pvh;
    if (pvh.why[0] != '\0' && strcmp(pvh.why, v->hvm.why) == 0)
        (void)snprintf(pvh.why, sizeof pvh.why, "for the same reason");
    write_answer(out, style, "pvh", &pvh);
}

static void write_head(const struct image_report *in, const struct report_style *style, FILE *out)
{
    const struct image *im = in->image;
    char sha[HASH_TEXT_SIZE];
    text_safe(out, im->path);
    fputc('\n', out);
    text_verdict(out, style, &im->verdict);
    text_label(out, "size");
    fprintf(out, "0x%zx bytes (%zu KiB)%s\n", im->size, im->size / 1024, im->gzip ? ", unpacked from gzip" : "");
    text_label(out, "sha256");
    hash_format(im->sha256, sha);
    fprintf(out, "%s\n", sha);
    if (im->pvh.present) {
        text_label(out, "elf");
        fprintf(out, "loads 0x%" PRIx32 " bytes at gpa 0x%" PRIx32 ", PVH entry 0x%" PRIx32 "\n", im->pvh.filesz,
                im->pvh.load_paddr, im->pvh.entry);
    }
}

static void write_facts(const struct image_report *in, FILE *out)
{
    fputs("\nwhat the bytes tell\n", out);
    fprintf(out, "    %-12s %-28s  %s\n", "flavour", image_flavour_name(in->image->verdict.flavour),
            in->image->verdict.told_by);
    for (size_t i = 0; i < in->facts->nr; i++) {
        const struct image_fact *f = &in->facts->f[i];
        fprintf(out, "    %-12s ", f->name);
        text_safe(out, f->value);
        fprintf(out, "%*s  ", (int)(strlen(f->value) < 28 ? 28 - strlen(f->value) : 0), "");
        text_safe(out, f->evidence);
        fputc('\n', out);
    }
}

/* Padding between volumes: what is it? */
static const char *padding_of(const struct image_report *in, const struct tree_node *n)
{
    const uint8_t *p = in->image->bytes + n->offset;
    bool ones = true, zeros = true;
    for (size_t i = 0; i < n->size && (ones || zeros); i++) {
        ones = ones && p[i] == 0xff;
        zeros = zeros && p[i] == 0;
    }
    return n->offset == 0 && in->image->pvh.present ? "ELF header in place of a variable store"
           : ones                                   ? "erased"
           : zeros                                  ? "zeroes"
                                                    : "data in no volume";
}

static void write_depex(const struct image_tree *t, const struct tree_node *n, FILE *out)
{
    char words[DEPEX_TEXT_SIZE];
    size_t size;
    const uint8_t *body = tree_body(t, n, &size);
    (void)depex_format(body, size, words);
    fprintf(out, "  %s", words);
}

static void write_section(const struct image_report *in, const struct tree_node *n, FILE *out)
{
    const struct image_tree *t = in->tree;
    size_t size;
    const uint8_t *body = tree_body(t, n, &size);
    char text[64];
    fprintf(out, "%s section", tree_section_type(n->type));
    if (n->codec != NULL)
        fprintf(out, ", %s", n->codec);
    else if (n->has_guid) {
        guid_format(&n->guid, text);
        fprintf(out, "  %s", text);
    }
    if (n->unpacked != 0)
        fprintf(out, ", 0x%zx bytes unpacked", t->buffer[n->unpacked].size);
    if (n->type == SECTION_DXE_DEPEX || n->type == SECTION_PEI_DEPEX || n->type == SECTION_MM_DEPEX)
        write_depex(t, n, out);
    if (n->type == SECTION_UI || n->type == SECTION_VERSION) {
        size_t skip = n->type == SECTION_VERSION && size >= 2 ? 2 : 0; /* a build number goes before */
        section_text(body + skip, size - skip, text, sizeof text);
        fprintf(out, "  %s", text);
    }
}

static void write_named(const struct tree_node *n, const char *type, FILE *out)
{
    char guid[GUID_TEXT_SIZE];
    const char *name = tree_name(n);
    guid_format(&n->guid, guid);
    fprintf(out, "%-14s %s", type, guid);
    if (name != NULL)
        fprintf(out, "  %s", name);
}

static void write_node(const struct image_report *in, size_t i, FILE *out)
{
    const struct tree_node *n = &in->tree->node[i];
    fprintf(out, "  %c%08zx  %08zx  %*s", n->buffer != 0 ? '+' : ' ', n->offset, n->size, 2 * (int)n->depth, "");
    if (n->kind == TREE_PADDING)
        fputs(padding_of(in, n), out);
    else if (n->kind == TREE_SECTION)
        write_section(in, n, out);
    else
        write_named(n, n->kind == TREE_VOLUME ? "volume" : tree_file_type(n->type), out);
    if (n->problem != NULL)
        fprintf(out, "  ! %s", n->problem);
    fputc('\n', out);
}

static void write_contents(const struct image_report *in, const struct report_style *style, FILE *out)
{
    size_t volumes = 0, files = 0;
    for (size_t i = 0; i < in->tree->nr_nodes; i++) {
        volumes += in->tree->node[i].kind == TREE_VOLUME ? 1 : 0;
        files += in->tree->node[i].kind == TREE_FILE ? 1 : 0;
    }
    fprintf(out, "\ncontents: %zu volume%s, %zu file%s (offset, size; + counts in what was unpacked)\n", volumes,
            volumes == 1 ? "" : "s", files, files == 1 ? "" : "s");
    for (size_t i = 0; i < in->tree->nr_nodes; i++)
        if (style->verbose > 0 || !image_node_is_minor(in->tree, i))
            write_node(in, i, out);
    struct limits_reached met = {0};
    image_tree_limits_met(in->tree, &met);
    for (unsigned i = 0; i < LIMITS; i++) {
        char text[LIMIT_TEXT_SIZE];
        if (met.at[i] == 0)
            continue;
        limit_text((enum limit_id)i, met.at[i], text);
        fprintf(out, "  not all is shown: %s\n", text);
    }
}

bool image_node_is_minor(const struct image_tree *t, size_t i)
{
    const struct tree_node *n = &t->node[i];
    if (n->problem != NULL)
        return false;
    if (n->kind == TREE_SECTION)
        return n->codec == NULL && n->unpacked == 0;
    return n->kind == TREE_FILE && n->type == FILE_PAD;
}

bool image_text_write(const struct image_report *in, const struct report_style *style, FILE *out)
{
    write_head(in, style, out);
    write_facts(in, out);
    if (in->tree->nr_nodes != 0)
        write_contents(in, style, out);
    return ferror(out) == 0;
}

static const struct image_writer writers[] = {{"text", image_text_write}, {"json", image_json_write}};

const struct image_writer *image_writer_find(const char *name)
{
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        if (strcmp(writers[i].name, name) == 0)
            return &writers[i];
    return NULL;
}
