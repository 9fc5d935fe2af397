/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hob/hob.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"

#define HANDOFF_SIZE 0x38u
#define HANDOFF_VERSION 9u
#define MODULE_SIZE 72u
#define GUID_HEADER_SIZE 24u
#define LARGEST 72u /* the most that any HOB with fields has */

const uint8_t hob_handoff_begin[HOB_HANDOFF_BEGIN] = {HOB_HANDOFF, 0, HANDOFF_SIZE, 0};

static void take_range(struct hob *h, const uint8_t *p)
{
    uint64_t length = le64(p + 8);
    h->range.start = le64(p);
    h->wraps = length > UINT64_MAX - h->range.start;
    h->range.end = h->wraps ? UINT64_MAX : h->range.start + length;
}

static void take_guid(struct guid *g, const uint8_t *p)
{
    memcpy(g->b, p, sizeof g->b);
}

static void parse_handoff(struct hob *h, const uint8_t *p)
{
    h->phit = (struct hob_phit){.version = le32(p + 8),
                                .boot_mode = le32(p + 12),
                                .memory_top = le64(p + 16),
                                .memory_bottom = le64(p + 24),
                                .free_top = le64(p + 32),
                                .free_bottom = le64(p + 40),
                                .end = le64(p + 48)};
}

static void parse_allocation(struct hob *h, const uint8_t *p)
{
    take_guid(&h->guid, p + 8);
    take_range(h, p + 24);
    h->kind = le32(p + 40);
    if (h->size < MODULE_SIZE || !guid_equal(&h->guid, &hob_guid_module))
        return;
    take_guid(&h->name2, p + 48);
    h->entry = le64(p + 64);
}

static void parse_resource(struct hob *h, const uint8_t *p)
{
    take_guid(&h->guid, p + 8);
    h->kind = le32(p + 24);
    h->attributes = le32(p + 28);
    take_range(h, p + 32);
}

static void parse_guid(struct hob *h, const uint8_t *p)
{
    take_guid(&h->guid, p + 8);
    h->data_size = (uint16_t)(h->size - GUID_HEADER_SIZE);
    memcpy(h->data, p + GUID_HEADER_SIZE, h->data_size < HOB_DATA_MAX ? h->data_size : HOB_DATA_MAX);
}

static void parse_range(struct hob *h, const uint8_t *p)
{
    take_range(h, p + 8);
}

static void parse_fv2(struct hob *h, const uint8_t *p)
{
    take_range(h, p + 8);
    take_guid(&h->guid, p + 24);
    take_guid(&h->name2, p + 40);
}

static void parse_fv3(struct hob *h, const uint8_t *p)
{
    take_range(h, p + 8);
    h->authentication = le32(p + 24);
    take_guid(&h->guid, p + 32);
    take_guid(&h->name2, p + 48);
}

static void parse_cpu(struct hob *h, const uint8_t *p)
{
    h->mem_bits = p[8];
    h->io_bits = p[9];
}

/* What each type has at least, and how it is read. Types that are not here have nothing but a header. */
static const struct {
    uint16_t type, size;
    void (*parse)(struct hob *h, const uint8_t *p);
} shapes[] = {
    {HOB_HANDOFF, HANDOFF_SIZE, parse_handoff},
    {HOB_ALLOCATION, 48, parse_allocation},
    {HOB_RESOURCE, 48, parse_resource},
    {HOB_GUID, GUID_HEADER_SIZE, parse_guid},
    {HOB_FV, 24, parse_range},
    {HOB_CPU, 16, parse_cpu},
    {HOB_FV2, 56, parse_fv2},
    {HOB_CAPSULE, 24, parse_range},
    {HOB_FV3, 64, parse_fv3},
};
_Static_assert(LARGEST >= GUID_HEADER_SIZE + HOB_DATA_MAX && LARGEST >= MODULE_SIZE, "room for the fields of any HOB");

bool hob_is_handoff(const struct hob_reader *r, uint64_t gpa)
{
    uint8_t p[HANDOFF_SIZE];
    return r->read(r->self, gpa, p, sizeof p) && le16(p) == HOB_HANDOFF && le16(p + 2) == HANDOFF_SIZE &&
           le32(p + 8) == HANDOFF_VERSION;
}

