/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every check of the table: a layout that trips it, a near miss that does not, and a row in docs/lint.md. */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "layout/lint.h"

#define G4 (4 * GIB)

struct kit {
    struct layout l;
    struct layout_lines at;
    struct guest_memory g;
    struct lint_firmware fw;
    struct lint_input in;
    struct lint lint;
};

static void resolve(struct kit *k)
{
    struct diag d = {0};
    if (!layout_resolve(&k->l, k->in.firmware != NULL ? 4 * MIB : 2 * MIB, &k->g, &d))
        fail_msg("%s", d.message);
}

/* Writes @text to a file, reads it and resolves it; what changes the result afterwards is @spoil. */
static void run(struct kit *k, const char *text, void (*spoil)(struct kit *k))
{
    char path[] = "/tmp/hvmbed-lint-XXXXXX";
    struct diag d = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    bool ok = layout_read_lines(path, &k->l, &k->at, &d);
    unlink(path);
    if (!ok)
        fail_msg("line %u: %s\nin: %s", d.line, d.message, text);
    k->in = (struct lint_input){.layout = &k->l, .at = &k->at, .guest = &k->g};
    resolve(k);
    if (spoil != NULL)
        spoil(k);
    lint_run(&k->lint, &k->in);
}

/* Lines 1 to 4 are the guest's, 5 begins the table, 6 and 7 are its low entries, from 8 on comes @ram. */
#define HVM "type=\"hvm\"\nmemory=256\nvga=\"none\"\nbed_slack_pages=\"ample\"\n"
#define TABLE(ram, rest) "bed_e820=[\n\"0-a0000 RAM\",\n\"f0000-100000 RESERVED\",\n" ram "\n" rest "]\n"
#define REST "\"fc000000-fc00b000 NVS\",\n\"fc00b000-100000000 RESERVED\",\n"
#define HVM_RAM(ram) HVM TABLE(ram, REST)
#define PVH "type=\"pvh\"\nmemory=256\n"
#define PVH_TABLE "bed_e820=[\n\"0-10000000 RAM\",\n"
#define PVH_REST "\"fc008000-fc008040 ACPI\",\n\"feff8000-ff000000 RESERVED\",\n]\n"

static void wrap(struct kit *k)
{
    k->g.e820.e[2].at.end = 0x1000;
}
static void one_byte(struct kit *k)
{
    k->g.e820.e[2].at.end = k->g.e820.e[2].at.start + 1;
}
static void overlap(struct kit *k)
{
    k->g.e820.e[1].at.end = MIB + 1;
}
static void touch(struct kit *k)
{
    k->g.e820.e[1].at.end = MIB;
}

/* Cuts the last entry into pieces until there are @nr. */
static void entries(struct kit *k, unsigned nr)
{
    struct e820_map *m = &k->g.e820;
    while (m->nr < nr) {
        struct e820_entry *last = &m->e[m->nr - 1];
        uint64_t end = last->at.end;
        last->at.end = last->at.start + PAGE_SIZE;
        assert_true(e820_add(m, last->at.end, end, last->type));
    }
}
static void entries_16(struct kit *k)
{
    entries(k, 16);
}
static void entries_17(struct kit *k)
{
    entries(k, 17);
}
static void entries_127(struct kit *k)
{
    entries(k, 127);
}
static void entries_128(struct kit *k)
{
    entries(k, 128);
}

static void high_ram(struct kit *k, uint64_t end)
{
    k->l.phys_bits = 36;
    k->g.high_end = end;
    assert_true(e820_add(&k->g.e820, G4, end, E820_TYPE_RAM));
}
static void to_64g(struct kit *k)
{
    high_ram(k, 64 * GIB);
}
static void above_64g(struct kit *k)
{
    high_ram(k, 64 * GIB + PAGE_SIZE);
}

static void firmware(struct kit *k, struct lint_firmware fw)
{
    k->fw = fw;
    k->fw.file = "OVMF.fd";
    k->in.firmware = &k->fw;
}
static void code_only(struct kit *k)
{
    firmware(k, (struct lint_firmware){.size = 0x1E0000}); /* Debian's OVMF_CODE.fd: NixOS 373416 */
}
static void fd_2m(struct kit *k)
{
    firmware(k, (struct lint_firmware){.size = 2 * MIB, .pvh = true, .pvh_filesz = 2 * MIB});
}
static void fd_4m(struct kit *k)
{
    firmware(k, (struct lint_firmware){.size = 4 * MIB, .pvh = true, .pvh_filesz = 2 * MIB});
}
static void no_elf(struct kit *k)
{
    firmware(k, (struct lint_firmware){.size = 2 * MIB});
}

