/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts written and read again; mutation: what it makes is what a file can say, and the same every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "check/fingerprint.h"
#include "fuzz/coverage.h"
#include "fuzz/mutate.h"
#include "fuzz/processor.h"
#include "fuzz/shrink.h"
#include "layout/settle.h"
#include "layout/write.h"

#define MUTANTS 6000
#define SEEDS_MAX 128

static struct layout seeds[SEEDS_MAX];
static size_t nr_seeds;

static const struct mutate_options hostile = {.hostile = true, .hvm = true, .pvh = true, .image_size = 2 * MIB};
static const struct mutate_options legal = {.hvm = true, .pvh = true, .image_size = 2 * MIB};

static int read_presets(void **state)
{
    (void)state;
    char pattern[512];
    glob_t g;
    const char *src = getenv("SRC");
    (void)snprintf(pattern, sizeof pattern, "%s/layouts/*.cfg", src != NULL ? src : ".");
    if (glob(pattern, 0, NULL, &g) != 0)
        return -1;
    for (size_t i = 0; i < g.gl_pathc && nr_seeds < SEEDS_MAX; i++)
        if (layout_read(g.gl_pathv[i], &seeds[nr_seeds], NULL))
            nr_seeds++;
    globfree(&g);
    return nr_seeds > 50 ? 0 : -1;
}

static char *text_of(const struct layout *l)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    layout_write(l, f);
    assert_int_equal(fclose(f), 0);
    return text;
}

/* A file in memory: thousands are written. */
static int scratch(char path[32])
{
    const int fd = memfd_create("layout", 0);
    assert_true(fd >= 0);
    (void)snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static void comes_back(const struct layout *l, int fd, const char *path)
{
    struct layout back;
    struct diag d = {0};
    char *text = text_of(l);
    const size_t n = strlen(text);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, text, n, 0), (ssize_t)n);
    if (!layout_read(path, &back, &d))
        fail_msg("line %u: %s\nin:\n%s", d.line, d.message, text);
    if (!layout_same(l, &back)) {
        char *again = text_of(&back);
        fail_msg("written:\n%s\nread:\n%s", text, again);
    }
    free(text);
}

static void presets_come_back(void **state)
{
    (void)state;
    char path[32];
    const int fd = scratch(path);
    for (size_t i = 0; i < nr_seeds; i++) {
        struct layout settled = seeds[i];
        comes_back(&seeds[i], fd, path);
        assert_true(layout_settle(&settled));
        assert_true(layout_same(&settled, &seeds[i])); /* nothing to be done */
    }
    close(fd);
}

/* Chains of mutants, so that what is odd grows odder. */
static void mutants_come_back(const struct mutate_options *o)
{
    char path[32];
    const int fd = scratch(path);
    struct chooser c;
    struct layout l = seeds[0];
    unsigned made = 0;
    chooser_seed(&c, 1);
    for (unsigned i = 0; i < MUTANTS; i++) {
        if (i % 12 == 0)
            do
                l = seeds[choose(&c, nr_seeds)];
            while (!o->hostile && !layout_is_legal(&l, o->image_size));
        if (!mutate(&l, &seeds[choose(&c, nr_seeds)], &c, o))
            continue;
        made++;
        comes_back(&l, fd, path);
        if (!o->hostile)
            assert_true(layout_is_legal(&l, o->image_size));
    }
    close(fd);
    assert_true(made > MUTANTS / 2);
}

static void hostile_mutants_come_back(void **state)
{
    (void)state;
    mutants_come_back(&hostile);
}

static void legal_mutants_come_back(void **state)
{
    (void)state;
    mutants_come_back(&legal);
}

