/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What DXE knows of memory, for people, beside what the E820 says. */
#include "report/text_memory.h"

#include <inttypes.h>

/* "RAM", or "RAM, nothing, RESERVED" where it is not the same all over. */
#define KINDS_MAX 4u

static void write_e820(const struct e820_map *m, struct span at, FILE *out)
{
    unsigned nr = 0;
    for (uint64_t p = at.start, edge; p < at.end && nr <= KINDS_MAX; p = edge, nr++) {
        const struct e820_entry *e = e820_find(m, p);
        const char *name = e != NULL ? e820_type_name(e->type) : NULL;
        edge = e != NULL && e->at.end < at.end ? e->at.end : at.end;
        for (unsigned i = 0; e == NULL && i < m->nr; i++)
            if (m->e[i].at.start > p && m->e[i].at.start < edge)
                edge = m->e[i].at.start;
        fprintf(out, "%s%s", nr != 0 ? ", " : "",
                nr == KINDS_MAX ? "…"
                : e == NULL     ? "-"
                : name != NULL  ? name
                                : "unknown type");
    }
}

static void write_map(const struct efi_map *m, const struct e820_map *e820, const char *(*name)(uint32_t type),
                      FILE *out)
{
    for (size_t i = 0; i < m->nr; i++) {
        const struct efi_range *r = &m->r[i];
        const char *type = name(r->type);
        char bits[EFI_ATTRIBUTES_SIZE];
        efi_attributes_format(r->attributes, bits);
        fprintf(out, "    0x%012" PRIx64 "-0x%012" PRIx64 "  ", r->at.start, r->at.end);
        if (type != NULL)
            fprintf(out, "%-18s  ", type);
        else
            fprintf(out, "type 0x%-11" PRIx32 "  ", r->type);
        fprintf(out, "%-30s  ", bits);
        write_e820(e820, r->at, out);
        fputc('\n', out);
    }
    if (m->damage != NULL)
        fprintf(out, "    damaged at 0x%" PRIx64 ": %s\n", m->damage_at, m->damage);
}

void text_memory(const struct dxe_memory *m, const struct e820_map *e820, FILE *out)
{
    if (m == NULL) {
        fputs("\nUEFI memory map: none yet; it is read past the hand-off (--until)\n", out);
        return;
    }
    fprintf(out, "\nUEFI memory map (%s), %s: %zu descriptors; range, type, attributes, E820\n", m->when,
            m->given ? "as the loader was given it" : "as the DXE core has it", m->map.nr);
    write_map(&m->map, e820, hob_memory_name, out);
    fprintf(out, "\nGCD memory space map: %zu descriptors\n", m->gcd.nr);
    write_map(&m->gcd, e820, gcd_memory_name, out);
}