/* Several rows of one check are for several ways to trip it. */
static const struct row {
    enum lint_id id;
    unsigned line; /* where the bad one is wrong */
    const char *bad, *good;
    void (*spoil)(struct kit *k), (*spare)(struct kit *k); /* what is done to the bad and the good one */
} rows[] = {
    {LINT_E820_WRAP, 2, HVM, HVM, wrap, one_byte},
    {LINT_E820_OVERLAP, 2, HVM, HVM, overlap, touch},
    {LINT_E820_UNSORTED, 9, HVM_RAM("\"200000-10000000 RAM\",\n\"100000-200000 RAM\","),
     HVM_RAM("\"100000-200000 RAM\",\n\"200000-10000000 RAM\","), NULL, NULL},
    {LINT_PVH_UNSORTED, 2, PVH, PVH PVH_TABLE "\"fc000000-fc008000 ACPI\",\n" PVH_REST, NULL, NULL},
    {LINT_E820_TYPE, 9, HVM_RAM("\"100000-10000000 RAM\",\n\"20000000-20001000 8\","),
     HVM_RAM("\"100000-10000000 RAM\",\n\"20000000-20001000 7\","), NULL, NULL},
    {LINT_E820_OVER_16, 2, HVM, HVM, entries_17, entries_16},
    {LINT_E820_FULL, 2, HVM, HVM, entries_128, entries_127},
    {LINT_PHYS_BITS, 2, HVM, HVM, above_64g, to_64g},
    {LINT_PHYS_BITS_OVER_48, 5, HVM "bed_phys_bits=49\n", HVM "bed_phys_bits=48\n", NULL, NULL},
    {LINT_RAM_UNALIGNED, 8, HVM_RAM("\"100000-ffff800 RAM\","), HVM_RAM("\"100000-ffff000 RAM\","), NULL, NULL},
    {LINT_RAM_UNALIGNED, 9, HVM_RAM("\"100000-10000000 RAM\",\n\"c0400-c0800 RAM\","), HVM, NULL, NULL},
    {LINT_RAM_OVER_DEVICE, 9, HVM_RAM("\"100000-10000000 RAM\",\n\"a0000-a1000 RAM\","),
     HVM_RAM("\"100000-10000000 RAM\",\n\"c0000-c1000 RAM\","), NULL, NULL},
    {LINT_RAM_OVER_DEVICE, 5, PVH "bed_e820=[\n\"0-10000000 RAM\",\n\"fee00000-fee01000 RAM\",\n]",
     PVH "bed_e820=[\n\"0-10000000 RAM\",\n\"fee01000-fee02000 RAM\",\n]", NULL, NULL},
    {LINT_RAM_OVER_DEVICE, 5, PVH "bed_e820=[\n\"0-10000000 RAM\",\n\"fef00000-fef01000 RAM\",\n]",
     PVH "bed_e820=[\n\"0-10000000 RAM\",\n\"fed00000-fed01000 RAM\",\n]", NULL, NULL},
    {LINT_RAM_OVER_DEVICE, 9, HVM TABLE("\"100000-10000000 RAM\",", "\"ffe00000-100000000 RAM\",\n"),
     HVM TABLE("\"100000-10000000 RAM\",", "\"ff000000-ffe00000 RAM\",\n"), NULL, NULL},
    {LINT_RAM_OVER_DEVICE, 9, HVM TABLE("\"100000-10000000 RAM\",", "\"feff0000-feff1000 RAM\",\n"),
     HVM TABLE("\"100000-10000000 RAM\",", "\"fec01000-fec02000 RAM\",\n"), NULL, NULL},
    {LINT_RAM_IN_HOLE, 10, "mmio_hole=1024\n" HVM_RAM("\"100000-10000000 RAM\",\n\"bffff000-c0001000 RAM\","),
     "mmio_hole=1024\n" HVM_RAM("\"100000-10000000 RAM\",\n\"bfff0000-c0000000 RAM\","), NULL, NULL},
    {LINT_RAM_UNPOPULATED, 8, HVM_RAM("\"100000-10001000 RAM\","), HVM_RAM("\"100000-10000000 RAM\","), NULL, NULL},
    {LINT_RAM_UNPOPULATED, 9, HVM_RAM("\"100000-10000000 RAM\",\n\"20000000-20001000 RAM\","),
     HVM_RAM("\"100000-10000000 RAM\",\n\"20000000-20001000 RESERVED\","), NULL, NULL},
    {LINT_RAM_UNDECLARED, 5, HVM_RAM("\"100000-8000000 RAM\",\n\"8001000-10000000 RAM\","),
     HVM_RAM("\"100000-8000000 RAM\",\n\"8000000-8001000 RESERVED\",\n\"8001000-10000000 RAM\","), NULL, NULL},
    {LINT_LOST_PAGE, 2, "type=\"hvm\"\nmemory=3841\nvga=\"none\"\nbed_slack_pages=192\n",
     "type=\"hvm\"\nmemory=3842\nvga=\"none\"\n", NULL, NULL},
    {LINT_SPECIAL_UNDECLARED, 5, HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-ff000000 NVS\",\n"),
     HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-fc00b000 NVS\",\n\"feff0000-100000000 RESERVED\",\n"), NULL,
     NULL},
    {LINT_ACPI_UNDECLARED, 5, HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-fc00a000 NVS\",\n"),
     "acpi=0\n" HVM TABLE("\"100000-10000000 RAM\",", "\"feff0000-100000000 RESERVED\",\n"), NULL, NULL},
    {LINT_ACPI_UNDECLARED, 3, PVH PVH_TABLE "\"fc000000-fc007000 ACPI\",\n" PVH_REST,
     PVH PVH_TABLE "\"fc000000-fc008000 ACPI\",\n" PVH_REST, NULL, NULL},
    {LINT_ACPI_TYPE, 9, HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-100000000 RESERVED\",\n"),
     "bed_xen_version=\"4.14\"\n" HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-100000000 RESERVED\",\n"), NULL,
     NULL},
    {LINT_ACPI_TYPE, 9, HVM TABLE("\"100000-10000000 RAM\",", "\"fc000000-fc00b000 ACPI\",\n"),
     HVM_RAM("\"100000-10000000 RAM\","), NULL, NULL},
    {LINT_ACPI_TYPE, 6, "bed_xen_version=\"4.21\"\n" PVH PVH_TABLE "\"fc000000-fc008000 ACPI\",\n" PVH_REST,
     "bed_xen_version=\"4.20\"\n" PVH PVH_TABLE "\"fc000000-fc008000 ACPI\",\n" PVH_REST, NULL, NULL},
    {LINT_CMOS_ABOVE_RAM, 5, HVM "bed_cmos_low_ram=\"0x10010000\"\n", HVM "bed_cmos_low_ram=\"0x1000ffff\"\n", NULL,
     NULL},
    {LINT_CMOS_BELOW_RAM, 5, HVM "bed_cmos_low_ram=\"0xfff0000\"\n", HVM "bed_cmos_low_ram=\"0x10000000\"\n", NULL,
     NULL},
    {LINT_CMOS_BELOW_RAM, 5, HVM "bed_cmos_low_ram=\"0xe000000\"\n", "type=\"hvm\"\nmemory=256\nstdvga=1\n", NULL,
     NULL},
    {LINT_CMOS_ROUNDING, 2, "type=\"hvm\"\nmemory=256\nstdvga=1\n", HVM, NULL, NULL},
    {LINT_WORK_AREA, 5, HVM_RAM("\"100000-1500000 RAM\",\n\"1500000-1511000 RESERVED\",\n\"1511000-10000000 RAM\","),
     HVM_RAM(
         "\"100000-800000 RAM\",\n\"800000-1510000 RAM\",\n\"1510000-1511000 RESERVED\",\n\"1511000-10000000 RAM\","),
     NULL, NULL},
    {LINT_WORK_AREA, 2, "type=\"pvh\"\nmemory=21\n", "type=\"pvh\"\nmemory=22\n", NULL, NULL},
    {LINT_PEI_MEMORY, 4, "bed_phys_bits=48\nbed_page_1g=0\ntype=\"pvh\"\nmemory=1047\n",
     "bed_phys_bits=48\nbed_page_1g=0\ntype=\"pvh\"\nmemory=1050\n", NULL, NULL},
    {LINT_PEI_MEMORY, 4, "bed_phys_bits=46\nbed_page_1g=0\n" HVM, "bed_phys_bits=46\n" HVM, NULL, NULL},
    {LINT_PEI_CAP, 2, "type=\"pvh\"\nmemory=83\n", "type=\"pvh\"\nmemory=84\n", NULL, NULL},
    {LINT_PEI_NOT_RAM, 5, HVM_RAM("\"100000-d000000 RAM\",\n\"d000000-d001000 RESERVED\",\n\"d001000-10000000 RAM\","),
     HVM_RAM("\"100000-bffc000 RAM\",\n\"bffc000-bffd000 RESERVED\",\n\"bffd000-10000000 RAM\","), NULL, NULL},
    {LINT_FILL, 5, HVM "bed_fill=\"0x5aa55aa5\"\n", HVM "bed_fill=0\n", NULL, NULL},
    {LINT_VCPUS_OVER_64, 5, HVM "vcpus=65\n", HVM "vcpus=64\n", NULL, NULL},
    {LINT_VCPUS_OVER_64, 6, HVM "vcpus=2\nmaxvcpus=128\n", HVM "vcpus=2\nmaxvcpus=64\n", NULL, NULL},
    {LINT_UNKNOWN_KEY, 5, HVM "memroy=512\n", HVM "name=\"x\"\n", NULL, NULL},
    {LINT_NOT_HONOURED, 5, HVM "acpi_firmware=\"slic.bin\"\n", HVM "on_crash=\"destroy\"\n", NULL, NULL},
    {LINT_IMAGE_SIZE, 0, HVM, HVM, code_only, fd_4m},
    {LINT_PVH_NO_ENTRY, 0, PVH, PVH, no_elf, fd_2m},
    {LINT_PVH_NO_ENTRY, 0, PVH, HVM, no_elf, no_elf},
    {LINT_PVH_ELF_SHORT, 0, PVH, PVH, fd_4m, fd_2m},
};
#define NR_ROWS (sizeof rows / sizeof rows[0])