/* An odd one of everything that a file can say. */
static void everything_comes_back(void **state)
{
    (void)state;
    char path[32];
    const int fd = scratch(path);
    struct layout l;
    layout_default(&l);
    l.videoram = 24 * MIB;
    l.dev = (struct guest_devices){.usb = true, .ahci = true, .igd = true, .nics = 6, .nic = {NIC_E1000}};
    l.viridian = 0x3FF;
    l.altp2m = 2;
    l.genid = true;
    l.itsc = true;
    l.tpm_version = 2;
    l.pci_bar64 = 4 * GIB;
    l.nr_rdms = 2;
    l.rdm[0] = (struct rdm){{0xC0000000, 0xC0001000}, true};
    l.rdm[1] = (struct rdm){{0xD0000000, 0xD0001000}, false};
    l.nr_cpuid = 2;
    l.cpuid[0] = (struct cpuid_rule){4, 0, CPUID_EAX, 0x04000000, 0xF8000000};
    l.cpuid[1] = (struct cpuid_rule){1, ANY_SUBLEAF, CPUID_ECX, 0, 1u << 30};
    assert_true(layout_settle(&l));
    comes_back(&l, fd, path);
    close(fd);
}

static void same_choices_same_layout(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct layout a = seeds[seed % nr_seeds], b = a;
        struct chooser ca, cb;
        chooser_seed(&ca, seed);
        chooser_seed(&cb, seed);
        for (unsigned i = 0; i < 10; i++)
            assert_true(mutate(&a, &seeds[1], &ca, &hostile) == mutate(&b, &seeds[1], &cb, &hostile));
        char *x = text_of(&a), *y = text_of(&b);
        assert_string_equal(x, y);
        free(x);
        free(y);
    }
}

/* Mostly: another processor is another beginning of a boot. But there are others. */
static void processors_stay(void **state)
{
    (void)state;
    unsigned other = 0, made = 0;
    struct chooser c;
    chooser_seed(&c, 1);
    for (unsigned i = 0; i < MUTANTS; i++) {
        const struct layout *from = &seeds[choose(&c, nr_seeds)];
        struct layout l = *from;
        if (!mutate(&l, &seeds[choose(&c, nr_seeds)], &c, &hostile))
            continue;
        made++;
        other += !processor_same(&l, from);
        struct layout as = l;
        processor_take(&as, from);
        assert_int_equal(processor_same(&as, from), as.type == from->type);
    }
    assert_in_range(other, 1, made / 20);
}

/* Whatever the bytes, even none, there is a layout; different bytes make different ones. */
static void bytes_make_layouts(void **state)
{
    (void)state;
    struct chooser c;
    struct layout l;
    unsigned changed = 0;
    layout_of_bytes(NULL, 0, seeds, nr_seeds, &hostile, &l);
    assert_true(layout_same(&l, &seeds[0]));
    chooser_seed(&c, 7);
    for (unsigned i = 0; i < 500; i++) {
        uint8_t bytes[64];
        const size_t n = choose(&c, sizeof bytes);
        for (size_t j = 0; j < n; j++)
            bytes[j] = (uint8_t)choose_u64(&c);
        layout_of_bytes(bytes, n, seeds, nr_seeds, &hostile, &l);
        struct layout settled = l;
        assert_true(layout_settle(&settled));
        assert_true(layout_same(&l, &settled));
        changed += n > 1 && !layout_same(&l, &seeds[bytes[0] % nr_seeds]);
    }
    assert_true(changed > 300);
}

/* Piece by piece, whether there is something to be taken away or not: what settling makes of a table. */
static struct span first_free(const struct e820_map *m, struct span s)
{
    for (bool again = true; again && s.start < s.end;) {
        again = false;
        for (unsigned i = 0; i < m->nr; i++) {
            const struct span e = m->e[i].at;
            if (!span_overlaps(e, s))
                continue;
            again = again || e.start <= s.start;
            *(e.start <= s.start ? &s.start : &s.end) = e.start <= s.start ? e.end : e.start;
        }
    }
    return s;
}

