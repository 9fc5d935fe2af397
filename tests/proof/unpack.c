/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a boot whose firmware the host unpacks the same boot? Runs one image to the hand-off both ways and compares the
 * unpacked bytes, all other RAM, the registers and the verdict. What may differ is the decoder's own: its scratch
 * memory, and what its calls left on the stack, before and after the stack was moved.
 * Usage: unpack LAYOUT FIRMWARE; exit 0 equal but for those, 1 not, 2 cannot be run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "check/monitor.h"
#include "machine/machine.h"
#include "report/report.h"

#define RANGES_MAX 64u

struct bed {
    struct layout layout;
    struct guest_memory guest;
    struct image image;
    struct plan plan;
    struct machine machine;
    struct monitor monitor;
    struct verdict verdict;
};

static bool boot(struct bed *b, const char *layout, const char *firmware, bool by_guest, struct diag *d)
{
    struct cpu_entry entry = {0};
    struct monitor_options o;
    if (!layout_read(layout, &b->layout, d) || !image_load(firmware, &b->image, d) ||
        !layout_resolve(&b->layout, b->image.size, &b->guest, d))
        return false;
    const struct handoff *h = handoff_for(b->layout.type);
    plan_init(&b->plan, guest_top(&b->guest));
    if (!h->plan(&b->layout, &b->guest, &b->image, &b->plan, &entry, d) || !plan_seal(&b->plan, d) ||
        !machine_init(&b->machine, &b->layout, &b->guest, &b->plan, &entry, true, false, d))
        return false;
    monitor_defaults(&o);
    o.guest_lzma = o.guest_bulk = by_guest;
    monitor_init(&b->monitor, &b->machine, &o, &b->verdict);
    monitor_run(&b->monitor);
    return true;
}

/* --- what may differ */

/* E:OvmfPkg/OvmfXen.fdf, OvmfPkgX64.fdf: the stack is the upper half of temporary RAM. */
static const struct span stack = {0x818000, 0x820000};
#define STACK_SIZE 0x8000u

struct difference {
    struct span at[RANGES_MAX];
    size_t nr;
};

static void differs(struct difference *d, uint64_t gpa)
{
    if (d->nr != 0 && gpa - d->at[d->nr - 1].end < 256)
        d->at[d->nr - 1].end = gpa + 1;
    else if (d->nr < RANGES_MAX)
        d->at[d->nr++] = (struct span){gpa, gpa + 1};
}

static void compare_ram(const struct bed *a, const struct bed *b, struct difference *d)
{
    static uint8_t pa[PAGE_SIZE], pb[PAGE_SIZE];
    for (uint64_t gpa = 0; gpa < a->plan.top; gpa += PAGE_SIZE) {
        bool in_a = memory_read(&a->machine.memory, gpa, pa, sizeof pa);
        bool in_b = memory_read(&b->machine.memory, gpa, pb, sizeof pb);
        for (unsigned i = 0; i < PAGE_SIZE && (in_a || in_b); i++)
            if (in_a != in_b || pa[i] != pb[i])
                differs(d, gpa + i);
    }
}

static bool inside(struct span a, struct span b)
{
    return a.start >= b.start && a.end <= b.end;
}

/* The stack's copy in PEI memory ends where the HOB list begins, as the stack itself ends with temporary RAM. */
static bool in_moved_stack(const struct bed *b, const struct difference *d, struct span at)
{
    const uint64_t moved = b->verdict.hob_list - stack.end;
    for (size_t i = 0; i < d->nr; i++)
        if (inside(d->at[i], stack) && inside(at, (struct span){d->at[i].start + moved, d->at[i].end + moved}))
            return true;
    return false;
}

static unsigned judge(const struct bed *b, const struct difference *d)
{
    /* E:MdeModulePkg/Library/LzmaCustomDecompressLib: 64 KiB at the address that R8 had. */
    const uint64_t r8 = b->monitor.unpack.scratch;
    const struct span scratch = {r8, r8 + 64 * KIB};
    unsigned bad = 0;
    for (size_t i = 0; i < d->nr; i++) {
        const struct span at = d->at[i];
        const char *why = inside(at, scratch)        ? "scratch"
                          : inside(at, stack)        ? "stack"
                          : in_moved_stack(b, d, at) ? "the stack, moved"
                                                     : NULL;
        printf("%#" PRIx64 "-%#" PRIx64 ": %s\n", at.start, at.end, why != NULL ? why : "DIFFERS");
        bad += why == NULL;
    }
    return bad;
}

/* The whole verdict, as programs get it. */
static char *report(const struct bed *b, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    const struct report_style style = {.verbose = 1};
    const struct report_input in = {
        .image = &b->image,
        .layout = &b->layout,
        .guest = &b->guest,
        .verdict = &b->verdict,
        .handoff = handoff_for(b->layout.type)->name,
        .engine_version = "",
    };
    bool ok = out != NULL && report_writer_find("json")->write(&in, &style, out);
    if (out == NULL || fclose(out) != 0 || !ok) {
        free(text);
        return NULL;
    }
    return text;
}

static unsigned compare_verdicts(struct bed *host, struct bed *guest)
{
    unsigned bad = 0;
    if (host->verdict.unpacked != UNPACKED_BY_HOST || guest->verdict.unpacked != UNPACKED_BY_GUEST) {
        printf("unpacked by %d and %d\n", (int)host->verdict.unpacked, (int)guest->verdict.unpacked);
        bad++;
    }
    guest->verdict.unpacked = host->verdict.unpacked;
    size_t na = 0, nb = 0;
    char *a = report(host, &na), *b = report(guest, &nb);
    if (a == NULL || b == NULL || na != nb || memcmp(a, b, na) != 0) {
        printf("the reports differ\n");
        bad++;
    }
    free(a);
    free(b);
    struct cpu_regs ra, rb;
    engine_regs(host->machine.engine, &ra);
    engine_regs(guest->machine.engine, &rb);
    if (memcmp(&ra, &rb, sizeof ra) != 0) {
        printf("the registers differ\n");
        bad++;
    }
    return bad;
}

static void take_down(struct bed *b)
{
    if (b->machine.engine != NULL)
        machine_exit(&b->machine);
    verdict_free(&b->verdict);
    plan_exit(&b->plan);
    image_free(&b->image);
    free(b);
}

int main(int argc, char **argv)
{
    struct bed *host = calloc(1, sizeof *host), *guest = calloc(1, sizeof *guest);
    struct diag d = {0};
    if (argc != 3 || host == NULL || guest == NULL) {
        (void)fprintf(stderr, "usage: unpack LAYOUT FIRMWARE\n");
        return 2;
    }
    unsigned bad = 0;
    bool ok = boot(host, argv[1], argv[2], false, &d) && boot(guest, argv[1], argv[2], true, &d);
    if (ok) {
        struct difference diff = {0};
        compare_ram(host, guest, &diff);
        bad = judge(host, &diff) + compare_verdicts(host, guest);
    } else {
        (void)fprintf(stderr, "unpack: %s: %s\n", d.file, d.message);
    }
    take_down(host);
    take_down(guest);
    return !ok ? 2 : bad != 0;
}