static void bad_and_good(void **state)
{
    struct kit *k = *state;
    bool seen[LINT_COUNT] = {0};
    for (size_t i = 0; i < NR_ROWS; i++) {
        const struct row *r = &rows[i];
        const char *name = lint_checks[r->id].name;
        seen[r->id] = true;

        lint_init(&k->lint);
        run(k, r->bad, r->spoil);
        const struct lint_finding *f = NULL;
        for (unsigned j = 0; j < k->lint.nr && f == NULL; j++)
            if (k->lint.found[j].id == r->id)
                f = &k->lint.found[j];
        if (f == NULL)
            fail_msg("%s (row %zu): the bad layout does not trip it", name, i);
        else if (f->line != r->line)
            fail_msg("%s (row %zu): line %u, not %u: %s", name, i, f->line, r->line, f->message);
        else if (strpbrk(f->message, ";:") == NULL || f->message[strlen(f->message) - 1] == '.' ||
                 strlen(f->message) >= sizeof f->message - 1)
            fail_msg("%s: \"%s\" does not say what to do, or is cut", name, f->message);

        lint_init(&k->lint);
        run(k, r->good, r->spare);
        if (k->lint.hits[r->id] != 0)
            fail_msg("%s (row %zu): the near miss trips it: %s", name, i, k->lint.found[0].message);
    }
    for (unsigned id = 0; id < LINT_COUNT; id++)
        if (!seen[id])
            fail_msg("%s: no row", lint_checks[id].name);
}

