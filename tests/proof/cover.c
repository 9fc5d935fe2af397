/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the coverage of a boot what the boot executed? Every block that runs is written down (engine_spy), named by module
 * and offset, and compared with what was collected from new blocks alone. The decompressor is the host's, or it runs
 * unseen by the spy: then only what is missing counts.
 * Usage: cover LAYOUT FIRMWARE [guest]; exit 0 the same, 1 not, 2 cannot be run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "boot/case.h"
#include "check/monitor.h"
#include "cover/coverage.h"

#define RAN_MAX (1u << 16)

struct block {
    char where[128]; /* "PeiCore", or "" */
    uint64_t offset;
    uint32_t size;
};

struct bed {
    struct layout layout;
    struct image image;
    struct boot_case boot;
    struct machine machine;
    struct monitor monitor;
    struct verdict verdict;
    struct coverage coverage;
    struct block ran[RAN_MAX], told[RAN_MAX];
    size_t nr_ran, nr_told;
};

static int by_place(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    int order = strcmp(x->where, y->where);
    if (order == 0)
        order = (x->offset > y->offset) - (x->offset < y->offset);
    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

static size_t in_order(struct block *b, size_t nr)
{
    size_t kept = 0;
    qsort(b, nr, sizeof *b, by_place);
    for (size_t i = 0; i < nr; i++)
        if (kept == 0 || by_place(&b[kept - 1], &b[i]) != 0)
            b[kept++] = b[i];
    return kept;
}

/* Blocks outside modules: the image's, told by address alone here; its low copy is the end of the whole one. */
static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct bed *b = self;
    const struct module *mod = monitor_module(&b->monitor, pc);
    if (b->machine.xen.msr_hypercall_page != 0 && page_down(pc) == b->machine.xen.msr_hypercall_page)
        return;
    if (b->nr_ran == RAN_MAX)
        b->nr_ran = in_order(b->ran, b->nr_ran);
    if (b->nr_ran == RAN_MAX)
        return;
    struct block *r = &b->ran[b->nr_ran++];
    *r = (struct block){.offset = mod != NULL ? pc - mod->base : pc, .size = size};
    if (mod != NULL)
        (void)snprintf(r->where, sizeof r->where, "%s", mod->name);
    else if (b->layout.type == GUEST_HVM)
        r->offset = pc < MIB ? pc - (MIB - b->image.size) : pc - (4 * GIB - b->image.size);
    else
        r->offset = pc - b->image.pvh.load_paddr;
}

static void collect(struct bed *b)
{
    for (size_t i = 0; i < b->coverage.nr; i++) {
        const struct cover_module *m = &b->coverage.module[i];
        const char *slash = strrchr(m->path, '/');
        for (size_t k = 0; k < m->nr && b->nr_told < RAN_MAX; k++) {
            struct block *t = &b->told[b->nr_told++];
            *t = (struct block){.offset = m->block[k].offset, .size = m->block[k].size};
            if (strcmp(m->path, b->image.path) != 0)
                (void)snprintf(t->where, sizeof t->where, "%.*s", (int)strcspn(slash + 1, "."), slash + 1);
        }
    }
}

static unsigned lacking(const char *what, const struct block *a, size_t na, const struct block *b, size_t nb)
{
    unsigned bad = 0;
    for (size_t i = 0; i < na; i++)
        if (bsearch(&a[i], b, nb, sizeof *b, by_place) == NULL && bad++ < 10)
            printf("%s: %s+%#llx, %u bytes\n", what, a[i].where, (unsigned long long)a[i].offset, a[i].size);
    return bad;
}

static bool boot(struct bed *b, const char *layout, const char *firmware, bool by_guest, struct diag *d)
{
    static const struct engine_spy spy = {.block = on_block};
    struct monitor_options o;
    if (!layout_read(layout, &b->layout, d) || !image_load(firmware, &b->image, d))
        return false;
    const struct boot_choice choice = {.handoff = handoff_for(b->layout.type)->name};
    if (!boot_case_prepare(&b->boot, &b->layout, &b->image, &choice, d) ||
        !boot_case_power_on(&b->boot, &b->boot.layout, &b->machine, d))
        return false;
    monitor_defaults(&o);
    o.guest_lzma = by_guest;
    o.ran = coverage_ran;
    o.ran_self = &b->coverage;
    coverage_begin(&b->coverage, &b->image);
    monitor_init(&b->monitor, &b->machine, &o, &b->verdict);
    engine_spy(b->machine.engine, &spy, b);
    monitor_run(&b->monitor);
    coverage_sort(&b->coverage);
    return true;
}

static void take_down(struct bed *b)
{
    if (b->machine.engine != NULL)
        machine_exit(&b->machine);
    coverage_free(&b->coverage);
    verdict_free(&b->verdict);
    boot_case_free(&b->boot);
    image_free(&b->image);
    free(b);
}

int main(int argc, char **argv)
{
    struct bed *b = calloc(1, sizeof *b);
    struct diag d = {0};
    const bool by_guest = argc == 4 && strcmp(argv[3], "guest") == 0;
    if (b == NULL || argc < 3 || argc > 4) {
        (void)fprintf(stderr, "usage: cover LAYOUT FIRMWARE [guest]\n");
        free(b);
        return 2;
    }
    const bool ok = boot(b, argv[1], argv[2], by_guest, &d);
    unsigned bad = 0;
    if (ok) {
        collect(b);
        b->nr_ran = in_order(b->ran, b->nr_ran);
        b->nr_told = in_order(b->told, b->nr_told);
        bad = lacking("ran, and is missing", b->ran, b->nr_ran, b->told, b->nr_told);
        if (!by_guest)
            bad += lacking("did not run", b->told, b->nr_told, b->ran, b->nr_ran);
        printf("%zu blocks ran, %zu were collected, %u wrong\n", b->nr_ran, b->nr_told, bad);
        bad += b->nr_ran < 1000 || b->coverage.lost;
    } else {
        (void)fprintf(stderr, "cover: %s: %s\n", d.file, d.message);
    }
    take_down(b);
    return !ok ? 2 : bad != 0;
}