static void settling_takes_apart(void **state)
{
    (void)state;
    struct chooser c;
    unsigned same = 0, less = 0;
    chooser_seed(&c, 3);
    for (unsigned round = 0; round < 2000; round++) {
        struct layout l;
        struct e820_map want = {0};
        layout_default(&l);
        l.has_e820 = true;
        (void)e820_add(&l.e820, MIB, 2 * MIB, E820_TYPE_RAM);
        const size_t most = 1 + choose(&c, round % 2 != 0 ? 6 : E820_MAX - 1);
        for (size_t i = 0; i < most; i++) {
            const uint64_t start = (4 + choose(&c, 4000)) * MIB, last = 1ULL << (l.phys_bits - (i % 8 == 0));
            const uint64_t at = i % 16 == 0 ? last - MIB : start;
            (void)e820_add(&l.e820, at, at + choose(&c, 20) * MIB, (uint32_t)choose(&c, 4));
        }
        for (unsigned i = 0; i < l.e820.nr; i++) {
            const struct e820_entry *e = &l.e820.e[i];
            const uint64_t reach = 1ULL << l.phys_bits;
            const struct span s = first_free(&want, (struct span){e->at.start, e->at.end < reach ? e->at.end : reach});
            (void)e820_add(&want, s.start, s.end, e->type != 0 ? e->type : E820_TYPE_RESERVED);
        }
        *(l.e820.nr == want.nr ? &same : &less) += 1;
        assert_true(layout_settle(&l));
        assert_int_equal(l.e820.nr, want.nr);
        assert_memory_equal(l.e820.e, want.e, want.nr * sizeof want.e[0]);
    }
    assert_true(same > 100 && less > 100);
}

static void settling_mends(void **state)
{
    (void)state;
    struct layout l;
    layout_default(&l);
    l.has_e820 = true;
    (void)e820_add(&l.e820, 0, 0x40000000, E820_TYPE_RAM);
    (void)e820_add(&l.e820, 0x3FFFF000, 0x40001000, E820_TYPE_RESERVED); /* overlaps */
    (void)e820_add(&l.e820, 1ULL << 39, 1ULL << 50, E820_TYPE_NVS);      /* out of reach */
    assert_true(layout_settle(&l));
    assert_int_equal(l.e820.nr, 3);
    assert_int_equal(l.e820.e[1].at.start, 0x40000000);
    assert_int_equal(l.e820.e[2].at.end, 1ULL << 40);
    l.e820.e[0].at.start = 2 * MIB; /* no RAM at 1 MiB */
    assert_false(layout_settle(&l));
    layout_default(&l);
    l.memory = l.maxmem = MIB;
    assert_false(layout_settle(&l));
}

/* --- shrinking */

static unsigned asked;

/* "Shows the fault": CMOS says more than 600 MiB, and some entry reserves the page at 0x805000. */
static bool shows(void *self, const struct layout *l)
{
    (void)self;
    asked++;
    const struct e820_entry *e = l->has_e820 ? e820_find(&l->e820, 0x805000) : NULL;
    return l->has_cmos_low_ram && l->cmos_low_ram > 600 * MIB && e != NULL && e->type == E820_TYPE_NVS;
}

static void odd_layout(struct layout *l)
{
    layout_default(l);
    l->memory = l->maxmem = 777 * MIB;
    l->vcpus = 3;
    l->videoram = 8 * MIB;
    l->slack_pages = 17;
    l->has_cmos_low_ram = true;
    l->cmos_low_ram = 0x2ABCD123;
    l->has_e820 = true;
    (void)e820_add(&l->e820, 0, 0xA0000, E820_TYPE_RAM);
    (void)e820_add(&l->e820, 0x100000, 0x804321, E820_TYPE_RAM);
    (void)e820_add(&l->e820, 0x804321, 0x806789, E820_TYPE_NVS);
    for (uint64_t at = 0x900000; at < 0x2900000; at += 0x100000)
        (void)e820_add(&l->e820, at, at + 0xFF000, at % 0x200000 != 0 ? E820_TYPE_RESERVED : E820_TYPE_RAM);
    assert_true(layout_settle(l));
}

static void shrinks_to_what_matters(void **state)
{
    (void)state;
    struct layout l, again;
    struct shrink_result r;
    const struct shrink_options o = {2 * MIB, 2000, shows, NULL};
    odd_layout(&l);
    assert_true(shows(NULL, &l));
    asked = 0;
    shrink(&l, &o, &r);
    assert_int_equal(r.runs, asked);
    assert_false(r.spent);
    assert_true(shows(NULL, &l));
    assert_true(l.e820.nr <= 2); /* RAM at 1 MiB, and the page */
    assert_int_equal(l.vcpus, 1);
    assert_int_equal(l.videoram, 0);
    assert_true(l.slack_pages == SLACK_AMPLE);
    assert_int_equal(l.memory, 256 * MIB);
    assert_int_equal(l.cmos_low_ram, GIB);
    odd_layout(&again);
    shrink(&again, &o, &r);
    assert_true(layout_same(&l, &again));
}