static const char *source(void)
{
    const char *src = getenv("SRC");
    return src != NULL ? src : ".";
}

static void table_and_page(void **state)
{
    (void)state;
    char path[512], want[80], *page = NULL;
    size_t size = 0;
    (void)snprintf(path, sizeof path, "%s/docs/lint.md", source());
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    ssize_t n = getdelim(&page, &size, '\0', in);
    fclose(in);
    assert_true(n > 0);

    unsigned in_page = 0;
    for (const char *c = page; (c = strstr(c, "\n| `")) != NULL; c++)
        in_page += c[4] != '-'; /* the options' rows begin with one */
    assert_int_equal(in_page, LINT_COUNT);
    for (unsigned i = 0; i < LINT_COUNT; i++) {
        const struct lint_check *c = &lint_checks[i];
        assert_int_equal(c->id, i);
        assert_ptr_equal(lint_find(c->name), c); /* so names are unique, too */
        for (const char *s = c->name; *s != '\0'; s++)
            assert_true(islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '-');
        assert_true(strncmp(c->name, "no-", 3) != 0);
        assert_true(c->severity != LINT_OFF && (c->applies & LINT_BOTH) != 0 && c->run != NULL);
        assert_true(c->nr_after <= LINT_MAX_AFTER);
        for (unsigned j = 0; j < c->nr_after; j++)
            assert_true(c->after[j] < c->id);
        (void)snprintf(want, sizeof want, "\n| `%s` | %s | ", c->name, lint_severity_name(c->severity));
        if (strstr(page, want) == NULL)
            fail_msg("docs/lint.md has no row \"%s\"", want + 1);
    }
    free(page);
    assert_null(lint_find("e820"));
    assert_null(lint_find(""));
}

