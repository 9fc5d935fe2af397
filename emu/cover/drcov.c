/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DynamoRIO's coverage log, as Lighthouse, Cartographer, Binary Ninja's bncov and drcov2lcov read it: version 2, module
 * table 2 in its Linux columns, blocks in binary. Numbers are little-endian, as x86 writes them.
 */
#include <string.h>

#include "cover/coverage.h"

struct entry {
    uint32_t start; /* from the module's base */
    uint16_t size, module;
};
_Static_assert(sizeof(struct entry) == 8, "on disk");

/* A path is the rest of its line. */
static void write_path(const char *path, FILE *out)
{
    for (; *path != '\0'; path++)
        (void)fputc((unsigned char)*path < ' ' ? '?' : *path, out);
}

static void write_blocks(const struct cover_module *m, size_t index, FILE *out)
{
    for (size_t i = 0; i < m->nr; i++) {
        const struct entry e = {m->block[i].offset, (uint16_t)m->block[i].size, (uint16_t)index};
        (void)fwrite(&e, sizeof e, 1, out);
    }
}

bool cover_write_drcov(const struct coverage *c, FILE *out, struct diag *d)
{
    size_t blocks = 0;
    if (c->nr > UINT16_MAX)
        return diag_fail(d, "", 0, "drcov has no room for %zu modules", c->nr);
    (void)fprintf(out, "DRCOV VERSION: 2\nDRCOV FLAVOR: hvmbed\nModule Table: version 2, count %zu\n", c->nr);
    (void)fputs("Columns: id, base, end, entry, path\n", out);
    for (size_t i = 0; i < c->nr; i++) {
        const struct cover_module *m = &c->module[i];
        const uint64_t end = m->base + m->size;
        const uint64_t entry = m->entry != 0 ? m->base + m->entry : 0;
        (void)fprintf(out, "%3zu, 0x%016llx, 0x%016llx, 0x%016llx, ", i, (unsigned long long)m->base,
                      (unsigned long long)end, (unsigned long long)entry);
        write_path(m->path, out);
        (void)fputc('\n', out);
        blocks += m->nr;
    }
    (void)fprintf(out, "BB Table: %zu bbs\n", blocks);
    for (size_t i = 0; i < c->nr; i++)
        write_blocks(&c->module[i], i, out);
    return ferror(out) == 0 || diag_fail(d, "", 0, "cannot write the coverage");
}
