/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed image: which firmware is this, what can Xen boot of it, what does it hold? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/outfile.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sandbox.h"
#include "cli/verbs.h"
#include "image/facts.h"
#include "image/guid_names.h"
#include "image/section.h"
#include "report/image_report.h"

struct image_options {
    const struct image_writer *format;
    struct report_style style;
    const char *output;
    const char *find, *extract; /* a GUID or a name */
    struct limits limits;
    struct diag wrong; /* with a limit */
};

static bool set_format(void *self, const char *v)
{
    struct image_options *o = self;
    o->format = image_writer_find(v);
    return o->format != NULL;
}
static bool set_output(void *self, const char *v)
{
    ((struct image_options *)self)->output = v;
    return true;
}
static bool set_find(void *self, const char *v)
{
    ((struct image_options *)self)->find = v;
    return *v != '\0';
}
static bool set_extract(void *self, const char *v)
{
    ((struct image_options *)self)->extract = v;
    return *v != '\0';
}
/* What is wrong with it is said later, better than "is not NAME=VALUE". */
static bool set_limit(void *self, const char *v)
{
    struct image_options *o = self;
    return limits_set(&o->limits, v, LIMIT_OF_IMAGE, &o->wrong) || o->wrong.message[0] != '\0';
}
static bool set_verbose(void *self, const char *v)
{
    (void)v;
    ((struct image_options *)self)->style.verbose++;
    return true;
}

static const struct option_spec specs[] = {
    {"format", 'f', "text|json", "the report's form", set_format},
    {"output", 'o', "FILE", "write there instead of to standard output", set_output},
    {"find", 0, "GUID|NAME", "only say where these files, volumes and sections lie", set_find},
    {"extract", 0, "GUID|NAME", "write out the file's PE32, TE or raw body", set_extract},
    {"limit", 0, "NAME=VALUE", "an end for " LIMIT_HELP_IMAGE ": N, or with K, M, G; may be said again", set_limit},
    {"verbose", 'v', NULL, "sections, pad files and dependency expressions too", set_verbose},
};
const struct option_verb image_verb = {
    .name = "image",
    .summary = "tell which firmware a file is, what Xen can boot of it, and what it holds",
    .operands = "FILE",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
    .run = cli_image,
};

/* Everything that is looked at, so that one place frees it. */
struct look {
    struct image image;
    struct image_tree tree;
    struct image_facts facts;
};

static bool matches(const struct tree_node *n, const char *wanted)
{
    struct guid g;
    const char *name = tree_name(n);
    if (guid_parse(wanted, &g))
        return n->has_guid && guid_equal(&n->guid, &g);
    return name != NULL && strcasecmp(name, wanted) == 0;
}

static bool show_found(const struct look *l, const char *wanted, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < l->tree.nr_nodes; i++) {
        const struct tree_node *n = &l->tree.node[i];
        if (!matches(n, wanted))
            continue;
        char path[512], guid[GUID_TEXT_SIZE];
        guid_format(&n->guid, guid);
        tree_path(&l->tree, i, path, sizeof path);
        fprintf(out, "%c0x%zx  0x%zx  %s  %s\n", n->buffer != 0 ? '+' : ' ', n->offset, n->size, guid, path);
        any = true;
    }
    return any;
}

/* How much one wants a section when a file is extracted; 0: not at all. */
static int worth(const struct tree_node *n)
{
    return n->kind != TREE_SECTION                            ? 0
           : n->type == SECTION_PE32 || n->type == SECTION_TE ? 3
           : n->type == SECTION_RAW                           ? 2
           : n->type == SECTION_FV_IMAGE                      ? 1
                                                              : 0;
}

/* The section of file @i that is worth most, or the file itself when it has none (raw files). */
static size_t best_body(const struct image_tree *t, size_t i)
{
    size_t best = i;
    for (size_t k = i + 1; k < t->nr_nodes && t->node[k].depth > t->node[i].depth; k++)
        if (tree_enclosing(t, k, TREE_FILE) == i && worth(&t->node[k]) > (best == i ? 0 : worth(&t->node[best])))
            best = k;
    return best;
}

static bool extract(const struct look *l, const char *wanted, FILE *out)
{
    for (size_t i = 0; i < l->tree.nr_nodes; i++) {
        const struct tree_node *n = &l->tree.node[i];
        if (n->kind != TREE_FILE || !matches(n, wanted))
            continue;
        size_t size;
        const uint8_t *body = tree_body(&l->tree, &l->tree.node[best_body(&l->tree, i)], &size);
        return fwrite(body, 1, size, out) == size;
    }
    return false;
}

/* Writes what was asked for; *@found tells whether there was any. */
static bool write_wanted(const struct look *l, const struct image_options *o, FILE *out, bool *found)
{
    if (o->find != NULL)
        *found = show_found(l, o->find, out);
    else if (o->extract != NULL)
        *found = extract(l, o->extract, out);
    else
        return o->format->write(&(struct image_report){&l->image, &l->tree, &l->facts}, &o->style, out);
    return true;
}

static int deliver(const struct look *l, const struct image_options *o)
{
    struct diag d = {0};
    bool found = true;
    struct outfile *out = outfile_open(o->output, &d);
    if (out == NULL)
        return cli_complain(&d);
    bool ok = write_wanted(l, o, outfile_stream(out), &found);
    if (!ok || !found) {
        outfile_abort(out);
        if (found)
            (void)diag_fail(&d, o->output, 0, "cannot write the report");
        else
            (void)diag_fail(&d, l->image.path, 0, "nothing in it is called %s; `hvmbed image -v` lists all",
                            o->find != NULL ? o->find : o->extract);
        return cli_complain(&d);
    }
    if (!outfile_commit(out, &d))
        return cli_complain(&d);
    const struct image_verdict *v = &l->image.verdict;
    bool boots = v->hvm.answer != ANSWER_NO || v->pvh.answer != ANSWER_NO;
    return boots || o->find != NULL || o->extract != NULL ? EXIT_CLEAN : EXIT_FINDING;
}

int cli_image(int argc, char **argv)
{
    struct image_options o = {.format = image_writer_find("text")};
    int first = 0, code;
    if (!options_begin(&image_verb, &o, argc, argv, &first, &code))
        return code;
    if (o.find != NULL && o.extract != NULL) {
        (void)fprintf(stderr, "hvmbed image: --find and --extract do not go together\n");
        return EXIT_BAD_INPUT;
    }
    if (o.wrong.message[0] != '\0')
        return cli_complain(&o.wrong);
    o.style.color = cli_wants_color(o.output);
    struct diag d = {0};
    struct look *l = calloc(1, sizeof *l);
    if (l == NULL)
        return EXIT_DEFECT;
    if (!image_inspect(argv[first], &l->image, &d)) {
        code = cli_complain(&d);
    } else if (!image_tree_build(l->image.bytes, l->image.size, true, &o.limits, &l->tree, &d)) {
        (void)cli_complain(&d);
        code = EXIT_DEFECT;
    } else {
        image_facts(&l->image, &l->tree, &l->facts);
        code = deliver(l, &o);
    }
    image_tree_free(&l->tree);
    image_free(&l->image);
    free(l);
    return code;
}