static void presets(void **state)
{
    struct kit *k = *state;
    char pattern[512];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/layouts/*.cfg", source());
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct diag d = {0};
        lint_init(&k->lint);
        assert_true(layout_read_lines(found.gl_pathv[i], &k->l, &k->at, &d));
        k->in = (struct lint_input){.layout = &k->l, .at = &k->at, .guest = &k->g};
        resolve(k);
        lint_run(&k->lint, &k->in);
        for (unsigned j = 0; j < k->lint.nr; j++)
            if (k->lint.found[j].severity > LINT_NOTE && !(k->lint.found[j].id == LINT_E820_OVER_16 &&
                                                           strstr(found.gl_pathv[i], "hvm-too-many-entries") != NULL))
                fail_msg("%s: %s", found.gl_pathv[i], k->lint.found[j].message);
    }
    globfree(&found);
}

static void default_layout(void **state)
{
    struct kit *k = *state;
    lint_init(&k->lint);
    layout_default(&k->l);
    k->in = (struct lint_input){.layout = &k->l, .guest = &k->g};
    resolve(k);
    lint_run(&k->lint, &k->in);
    assert_int_equal(k->lint.nr, 0);
    assert_int_equal(k->lint.worst, LINT_OFF);
}

static void severities(void **state)
{
    struct kit *k = *state;
    static const char text[] = HVM_RAM("\"100000-10001000 RAM\",");
    lint_init(&k->lint);
    run(k, text, NULL);
    assert_int_equal(k->lint.worst, LINT_ERROR);
    assert_string_equal(k->lint.found[0].file, k->l.path);

    lint_init(&k->lint);
    for (unsigned i = 0; i < LINT_COUNT; i++)
        k->lint.severity[i] = LINT_OFF;
    k->lint.severity[LINT_RAM_UNPOPULATED] = LINT_NOTE;
    run(k, text, NULL);
    assert_int_equal(k->lint.nr, 1);
    assert_int_equal(k->lint.found[0].severity, LINT_NOTE);
    assert_int_equal(k->lint.worst, LINT_NOTE);

    /* A check that is off still keeps those from running that come after it. */
    k->lint.severity[LINT_RAM_UNPOPULATED] = LINT_OFF;
    k->lint.severity[LINT_PEI_NOT_RAM] = LINT_ERROR;
    run(k, text, NULL);
    assert_int_equal(k->lint.nr, 0);
    assert_int_equal(k->lint.hits[LINT_RAM_UNPOPULATED], 1);
    assert_int_equal(k->lint.hits[LINT_PEI_NOT_RAM], 0);
}

/* A table of nonsense: every check bounded, none trips over it. */
static void nonsense(struct kit *k)
{
    k->g.e820.nr = E820_MAX;
    for (unsigned i = 0; i < E820_MAX; i++)
        k->g.e820.e[i] = (struct e820_entry){.at = {UINT64_MAX - i % 3, i % 5 * (UINT64_MAX / 4)}, .type = i % 9};
}
static void same_entry(struct kit *k)
{
    k->g.e820.nr = E820_MAX;
    for (unsigned i = 0; i < E820_MAX; i++)
        k->g.e820.e[i] = (struct e820_entry){.at = {1, UINT64_MAX}, .type = E820_TYPE_RAM};
}

static void hostile(void **state)
{
    struct kit *k = *state;
    lint_init(&k->lint);
    run(k, HVM, nonsense);
    assert_true(k->lint.hits[LINT_E820_WRAP] > LINT_PER_CHECK);
    assert_true(k->lint.nr <= LINT_COUNT * LINT_PER_CHECK);
    run(k, PVH, same_entry);
    assert_int_equal(k->lint.hits[LINT_E820_OVERLAP], E820_MAX * (E820_MAX - 1) / 2);
    unsigned kept = 0;
    for (unsigned i = 0; i < k->lint.nr; i++)
        kept += k->lint.found[i].id == LINT_E820_OVERLAP;
    assert_int_equal(kept, LINT_PER_CHECK);
}

static int set_up(void **state)
{
    return (*state = calloc(1, sizeof(struct kit))) == NULL;
}
static int tear_down(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_and_good),   cmocka_unit_test(table_and_page), cmocka_unit_test(presets),
        cmocka_unit_test(default_layout), cmocka_unit_test(severities),     cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
