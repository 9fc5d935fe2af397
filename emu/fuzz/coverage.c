/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/coverage.h"

static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 32) * 0xD6E8FEB86659FD93ULL; /* Mark Overton's and Pelle Evensen's mixers' constant */
    return v ^ v >> 32;
}

/* Its slot; NULL where there are too many. */
static struct edge *find(struct edges *e, uint64_t from, uint64_t to)
{
    size_t i = (size_t)mix(from * 31 + to) % EDGES_SLOTS;
    while (e->slot[i].count != 0 && (e->slot[i].from != from || e->slot[i].to != to))
        i = (i + 1) % EDGES_SLOTS;
    struct edge *d = &e->slot[i];
    if (d->count == 0) {
        if (e->nr == EDGES_SLOTS / 2) /* more than any firmware has before DXE: what is new is not seen any more */
            return NULL;
        d->from = from;
        d->to = to;
        e->used[e->nr++] = (uint32_t)i;
    }
    return d;
}

void edges_add(void *self, uint64_t from, uint64_t to, uint64_t times)
{
    struct edge *d = find(self, from, to);
    if (d != NULL)
        d->count += times;
}

void edges_clear(void *self)
{
    struct edges *e = self;
    for (size_t i = 0; i < e->nr; i++)
        e->slot[e->used[i]].count = 0;
    e->nr = 0;
}

static uint64_t hash_text(const char *s)
{
    uint64_t h = 0xCBF29CE484222325ULL;
    for (; *s != '\0'; s++)
        h = (h ^ (uint8_t)*s) * 0x100000001B3ULL;
    return h;
}

struct names {
    const struct verdict *v;
    uint64_t hash[LIMIT_MODULES_DEFAULT];
    size_t nr;   /* modules that count */
    size_t last; /* that was asked for */
};

/* A number for the block at @pc that does not tell where its module lies. Outside all: of its place in the page. */
static uint64_t location(struct names *n, uint64_t pc)
{
    const struct module *m = n->v->module;
    if (n->last < n->nr && pc - m[n->last].base < m[n->last].size)
        return mix(n->hash[n->last] + (pc - m[n->last].base));
    for (size_t i = 0; i < n->nr; i++)
        if (pc - m[i].base < m[i].size) {
            n->last = i;
            return mix(n->hash[i] + (pc - m[i].base));
        }
    return mix(pc & (PAGE_SIZE - 1));
}

void coverage_clear(struct coverage_map *map)
{
    for (size_t i = 0; i < map->nr; i++)
        map->cell[map->touched[i]] = 0;
    map->nr = 0;
}

void coverage_count(struct coverage_map *map, size_t i, uint64_t n)
{
    uint8_t *cell = &map->cell[i];
    if (*cell == 0)
        map->touched[map->nr++] = (uint32_t)i;
    *cell = n < (uint64_t)UINT8_MAX - *cell ? (uint8_t)(*cell + n) : UINT8_MAX;
}

void coverage_fill(struct coverage_map *map, const struct edges *e, const struct verdict *v, const struct machine *m)
{
    struct names n = {.v = v};
    n.nr = v->nr_modules < LIMIT_MODULES_DEFAULT ? v->nr_modules : LIMIT_MODULES_DEFAULT;
    coverage_clear(map);
    for (size_t i = 0; i < n.nr; i++)
        n.hash[i] = hash_text(v->module[i].guid[0] != '\0' ? v->module[i].guid : v->module[i].name);
    for (size_t i = 0; i < e->nr; i++) {
        const struct edge *d = &e->slot[e->used[i]];
        const uint64_t from = location(&n, d->from), to = location(&n, d->to);
        coverage_count(map, (from >> 1 ^ to) % COVERAGE_EDGES, d->count);
    }
    coverage_shape(map, v, m);
}

/* afl-fuzz's: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more. */
static uint8_t bucket(uint8_t count)
{
    static const uint8_t least[] = {1, 2, 3, 4, 8, 16, 32, 128};
    unsigned i = 8;
    while (i > 0 && count < least[i - 1])
        i--;
    return (uint8_t)(i == 0 ? 0u : 1u << (i - 1));
}

bool coverage_add(struct coverage_seen *s, const struct coverage_map *map)
{
    bool any = false;
    for (size_t k = 0; k < map->nr; k++) {
        const size_t i = map->touched[k];
        const uint8_t b = bucket(map->cell[i]);
        if ((b & ~s->buckets[i]) == 0)
            continue;
        if (s->buckets[i] == 0)
            *(i < COVERAGE_EDGES ? &s->edges : &s->shapes) += 1;
        s->buckets[i] |= b;
        any = true;
    }
    return any;
}