static void shrinking_is_bounded(void **state)
{
    (void)state;
    struct layout l;
    struct shrink_result r;
    const struct shrink_options o = {2 * MIB, 5, shows, NULL};
    odd_layout(&l);
    asked = 0;
    shrink(&l, &o, &r);
    assert_true(r.spent);
    assert_int_equal(asked, 5);
    assert_true(shows(NULL, &l));
}

/* --- fingerprints */

static void fingerprints(void **state)
{
    (void)state;
    char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE];
    struct finding f = {.rule = RULE_WRITE_RESERVED, .owner = "E820 RESERVED", .cls = CLASS_RESERVED};
    (void)snprintf(f.at.module, sizeof f.at.module, "PeiCore");
    f.at.base = 0x820000;
    f.at.offset = 0x123;
    f.at.gva = f.at.base + f.at.offset;
    f.gpa = 0x1000;
    finding_fingerprint(&f, a);
    assert_string_equal(a, "4fbbd4e5c652fabb"); /* for good: people keep them */

    struct finding moved = f;
    moved.at.base = 0x3F000000;
    moved.at.gva = moved.at.base + moved.at.offset;
    moved.gpa = 0x7000;
    moved.range = (struct span){0x7000, 0x9000};
    moved.count = 9;
    moved.phase = PHASE_DXE;
    finding_fingerprint(&moved, b);
    assert_string_equal(a, b);

    moved.at.offset++;
    finding_fingerprint(&moved, b);
    assert_string_not_equal(a, b);
    finding_family(&f, a);
    finding_family(&moved, b);
    assert_string_equal(a, b);
    moved.owner = "E820 NVS";
    finding_family(&moved, b);
    assert_string_not_equal(a, b);

    /* Of the hand-off: whoever ran last has nothing to do with it, the kind of HOB has. */
    struct finding hob = {.rule = RULE_HOB_RAM, .hob = {.present = true, .type = HOB_RESOURCE}};
    finding_fingerprint(&hob, a);
    hob.at.offset = 77;
    (void)snprintf(hob.at.module, sizeof hob.at.module, "DxeCore");
    finding_fingerprint(&hob, b);
    assert_string_equal(a, b);
    hob.hob.kind = HOB_RESOURCE_RESERVED;
    finding_fingerprint(&hob, b);
    assert_string_not_equal(a, b);

    /* A call through a null pointer: the caller's fault, wherever it led. */
    struct finding jump = {.rule = RULE_EXEC_NULL, .has_caller = true};
    (void)snprintf(jump.caller.module, sizeof jump.caller.module, "DxeIpl");
    jump.caller.offset = 5;
    finding_fingerprint(&jump, a);
    jump.caller.offset = 6;
    finding_fingerprint(&jump, b);
    assert_string_not_equal(a, b);
}

/* --- coverage */

static struct coverage_map map;
static struct edges edges;
static struct coverage_seen seen;

/* Runs @pc one after the other in a module at @base. */
static bool ran(uint64_t base, const uint64_t *pc, size_t n)
{
    static struct verdict v;
    static struct plan_range all = {.at = {0, UINT64_MAX}};
    static struct plan plan = {.r = &all, .nr = 1, .top = UINT64_MAX, .sealed = true};
    static struct machine m;
    m.plan = &plan;
    verdict_clear(&v);
    *verdict_add_module(&v) = (struct module){.name = "PeiCore", .base = base, .size = 0x10000};
    edges_clear(&edges);
    for (size_t i = 0; i < n; i++)
        edges_add(&edges, i != 0 ? base + pc[i - 1] : 0, base + pc[i], 1);
    coverage_fill(&map, &edges, &v, &m);
    return coverage_add(&seen, &map);
}

