/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cached.h"

#include <stdlib.h>

#include "cache/entry.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "image/tree.h"

bool cached_open(struct cached *k, struct cache *c, const struct image *im, struct papers *p, struct diag *d)
{
    if (c->folder == NULL)
        return true;
    k->path = cache_path(c, im->sha256);
    return (k->path != NULL || diag_fail(d, "", 0, "out of memory")) && cache_hold(c, im->sha256, d) &&
           papers_add(p, k->path, &k->at, d);
}

static bool write_entry(const struct cached *k, struct papers *p, const uint8_t *packed, size_t n,
                        const struct tree_buffer *to, struct diag *d)
{
    return (entry_write(papers_stream(p, k->at), packed, n, to->bytes, to->size) ||
            diag_fail(d, k->path, 0, "what the image unpacks to cannot be written there")) &&
           papers_finish(p, k->at, d);
}

bool cached_write(const struct cached *k, struct papers *p, const struct lzma_memo *u, struct diag *d)
{
    const struct tree_buffer to = {.bytes = u->bytes, .size = u->nr};
    return k->path == NULL || u->bytes == NULL || u->was_kept || write_entry(k, p, u->packed, u->nr_packed, &to, d);
}

void cached_close(struct cached *k, const struct cache *c)
{
    if (k->path != NULL)
        cache_tidy(c);
    free(k->path);
    *k = (struct cached){.path = NULL};
}

struct making {
    const struct image *im;
    const struct limits *limits;
    struct cached at;
    struct papers papers;
};

/* An image that unpacks nothing is none to be kept. */
static int unpack(void *self)
{
    struct making *m = self;
    struct image_tree t = {0};
    struct diag d = {0};
    bool ok = image_tree_build(m->im->bytes, m->im->size, true, m->limits, &t, &d);
    const struct tree_buffer *b = ok ? tree_most_unpacked(&t) : NULL;
    if (b != NULL) {
        size_t n;
        const uint8_t *packed = tree_body(&t, &t.node[b->from], &n);
        ok = write_entry(&m->at, &m->papers, packed, n, b, &d);
    }
    image_tree_free(&t);
    return ok ? EXIT_CLEAN : cli_complain(&d);
}

bool cached_make(struct cache *c, const struct image *im, struct sandbox *s, int *signal, struct diag *d)
{
    struct making m = {.im = im, .limits = &s->limits};
    if (c->folder == NULL)
        return true;
    bool ok = cached_open(&m.at, c, im, &m.papers, d);
    if (ok && cache_held(c, im->sha256) == NULL) {
        const struct caged_job j = {.sandbox = s, .papers = &m.papers, .what = m.at.path, .work = unpack, .self = &m};
        struct caged_result end;
        caged_run(&j, &end);
        *signal = end.end == CAGED_INTERRUPTED ? end.code : 0;
        ok = cache_hold(c, im->sha256, d);
    }
    papers_abort(&m.papers);
    cached_close(&m.at, c);
    return ok;
}
