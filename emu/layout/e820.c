/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/e820.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

#include "base/le.h"
#include "base/marks.h"

/* X:xenctrl.h:E820_RAM and so on; the names up to NVS are those that hvmloader prints. */
static const struct {
    uint32_t type;
    const char *name;
} type_names[] = {
    {E820_TYPE_RAM, "RAM"},   {E820_TYPE_RESERVED, "RESERVED"}, {E820_TYPE_ACPI, "ACPI"},
    {E820_TYPE_NVS, "NVS"},   {E820_TYPE_UNUSABLE, "UNUSABLE"}, {E820_TYPE_DISABLED, "DISABLED"},
    {E820_TYPE_PMEM, "PMEM"},
};
#define NR_TYPE_NAMES (sizeof type_names / sizeof type_names[0])

const char *e820_type_name(uint32_t type)
{
    for (size_t i = 0; i < NR_TYPE_NAMES; i++)
        if (type_names[i].type == type)
            return type_names[i].name;
    return NULL;
}

uint32_t e820_type_parse(const char *name)
{
    for (size_t i = 0; i < NR_TYPE_NAMES; i++)
        if (strcasecmp(type_names[i].name, name) == 0)
            return type_names[i].type;

    /* strtoul would take a sign or leading blanks. */
    if (name[0] < '0' || name[0] > '9')
        return 0;
    bool hex = name[0] == '0' && (name[1] == 'x' || name[1] == 'X');
    char *end;
    unsigned long v = strtoul(name, &end, hex ? 16 : 10);
    return *end == '\0' && v <= UINT32_MAX ? (uint32_t)v : 0;
}

bool e820_add(struct e820_map *m, uint64_t start, uint64_t end, uint32_t type)
{
    if (m->nr >= E820_MAX || start >= end)
        return false;
    m->e[m->nr++] = (struct e820_entry){.at = {start, end}, .type = type};
    return true;
}

/* Insertion sort: at most 128 entries, nearly sorted, and entries with the same start keep their order. */
void e820_sort(struct e820_map *m)
{
    for (unsigned i = 1; i < m->nr; i++) {
        struct e820_entry e = m->e[i];
        unsigned j = i;
        for (; j > 0 && m->e[j - 1].at.start > e.at.start; j--)
            m->e[j] = m->e[j - 1];
        m->e[j] = e;
    }
}

const struct e820_entry *e820_find(const struct e820_map *m, uint64_t gpa)
{
    for (unsigned i = m->nr; i-- > 0;)
        if (span_has(m->e[i].at, gpa))
            return &m->e[i];
    return NULL;
}

struct e820_index e820_index(const struct e820_map *m)
{
    struct mark start[E820_MAX], spare[E820_MAX];
    struct e820_index x = {m, true, {0}};
    for (unsigned i = 0; i < m->nr; i++)
        start[i] = (struct mark){m->e[i].at.start, i};
    marks_sort(start, spare, m->nr);
    for (unsigned i = 0; i < m->nr && x.apart; i++) {
        const struct span at = m->e[start[i].which].at;
        x.order[i] = (uint8_t)start[i].which;
        x.apart = at.start < at.end && (i == 0 || m->e[x.order[i - 1]].at.end <= at.start);
    }
    return x;
}

/* The next address above @gpa, at most @end, where some entry begins or ends. */
static uint64_t next_edge(const struct e820_map *m, uint64_t gpa, uint64_t end)
{
    for (unsigned i = 0; i < m->nr; i++) {
        const struct span s = m->e[i].at;
        if (s.start > gpa && s.start < end)
            end = s.start;
        if (s.end > gpa && s.end < end)
            end = s.end;
    }
    return end;
}

const struct e820_entry *e820_look(const struct e820_index *x, uint64_t gpa, uint64_t *until)
{
    const struct e820_map *m = x->map;
    if (!x->apart) {
        *until = next_edge(m, gpa, *until);
        return e820_find(m, gpa);
    }
    unsigned lo = 0, hi = m->nr; /* the first that ends above @gpa */
    while (lo < hi) {
        const unsigned mid = lo + (hi - lo) / 2;
        if (m->e[x->order[mid]].at.end <= gpa)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == m->nr)
        return NULL;
    const struct e820_entry *e = &m->e[x->order[lo]];
    const uint64_t edge = e->at.start > gpa ? e->at.start : e->at.end;
    *until = edge < *until ? edge : *until;
    return e->at.start <= gpa ? e : NULL;
}

uint64_t e820_ram_bytes(const struct e820_map *m)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM)
            sum += span_size(m->e[i].at);
    return sum;
}

void e820_encode(const struct e820_map *m, uint8_t *out)
{
    for (unsigned i = 0; i < m->nr; i++, out += E820_WIRE_SIZE) {
        put_le64(out, m->e[i].at.start);
        put_le64(out + 8, span_size(m->e[i].at));
        put_le32(out + 16, m->e[i].type);
    }
}

static void write_span(uint64_t start, uint64_t end, FILE *out)
{
    fprintf(out, "%08" PRIx32 ":%08" PRIx32 " - %08" PRIx32 ":%08" PRIx32, (uint32_t)(start >> 32), (uint32_t)start,
            (uint32_t)(end >> 32), (uint32_t)end);
}

/* Whether one of the first @n entries overlaps @at. */
static bool taken(const struct e820_map *m, unsigned n, struct span at)
{
    for (unsigned i = 0; i < n; i++)
        if (span_overlaps(m->e[i].at, at))
            return true;
    return false;
}

/*
 * As hvmloader does it, with two differences: types above NVS get their name, where hvmloader says UNKNOWN; and
 * in a map that is not sorted (hvmloader never has one) HOLE and OVERLAP stay true and a step back is UNSORTED.
 */
void e820_write(const struct e820_map *m, FILE *out)
{
    uint64_t last_end = 0;

    fputs("E820 table:\n", out);
    for (unsigned i = 0; i < m->nr; i++) {
        struct span at = m->e[i].at;
        if (at.start < last_end) {
            fputs(taken(m, i, at) ? " OVERLAP!!\n" : " UNSORTED\n", out);
        } else if (at.start > last_end && !taken(m, m->nr, (struct span){last_end, at.start})) {
            fputs(" HOLE: ", out);
            write_span(last_end, at.start, out);
            fputc('\n', out);
        }
        fprintf(out, " [%02u]: ", i);
        write_span(at.start, at.end, out);
        const char *name = e820_type_name(m->e[i].type);
        if (name != NULL)
            fprintf(out, ": %s\n", name);
        else
            fprintf(out, ": UNKNOWN (%08" PRIx32 ")\n", m->e[i].type);
        last_end = at.end;
    }
}