static void coverage(void **state)
{
    (void)state;
    static const uint64_t once[] = {0x10, 0x20, 0x30}, other_way[] = {0x30, 0x20, 0x10};
    static const uint64_t loop[] = {0x10, 0x20, 0x10, 0x20, 0x10, 0x20, 0x10, 0x20, 0x30};
    assert_true(ran(0x820000, once, 3));
    assert_false(ran(0x820000, once, 3));
    assert_false(ran(0x3F000000, once, 3)); /* moved: the same code */
    assert_true(ran(0x820000, other_way, 3));
    assert_true(ran(0x820000, loop, 9)); /* more often */
    assert_false(ran(0x820000, loop, 9));
    assert_int_equal(seen.edges, 3 + 3); /* with those from nowhere to the first block */
}

/* An edge that is told in parts is one. */
static void coverage_of_parts(void **state)
{
    (void)state;
    static const uint64_t turns[] = {0x10, 0x20, 0x20, 0x20, 0x20, 0x20, 0x30};
    static struct coverage_map one_by_one;
    (void)ran(0x820000, turns, 7);
    one_by_one = map;
    edges_clear(&edges);
    edges_add(&edges, 0x820020, 0x820020, 3);
    edges_add(&edges, 0x820010, 0x820020, 1);
    edges_add(&edges, 0x820020, 0x820030, 1);
    edges_add(&edges, 0x820020, 0x820020, 1);
    edges_add(&edges, 0, 0x820010, 1);
    assert_int_equal(edges.nr, 4);
    struct module pei = {.name = "PeiCore", .base = 0x820000, .size = 0x10000};
    const struct verdict v = {.nr_modules = 1, .module = &pei};
    static struct plan_range all = {.at = {0, UINT64_MAX}};
    static struct plan plan = {.r = &all, .nr = 1, .top = UINT64_MAX, .sealed = true};
    static struct machine m = {.plan = &plan};
    coverage_fill(&map, &edges, &v, &m);
    assert_memory_equal(map.cell, one_by_one.cell, sizeof map.cell);
}

/* The cells that are listed are those that are not 0, each once, and nothing of the boot before is among them. */
static void coverage_lists_its_cells(void **state)
{
    (void)state;
    static const uint64_t first[] = {0x10, 0x20, 0x30, 0x10, 0x20}, then[] = {0x40, 0x50};
    static struct coverage_map cold;
    const uint64_t *const runs[] = {first, then, first};
    for (unsigned run = 0; run < 3; run++) {
        (void)ran(0x820000, runs[run], run == 1 ? 2 : 5);
        size_t nr = 0;
        for (size_t i = 0; i < COVERAGE_SIZE; i++)
            nr += map.cell[i] != 0;
        assert_int_equal(map.nr, nr);
        for (size_t i = 0; i < map.nr; i++)
            assert_int_not_equal(map.cell[map.touched[i]], 0);
        if (run == 0)
            cold = map;
    }
    assert_memory_equal(map.cell, cold.cell, sizeof map.cell);
    coverage_count(&map, 7, UINT8_MAX);
    coverage_count(&map, 7, 1);
    assert_int_equal(map.cell[7], UINT8_MAX);
    coverage_count(&map, 8, UINT64_MAX);
    assert_int_equal(map.cell[8], UINT8_MAX);
    coverage_clear(&map);
    static const uint8_t none[COVERAGE_SIZE];
    assert_memory_equal(map.cell, none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_come_back),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(hostile_mutants_come_back),
        cmocka_unit_test(legal_mutants_come_back),
        cmocka_unit_test(same_choices_same_layout),
        cmocka_unit_test(processors_stay),
        cmocka_unit_test(bytes_make_layouts),
        cmocka_unit_test(settling_takes_apart),
        cmocka_unit_test(settling_mends),
        cmocka_unit_test(shrinks_to_what_matters),
        cmocka_unit_test(shrinking_is_bounded),
        cmocka_unit_test(fingerprints),
        cmocka_unit_test(coverage),
        cmocka_unit_test(coverage_of_parts),
        cmocka_unit_test(coverage_lists_its_cells),
    };
    return cmocka_run_group_tests(tests, read_presets, NULL);
}
