/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cover/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static int by_offset(const void *a, const void *b)
{
    const struct cover_block *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

static void sort(struct cover_module *m)
{
    size_t nr = 0;
    if (m->nr == m->sorted)
        return;
    qsort(m->block, m->nr, sizeof *m->block, by_offset);
    for (size_t i = 0; i < m->nr; i++)
        if (nr == 0 || by_offset(&m->block[nr - 1], &m->block[i]) != 0)
            m->block[nr++] = m->block[i];
    m->nr = m->sorted = nr;
}

/* Room for one more. What a thousand boots tell again is thrown out before more room is taken. */
static bool make_room(struct cover_module *m)
{
    if (m->nr < m->room)
        return true;
    sort(m);
    if (m->nr < m->room / 2)
        return true;
    const size_t room = m->room != 0 ? 2 * m->room : 256;
    struct cover_block *grown = realloc(m->block, room * sizeof *grown);
    if (grown == NULL)
        return false;
    m->block = grown;
    m->room = room;
    return true;
}

static void add(struct coverage *c, struct cover_module *m, uint64_t offset, uint32_t size)
{
    if (!make_room(m)) {
        c->lost = true;
        return;
    }
    m->block[m->nr++] = (struct cover_block){(uint32_t)offset, size};
}

/* --- modules ------------------------------------------------------------------------------------------------------ */

static struct cover_module *find(struct coverage *c, const char *path, const uint8_t image[HASH_SIZE])
{
    for (size_t i = 0; i < c->nr; i++)
        if (strcmp(c->module[i].path, path) == 0 && memcmp(c->module[i].image, image, HASH_SIZE) == 0)
            return &c->module[i];
    return NULL;
}

/* That module, or a new one like @like, whose strings are copied; NULL when memory runs out. */
static struct cover_module *find_or_add(struct coverage *c, const struct cover_module *like)
{
    struct cover_module *m = find(c, like->path, like->image);
    if (m != NULL)
        return m;
    if (c->nr == c->room) {
        const size_t room = c->room != 0 ? 2 * c->room : 32;
        struct cover_module *grown = realloc(c->module, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        c->module = grown;
        c->room = room;
    }
    struct cover_module new = *like;
    new.path = strdup(like->path);
    new.debug = like->debug != NULL ? strdup(like->debug) : NULL;
    new.block = NULL;
    new.nr = new.room = new.sorted = 0;
    if (new.path == NULL || (like->debug != NULL && new.debug == NULL)) {
        free(new.path);
        free(new.debug);
        return NULL;
    }
    c->module[c->nr] = new;
    return &c->module[c->nr++];
}

static struct cover_module *of_module(struct coverage *c, struct monitor *mon, const struct module *mod)
{
    char path[sizeof c->image->path + sizeof mod->guid + sizeof mod->name + 8];
    const struct symbols_match *match = monitor_symbols(mon, mod);
    (void)snprintf(path, sizeof path, "%s/%s%s%s.efi", c->image->path, mod->guid, mod->guid[0] != '\0' ? "/" : "",
                   mod->name);
    struct cover_module like = {.path = path, .base = mod->base, .size = mod->size, .entry = monitor_entry(mon, mod)};
    memcpy(like.image, c->image->sha256, HASH_SIZE);
    if (match != NULL) {
        like.debug = (char *)match->path;
        like.file = match->file;
        like.link_base = mod->base - match->bias;
    }
    struct cover_module *m = find_or_add(c, &like);
    if (m != NULL && m->size < mod->size) /* as a file it may be shorter than loaded */
        m->size = mod->size;
    return m;
}

/* Where code that is in no module lies in the image: the low copy and the whole one end alike. */
static bool in_image(const struct coverage *c, const struct monitor *mon, uint64_t gpa, uint64_t *offset)
{
    const struct machine *m = mon->m;
    const struct plan_range *r = plan_find(m->plan, gpa);
    if (r == NULL || r->cls != CLASS_IMAGE)
        return false;
    if (gpa < MIB)
        *offset = c->image->size - (MIB - gpa);
    else if (span_has(m->guest->image, gpa))
        *offset = c->image->size - (m->guest->image.end - gpa);
    else
        *offset = gpa - c->image->pvh.load_paddr;
    return *offset < c->image->size;
}

static struct cover_module *of_image(struct coverage *c, const struct monitor *mon)
{
    struct cover_module like = {.path = (char *)c->image->path, .size = (uint32_t)c->image->size};
    const struct span at = mon->m->guest->image;
    like.base = span_size(at) != 0 ? at.start : c->image->pvh.load_paddr;
    memcpy(like.image, c->image->sha256, HASH_SIZE);
    return find_or_add(c, &like);
}

static bool is_xens(const struct monitor *mon, uint64_t gpa)
{
    const uint64_t page = mon->m->xen.msr_hypercall_page;
    return page != 0 && page_down(gpa) == page;
}

/* What runs where neither is, below 4 GiB: by its address. */
static struct cover_module *of_memory(struct coverage *c)
{
    char path[sizeof c->image->path + 16];
    (void)snprintf(path, sizeof path, "%s/(memory)", c->image->path);
    struct cover_module like = {.path = path, .size = UINT32_MAX};
    memcpy(like.image, c->image->sha256, HASH_SIZE);
    return find_or_add(c, &like);
}

/* --- a run -------------------------------------------------------------------------------------------------------- */

void coverage_begin(struct coverage *c, const struct image *im)
{
    c->image = im;
    c->seen_at = COVER_NO_MODULE;
}

static bool seen_last(const struct coverage *c, const struct module *mod)
{
    return c->seen_at != COVER_NO_MODULE && mod->base == c->seen.base && strcmp(mod->name, c->seen.name) == 0 &&
           strcmp(mod->guid, c->seen.guid) == 0;
}

void coverage_ran(void *self, struct monitor *mon, const struct engine_block *b)
{
    struct coverage *c = self;
    const struct module *mod = monitor_module(mon, b->pc);
    struct cover_module *m;
    uint64_t offset = b->pc;
    if (mod != NULL) {
        m = seen_last(c, mod) ? &c->module[c->seen_at] : of_module(c, mon, mod);
        c->seen = *mod;
        c->seen_at = m != NULL ? (size_t)(m - c->module) : COVER_NO_MODULE;
        offset -= mod->base;
    } else if (is_xens(mon, b->pc)) {
        return;
    } else {
        m = in_image(c, mon, b->pc, &offset) ? of_image(c, mon) : of_memory(c);
    }
    if (m == NULL || offset > UINT32_MAX) {
        c->lost = c->lost || m == NULL;
        return;
    }
    add(c, m, offset, b->size);
}

void coverage_sort(struct coverage *c)
{
    for (size_t i = 0; i < c->nr; i++)
        sort(&c->module[i]);
}

void coverage_merge(struct coverage *to, struct coverage *from)
{
    to->lost = to->lost || from->lost;
    to->seen_at = COVER_NO_MODULE;
    coverage_sort(from);
    for (size_t i = 0; i < from->nr; i++) {
        const struct cover_module *source = &from->module[i];
        struct cover_module *m = find_or_add(to, source);
        if (m == NULL) {
            to->lost = true;
            continue;
        }
        for (size_t k = 0; k < source->nr; k++)
            add(to, m, source->block[k].offset, source->block[k].size);
    }
}

void coverage_free(struct coverage *c)
{
    for (size_t i = 0; i < c->nr; i++) {
        free(c->module[i].path);
        free(c->module[i].debug);
        free(c->module[i].block);
    }
    free(c->module);
    memset(c, 0, sizeof *c);
}