const char *hob_read(const struct hob_reader *r, uint64_t gpa, struct hob *h)
{
    uint8_t p[LARGEST] = {0};
    memset(h, 0, sizeof *h);
    h->at = gpa;
    if (!r->read(r->self, gpa, p, HOB_HEADER_SIZE))
        return "its header is not in RAM";
    h->type = le16(p);
    h->size = le16(p + 2);
    if (h->size < HOB_HEADER_SIZE)
        return "its length is less than a header's";
    if (h->size % 8 != 0)
        return "its length is not a multiple of 8";
    if (!r->read(r->self, gpa, p, h->size < LARGEST ? h->size : LARGEST))
        return "it is not wholly in RAM";
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (shapes[i].type != h->type)
            continue;
        if (h->size < shapes[i].size)
            return "its length is less than its type needs";
        shapes[i].parse(h, p);
    }
    return NULL;
}

/* Bytes that were read together, since asking for each HOB costs more than what is in it. Of one page: whether RAM is there
 * is a matter of pages. */
struct window {
    const struct hob_reader *from;
    uint64_t at;
    size_t n; /* 0: none */
    uint8_t bytes[1024];
};

/* Brings the window to @gpa unless what a HOB may have there is in it already. */
static void move_window(struct window *w, uint64_t gpa)
{
    const uint64_t rest = page_up(gpa + 1) - gpa;
    if (gpa - w->at <= w->n && w->n - (gpa - w->at) >= LARGEST)
        return;
    w->at = gpa;
    w->n = rest < sizeof w->bytes ? (size_t)rest : sizeof w->bytes;
    if (w->n < LARGEST || !w->from->read(w->from->self, gpa, w->bytes, w->n))
        w->n = 0;
}

static bool read_window(const void *self, uint64_t gpa, void *dst, size_t n)
{
    const struct window *w = self;
    if (gpa - w->at > w->n || n > w->n - (gpa - w->at))
        return w->from->read(w->from->self, gpa, dst, n);
    memcpy(dst, w->bytes + (gpa - w->at), n);
    return true;
}

static bool append(struct hob_list *l, const struct hob *h)
{
    if (l->nr == l->cap) {
        size_t cap = l->cap != 0 ? 2 * l->cap : 256;
        struct hob *p = realloc(l->h, cap * sizeof *p);
        if (p == NULL)
            return false;
        l->h = p;
        l->cap = cap;
    }
    l->h[l->nr++] = *h;
    return true;
}

static bool damaged(struct hob_list *l, uint64_t at, const char *what)
{
    l->damage = what;
    l->damage_at = at;
    return true;
}

bool hob_list_read(const struct hob_reader *r, uint64_t gpa, size_t most, struct hob_list *l)
{
    struct window w;
    w.from = r;
    w.at = w.n = 0;
    const struct hob_reader near = {read_window, &w};
    for (uint64_t at = gpa;;) {
        struct hob h;
        move_window(&w, at);
        const char *wrong = hob_read(&near, at, &h);
        if (wrong != NULL)
            return damaged(l, at, wrong);
        if ((l->nr == 0) != (h.type == HOB_HANDOFF))
            return damaged(l, at, l->nr == 0 ? "the first HOB is not the hand-off" : "a second hand-off HOB");
        if (h.type == HOB_END) {
            l->complete = true;
            return l->h[0].phit.end == at || damaged(l, at, "it ends where the hand-off HOB does not say");
        }
        l->cut = l->nr == most;
        if (l->cut)
            return damaged(l, at, "it is too long to be true");
        if (!append(l, &h))
            return false;
        at += h.size;
    }
}

void hob_list_free(struct hob_list *l)
{
    free(l->h);
    *l = (struct hob_list){0};
}

const struct hob *hob_find(const struct hob_list *l, unsigned type, const struct guid *g)
{
    for (size_t i = 0; i < l->nr; i++)
        if (l->h[i].type == type && (g == NULL || guid_equal(&l->h[i].guid, g)))
            return &l->h[i];
    return NULL;
}

struct span hob_fields(const struct hob *h)
{
    static const struct {
        uint16_t type;
        uint8_t from, size;
    } fields[] = {
        {HOB_HANDOFF, 16, 16}, /* memory top and bottom; the rest changes with every HOB */
        {HOB_ALLOCATION, 24, 16}, {HOB_RESOURCE, 32, 16}, {HOB_FV, 8, 16},      {HOB_FV2, 8, 16},
        {HOB_FV3, 8, 16},         {HOB_CPU, 8, 2},        {HOB_CAPSULE, 8, 16},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].type == h->type)
            return (struct span){h->at + fields[i].from, h->at + fields[i].from + fields[i].size};
    if (h->type == HOB_GUID && h->data_size != 0)
        return (struct span){h->at + 24, h->at + 24 + h->data_size};
    return (struct span){h->at, h->at + HOB_HEADER_SIZE};
}
