/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "layout/layout.h"

#define FD2 (2 * MIB)
#define FD4 (4 * MIB)
#define G4 (4 * GIB)

/* Reads @n bytes of text as a layout file; @l may be NULL. */
static bool read_bytes(const char *text, size_t n, struct layout *l, struct diag *d)
{
    char path[] = "/tmp/hvmbed-layout-XXXXXX";
    struct layout unused;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), (ssize_t)n);
    close(fd);
    memset(d, 0, sizeof *d);
    bool ok = layout_read(path, l != NULL ? l : &unused, d);
    if (!ok && d->file[0] != '\0')
        assert_string_equal(d->file, path);
    unlink(path);
    return ok;
}

static void must_read(const char *text, struct layout *l)
{
    struct diag d;
    if (!read_bytes(text, strlen(text), l, &d))
        fail_msg("line %u: %s\nin: %s", d.line, d.message, text);
}

static void must_resolve(const struct layout *l, uint64_t image, struct guest_memory *g)
{
    struct diag d = {0};
    if (!layout_resolve(l, image, g, &d))
        fail_msg("%s", d.message);
}

static void same_e820(const struct e820_map *m, const struct e820_entry *want, size_t n)
{
    assert_int_equal(m->nr, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(m->e[i].at.start, want[i].at.start);
        assert_int_equal(m->e[i].at.end, want[i].at.end);
        assert_int_equal(m->e[i].type, want[i].type);
    }
}

/* The HVM table of Xen 4.15 and later around the two ends of RAM. */
static void same_hvm_e820(const struct e820_map *m, uint64_t low_end, uint64_t high_end)
{
    const struct e820_entry want[] = {
        {{0, 0xa0000}, E820_TYPE_RAM},          {{0xf0000, 0x100000}, E820_TYPE_RESERVED},
        {{0x100000, low_end}, E820_TYPE_RAM},   {{0xfc000000, 0xfc00b000}, E820_TYPE_NVS},
        {{0xfc00b000, G4}, E820_TYPE_RESERVED}, {{G4, high_end}, E820_TYPE_RAM},
    };
    same_e820(m, want, high_end != 0 ? 6 : 5);
}

/* @rsdp is the page after @n pages of tables. */
static void same_pvh_e820(const struct e820_map *m, uint64_t low_end, uint64_t high_end, uint64_t rsdp, uint32_t acpi)
{
    const struct e820_entry want[] = {
        {{0, low_end}, E820_TYPE_RAM}, {{0xfeff8000, 0xff000000}, E820_TYPE_RESERVED},
        {{rsdp, rsdp + 64}, acpi},     {{0xfc000000, 0xfc001000}, acpi},
        {{0xfc001000, rsdp}, acpi},    {{G4, high_end}, E820_TYPE_RAM},
    };
    same_e820(m, want, high_end != 0 ? 6 : 5);
}

/* Observed with Debian's hvmloader 4.17. @cmos is what 34/35 hold. */
static void hvm_tables(void **state)
{
    (void)state;
    static const struct {
        const char *cfg;
        uint64_t image, mmio_start, low_end, high_end;
        uint64_t stolen;
        unsigned cmos;
    } rows[] = {
        {"memory=256\nvga=\"none\"\nbed_slack_pages=\"ample\"", FD2, 0xF0000000, 0x10000000, 0, 0, 0x0F00},
        {"memory=1024\nvga=\"none\"\nbed_slack_pages=\"ample\"", FD2, 0xF0000000, 0x40000000, 0, 0, 0x3F00},
        {"memory=4096\nvga=\"none\"\nbed_slack_pages=\"ample\"", FD2, 0xF0000000, 0xF0000000, 0x110000000, 0, 0xEF00},
        {"memory=8192\nvga=\"none\"\nbed_slack_pages=\"ample\"", FD2, 0xF0000000, 0xF0000000, 0x210000000, 0, 0xEF00},
        {"memory=4096\nvga=\"none\"\nbed_slack_pages=\"ample\"\nmmio_hole=2048", FD2, 0x80000000, 0x80000000,
         0x180000000, 0, 0x7F00},
        {"memory=8192\nvga=\"none\"\nbed_slack_pages=\"ample\"\nmmio_hole=1024", FD2, 0xC0000000, 0xC0000000,
         0x240000000, 0, 0xBF00},
        {"memory=256\nvga=\"stdvga\"\nbed_slack_pages=192", FD2, 0xF0000000, 0x0EEB4000, 0, 332, 0x0DEB},
        {"memory=1024\nvga=\"stdvga\"\nbed_slack_pages=192", FD2, 0xF0000000, 0x3EEB4000, 0, 332, 0x3DEB},
        {"memory=1024\nstdvga=1\nvif=['']", FD4, 0xF0000000, 0x3ECB4000, 0, 844, 0x3DCB},
        {"memory=4096\nvif=['']\nstdvga=1", FD2, 0xF0000000, 0xF0000000, 0x10EEB4000, 332, 0xEF00},
        {"memory=8192\nvif=['']\nstdvga=1", FD2, 0xF0000000, 0xF0000000, 0x20EEB4000, 332, 0xEF00},
        {"memory=4096\nvif=['']\nstdvga=1\nmmio_hole=2048", FD4, 0x80000000, 0x80000000, 0x17ECB4000, 844, 0x7F00},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct layout l;
        struct guest_memory g;
        (void)snprintf(text, sizeof text, "type=\"hvm\"\n%s\n", rows[i].cfg);
        must_read(text, &l);
        must_resolve(&l, rows[i].image, &g);
        assert_int_equal(g.mmio_start, rows[i].mmio_start);
        assert_int_equal(g.low_end, rows[i].low_end);
        assert_int_equal(g.high_end, rows[i].high_end);
        assert_int_equal(g.stolen_pages, rows[i].stolen);
        assert_int_equal((g.cmos_low_ram - 16 * MIB) / (64 * KIB), rows[i].cmos);
        assert_int_equal(g.cmos_low_ram % (64 * KIB), 0);
        assert_int_equal(g.acpi_pages, 10);
        assert_int_equal(g.image.start, G4 - rows[i].image);
        assert_int_equal(g.image.end, G4);
        same_hvm_e820(&g.e820, rows[i].low_end, rows[i].high_end);
        /* The plan covers what the builder populated, too. */
        assert_int_equal(guest_top(&g), rows[i].high_end != 0 ? rows[i].high_end + rows[i].stolen * PAGE_SIZE : G4);
    }
}

static void pvh_tables(void **state)
{
    (void)state;
    static const struct {
        const char *cfg;
        uint64_t low_end, high_end, rsdp;
        uint32_t acpi;
    } rows[] = {
        {"memory=256", 0x10000000, 0, 0xFC008000, E820_TYPE_ACPI},
        {"memory=1024\nvcpus=9", 0x40000000, 0, 0xFC008000, E820_TYPE_ACPI},
        {"memory=1024\nvcpus=10", 0x40000000, 0, 0xFC009000, E820_TYPE_ACPI},
        {"memory=1024\nvcpus=2\nmaxvcpus=128", 0x40000000, 0, 0xFC009000, E820_TYPE_ACPI},
        {"memory=4096\nbed_xen_version=\"4.20\"", 0xFC000000, 0x104000000, 0xFC008000, E820_TYPE_ACPI},
        {"memory=8192\nacpi=0\nmmio_hole=1", 0xFC000000, 0x204000000, 0xFC008000, E820_TYPE_ACPI},
        {"memory=4032", 0xFC000000, 0, 0xFC008000, E820_TYPE_ACPI},
        {"memory=4033", 0xFC000000, 0x100100000, 0xFC008000, E820_TYPE_ACPI},
        {"memory=4096\nbed_xen_version=\"4.21\"", 0xFC000000, 0x104000000, 0xFC006000, E820_TYPE_NVS},
        {"memory=256\nvcpus=128\nbed_xen_version=\"4.22\"", 0x10000000, 0, 0xFC006000, E820_TYPE_NVS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct layout l;
        struct guest_memory g;
        (void)snprintf(text, sizeof text, "type=\"pvh\"\n%s\n", rows[i].cfg);
        must_read(text, &l);
        must_resolve(&l, FD2, &g);
        assert_int_equal(g.mmio_start, 0xFC000000);
        assert_int_equal(g.low_end, rows[i].low_end);
        assert_int_equal(g.high_end, rows[i].high_end);
        assert_int_equal(g.stolen_pages, 0);
        assert_int_equal(g.cmos_low_ram, 0);
        assert_int_equal(g.image.start, 0x100000);
        assert_int_equal(g.image.end, 0x300000);
        same_pvh_e820(&g.e820, rows[i].low_end, rows[i].high_end, rows[i].rsdp, rows[i].acpi);
    }
}

static void presets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum guest_type type;
        uint64_t low_end, high_end;
    } rows[] = {
        {"hvm-256m", GUEST_HVM, 0x10000000, 0},
        {"hvm-1g", GUEST_HVM, 0x40000000, 0},
        {"hvm-4g", GUEST_HVM, 0xF0000000, 0x110000000},
        {"hvm-8g", GUEST_HVM, 0xF0000000, 0x210000000},
        {"hvm-256m-stolen", GUEST_HVM, 0x0EEB4000, 0},
        {"hvm-1g-stolen", GUEST_HVM, 0x3EEB4000, 0},
        {"hvm-4g-stolen", GUEST_HVM, 0xF0000000, 0x10EEB4000},
        {"hvm-8g-stolen", GUEST_HVM, 0xF0000000, 0x20EEB4000},
        {"pvh-256m", GUEST_PVH, 0x10000000, 0},
        {"pvh-1g", GUEST_PVH, 0x40000000, 0},
        {"pvh-4g", GUEST_PVH, 0xFC000000, 0x104000000},
        {"pvh-8g", GUEST_PVH, 0xFC000000, 0x204000000},
    };
    const char *src = getenv("SRC");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[300];
        struct layout l;
        struct guest_memory g;
        struct diag d = {0};
        (void)snprintf(path, sizeof path, "%s/layouts/%s.cfg", src != NULL ? src : ".", rows[i].name);
        if (!layout_read(path, &l, &d))
            fail_msg("%s:%u: %s", d.file, d.line, d.message);
        assert_string_equal(l.path, path);
        assert_int_equal(l.type, rows[i].type);
        assert_int_equal(l.vcpus, 1);
        must_resolve(&l, FD2, &g);
        if (l.type == GUEST_HVM)
            same_hvm_e820(&g.e820, rows[i].low_end, rows[i].high_end);
        else
            same_pvh_e820(&g.e820, rows[i].low_end, rows[i].high_end, 0xFC008000, E820_TYPE_ACPI);
    }
}

static void old_xen_and_no_acpi(void **state)
{
    (void)state;
    static const struct e820_entry one_reserved[] = {
        {{0, 0xa0000}, E820_TYPE_RAM},
        {{0xf0000, 0x100000}, E820_TYPE_RESERVED},
        {{0x100000, 0x3eeb4000}, E820_TYPE_RAM},
        {{0xfc000000, G4}, E820_TYPE_RESERVED},
    };
    struct layout l;
    struct guest_memory g;
    must_read("type='hvm'\nmemory=1024\nvif=['']\nstdvga=1\nbed_xen_version='4.14'\n", &l);
    must_resolve(&l, FD2, &g);
    same_e820(&g.e820, one_reserved, 4);
    must_read("type='hvm'\nmemory=1024\nvif=['']\nstdvga=1\nbed_xen_version='4.15'\n", &l);
    must_resolve(&l, FD2, &g);
    same_hvm_e820(&g.e820, 0x3eeb4000, 0);

    /* Without ACPI its 11 pages are not wanted either. */
    must_read("type='hvm'\nmemory=1024\nvif=['']\nstdvga=1\nacpi=0\n", &l);
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.acpi_pages, 0);
    assert_int_equal(g.stolen_pages, 321);
    struct e820_entry want[4];
    memcpy(want, one_reserved, sizeof want);
    want[2].at.end = 0x3eebf000;
    same_e820(&g.e820, want, 4);
}

/* Where stealing uses up high RAM and goes on in low RAM. */
static void stealing_across_4g(void **state)
{
    (void)state;
    struct layout l;
    struct guest_memory g;
    must_read("type='hvm'\nmemory=3841\nvga='none'\nbed_slack_pages=192\n", &l); /* 256 pages above 4 GiB */
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.stolen_pages, 332);
    assert_int_equal(g.high_end, 0);
    assert_int_equal(g.low_end, 0xF0000000 - (332 - 256) * PAGE_SIZE);
    /* hvmloader leaves the last page of the high entry in its map. */
    same_hvm_e820(&g.e820, g.low_end, G4 + PAGE_SIZE);

    l.slack_pages = 524 - 255; /* one page stays */
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.high_end, G4 + PAGE_SIZE);
    assert_int_equal(g.low_end, 0xF0000000);
    same_hvm_e820(&g.e820, 0xF0000000, G4 + PAGE_SIZE);

    l.slack_pages = 524 - 256; /* none stays */
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.high_end, 0);
    assert_int_equal(g.low_end, 0xF0000000);
    same_hvm_e820(&g.e820, 0xF0000000, G4 + PAGE_SIZE);

    l.slack_pages = 524;
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.stolen_pages, 0);
    l.slack_pages = 523;
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.stolen_pages, 1);
}

static void images(void **state)
{
    (void)state;
    static const struct {
        enum guest_type type;
        uint64_t memory, slack, size;
        struct span at;      /* where it fits, or empty */
        const char *message; /* where it does not */
    } rows[] = {
        {GUEST_HVM, GIB, SLACK_AMPLE, 0x1E0000, {0xFFE00000, 0xFFFE0000}, NULL}, /* not up to 4 GiB */
        {GUEST_HVM, GIB, SLACK_AMPLE, 0x10000, {0xFFF00000, 0xFFF10000}, NULL},
        {GUEST_HVM, GIB, SLACK_AMPLE, 16 * MIB, {0xFF000000, G4}, NULL},
        {GUEST_HVM, GIB, SLACK_AMPLE, 17 * MIB, {0, 0}, "special pages"},
        {GUEST_HVM, GIB, SLACK_AMPLE, 0, {0, 0}, "empty"},
        {GUEST_HVM, 4 * MIB, SLACK_AMPLE, FD2, {0xFFE00000, G4}, NULL},
        {GUEST_HVM, 3 * MIB, SLACK_AMPLE, FD2, {0, 0}, "does not fit"},
        {GUEST_HVM, 4 * MIB, 0, FD2, {0, 0}, "take 524 pages"},
        {GUEST_HVM, GIB, SLACK_AMPLE, UINT64_MAX, {0, 0}, "does not fit"},
        {GUEST_PVH, GIB, SLACK_AMPLE, FD4, {0x100000, 0x500000}, NULL},
        {GUEST_PVH, GIB, SLACK_AMPLE, UINT64_MAX, {0, 0}, "does not fit"},
        {GUEST_PVH, 3 * MIB, SLACK_AMPLE, FD2 - PAGE_SIZE, {0x100000, 0x2ff000}, NULL},
        {GUEST_PVH, 3 * MIB, SLACK_AMPLE, FD2, {0, 0}, "does not fit"}, /* no page for the start info */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct layout l;
        struct guest_memory g;
        struct diag d = {0};
        layout_default(&l);
        l.type = rows[i].type;
        l.memory = l.maxmem = rows[i].memory;
        l.slack_pages = rows[i].slack;
        assert_int_equal(layout_resolve(&l, rows[i].size, &g, &d), rows[i].message == NULL);
        if (rows[i].message != NULL) {
            if (strstr(d.message, rows[i].message) == NULL)
                fail_msg("row %zu: %s", i, d.message);
        } else {
            assert_int_equal(g.image.start, rows[i].at.start);
            assert_int_equal(g.image.end, rows[i].at.end);
        }
        assert_false(rows[i].message != NULL && layout_resolve(&l, rows[i].size, &g, NULL));
    }
}

static void defaults(void **state)
{
    (void)state;
    struct layout l;
    layout_default(&l);
    assert_int_equal(l.slack_pages, SLACK_AMPLE);
    assert_int_equal(l.memory, GIB);

    must_read("# comment\nname='x'\nbuilder = \"hvm\"\nmaxmem=512; vcpus=4\nvtpm=['a,b', [ 'bed_x' ], 3]\n"
              "extra = 'bed_e821=\"'\n",
              &l);
    assert_int_equal(l.type, GUEST_HVM);
    assert_int_equal(l.memory, 512 * MIB);
    assert_int_equal(l.maxmem, 512 * MIB);
    assert_int_equal(l.videoram, 8 * MIB); /* a Cirrus card */
    assert_int_equal(l.mmio_hole, 0);
    assert_int_equal(l.vcpus, 4);
    assert_true(l.acpi);
    assert_int_equal(l.xen_major, 4);
    assert_int_equal(l.xen_minor, 17);
    assert_int_equal(l.phys_bits, 40);
    assert_true(l.page_1g);
    assert_int_equal(l.vendor, VENDOR_INTEL);
    assert_int_equal(l.fill, 0);
    assert_int_equal(l.slack_pages, 256); /* the ROM of the video card, and no network card */
    assert_int_equal(l.dev.nics, 0);
    assert_false(l.has_cmos_low_ram);
    assert_false(l.has_e820);
}

static void keys(void **state)
{
    (void)state;
    struct layout l;
    struct guest_memory g;
    must_read("type='hvm'\nmemory=1024\nmemory=256\nmaxmem=0x800\nvga='qxl'\nacpi=0\nmmio_hole=512\n"
              "bed_xen_version='4.21'\nbed_phys_bits=39\nbed_page_1g=0\nbed_vendor='amd'\n"
              "bed_fill='0xAF00CAFE12345678'\nbed_slack_pages=7\nbed_cmos_low_ram='1000M'\nbed_pci_bar64='8G'\n",
              &l);
    assert_int_equal(l.memory, 256 * MIB); /* the last one counts, as in xl */
    assert_int_equal(l.maxmem, 2048 * MIB);
    assert_int_equal(l.videoram, 128 * MIB);
    assert_int_equal(l.mmio_hole, 512 * MIB);
    assert_false(l.acpi);
    assert_int_equal(l.xen_minor, 21);
    assert_int_equal(l.phys_bits, 39);
    assert_false(l.page_1g);
    assert_int_equal(l.vendor, VENDOR_AMD);
    assert_int_equal(l.fill, 0xAF00CAFE12345678);
    assert_int_equal(l.slack_pages, 7);
    assert_int_equal(l.pci_bar64, 8 * GIB);
    assert_true(l.has_cmos_low_ram);
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.mmio_start, 0xE0000000);
    assert_int_equal(g.low_end, 0x78000000 - 506 * PAGE_SIZE); /* maxmem, not memory */
    assert_int_equal(g.cmos_low_ram, 1000 * MIB);

    must_read("type='hvm'\nmemory=256\nvga='none'\nvideoram=4\nbed_cmos_low_ram=20000001\nbed_fill=0xff\n", &l);
    assert_int_equal(l.videoram, 4 * MIB);
    assert_int_equal(l.fill, 0xff);
    must_resolve(&l, FD2, &g);
    assert_int_equal(g.cmos_low_ram, 20000001 / 65536 * 65536);

    must_read("type='pvh'\nmemory=256\nvga='nonsense'\nstdvga=1\nmmio_hole=3\n", &l); /* xl ignores them */
    assert_int_equal(l.videoram, 0);
    assert_int_equal(l.mmio_hole, 0);
}

static void own_e820(void **state)
{
    (void)state;
    static const struct e820_entry want[] = {
        {{0x100000000, 0x123456789a}, E820_TYPE_RAM},   {{0, 0xa0000}, E820_TYPE_RAM},
        {{0x100000, 0x40000000}, E820_TYPE_RAM},        {{0x40000000, 0x40000001}, 0x12},
        {{0x50000000, 0x60000000}, E820_TYPE_UNUSABLE},
    };
    struct layout l;
    struct guest_memory g;
    must_read("type='hvm'\nmemory=512\nvga='none'\nbed_slack_pages=192\n"
              "bed_e820 = [ '0x100000000-0x123456789A RAM', # high first\n"
              "  '0-a0000 ram', \" 100000 - 0X40000000\tRAM\",\n"
              "]\nbed_e820 += ['0x40000000-0x40000001 18', '50000000-60000000 unusable']\n",
              &l);
    assert_true(l.has_e820);
    must_resolve(&l, FD2, &g);
    same_e820(&g.e820, want, 5);                              /* in the order given */
    assert_int_equal(g.low_end, 512 * MIB - 332 * PAGE_SIZE); /* what is populated stays */
    assert_int_equal(g.high_end, 0);
    assert_int_equal(guest_top(&g), 0x1234568000);
}

/* @line 0: the message is not about a line. */
#define HVM "type='hvm'\nmemory=512\n" /* two lines */
static const struct {
    const char *text;
    unsigned line;
    const char *message;
} hostile[] = {
    {"\n", 0, "type is missing"},
    {"memory=512\n", 0, "type=\"hvm\" or type=\"pvh\""},
    {"type='pv'\nmemory=512\n", 1, "cannot boot OVMF"},
    {"type='HVM'\nmemory=512\n", 1, "cannot boot OVMF"},
    {"builder='generic'\nmemory=512\n", 1, "cannot boot OVMF"},
    {"builder='pvh'\nmemory=512\n", 1, "cannot boot OVMF"},
    {"type='pvh'\nmemory=512\n\nbuilder='hvm'\n", 4, "contradicts"},
    {"type='hvm'\nbuilder='generic'\nmemory=512\n", 2, "contradicts"},
    {"type=['hvm']\nmemory=512\n", 1, "list"},
    {"type='\xff\x1b[2J'\nmemory=512\n", 1, "type=\"??[2J\""},
    {"type='hvm'\n", 0, "memory is missing"},
    {"type='hvm'\nmemory=0\n", 2, "from 1 to"},
    {"type='hvm'\nmemory=-1\n", 2, "lexical error"},
    {"type='hvm'\nmemory='-1'\n", 2, "from 1 to"},
    {"type='hvm'\nmemory='512M'\n", 2, "not a valid number"},
    {"type='hvm'\nmemory=512M\n", 2, "lexical error"},
    {"type='hvm'\nmemory=99999999999999999999\n", 2, "number"},
    {"type='hvm'\nmemory=16777217\n", 2, "from 1 to 16777216"},
    {"type='hvm'\nmemory=16777216\n", 2, "bed_phys_bits"},
    {"type='hvm'\nmemory=8\nvga='none'\nmaxmem=16777216\n", 4, "bed_phys_bits"},
    {"type='hvm'\nmemory=512\nmemory=[1]\n", 3, "list"},
    {"type='hvm'\nmemory=2\nvga='none'\n", 2, "does not fit"},
    {"type='pvh'\nmemory=1\n", 2, "does not fit"},
    {"type='hvm'\nmemory=8\n", 2, "leave nothing"},
    {HVM "memory=0\n", 3, "from 1 to"},
    {HVM "maxmem=511\n", 3, "less than memory"},
    {HVM "vcpus=0\n", 3, "from 1 to 128"},
    {HVM "vcpus=129\n", 3, "from 1 to 128"},
    {HVM "vcpus=2\nmaxvcpus=1\n", 4, "less than vcpus"},
    {HVM "mmio_hole=255\n", 3, "from 256 to 3840"},
    {HVM "mmio_hole=3841\n", 3, "from 256 to 3840"},
    {HVM "vga='voodoo'\n", 3, "voodoo"},
    {HVM "stdvga=1\nvideoram=15\n", 4, "too little"},
    {HVM "videoram='-1'\n", 3, "from 0"},
    {HVM "videoram=7\n", 3, "too little"},
    {HVM "bed_e280=[]\n", 3, "did you mean bed_e820"},
    {HVM "vcpus=1\n#\n  bed_physbits = 40\n", 5, "did you mean bed_phys_bits"},
    {HVM "x=[\n'bed_a',\n2]; bed_fil=1\n", 5, "bed_fill"},
    {HVM "bed_averyveryveryveryveryveryveryveryveryveryveryveryveryveryverylongname=1\n", 3, "no key is called"},
    {HVM "bed_xen_version='4'\n", 3, "version"},
    {HVM "bed_xen_version=4.17\n", 3, "lexical error"},
    {HVM "bed_xen_version='4.17x'\n", 3, "version"},
    {HVM "bed_xen_version='3.4'\n", 3, "from \"4.7\""},
    {HVM "bed_xen_version='4.6'\n", 3, "from \"4.7\""},
    {"type='pvh'\nmemory=512\nbed_xen_version='4.10'\n", 3, "from \"4.11\""},
    {HVM "bed_xen_version='4.99999999999999999999'\n", 3, "version"},
    {HVM "bed_phys_bits=31\n", 3, "from 32 to 52"},
    {HVM "bed_phys_bits=53\n", 3, "from 32 to 52"},
    {HVM "bed_phys_bits='4G'\n", 3, "from 32 to 52"},
    {HVM "bed_phys_bits=''\n", 3, "must be a number"},
    {HVM "bed_phys_bits='forty'\n", 3, "must be a number"},
    {HVM "bed_page_1g=2\n", 3, "from 0 to 1"},
    {HVM "bed_vendor='via'\n", 3, "intel"},
    {HVM "bed_fill='0x10000000000000000'\n", 3, "must be a number"},
    {HVM "bed_fill='0x'\n", 3, "must be a number"},
    {HVM "bed_fill='99999999999999999999'\n", 3, "must be a number"},
    {HVM "bed_fill='18446744073709551616'\n", 3, "must be a number"},
    {HVM "bed_fill='18014398509481984K'\n", 3, "must be a number"},
    {HVM "bed_slack_pages='plenty'\n", 3, "must be a number"},
    {HVM "bed_pci_bar64='3G'\n", 3, "power of two"},
    {HVM "bed_pci_bar64=2048\n", 3, "from 4096 to 1099511627776"},
    {HVM "bed_pci_bar64='2048G'\n", 3, "from 4096 to"},
    {"type='pvh'\nmemory=256\nbed_pci_bar64='1G'\n", 3, "PVH"},
    {HVM "bed_cmos_low_ram=1\n", 3, "from 1048576"},
    {HVM "bed_cmos_low_ram='8G'\n", 3, "from 1048576"},
    {"type='pvh'\nmemory=512\nbed_cmos_low_ram='512M'\n", 3, "PVH"},
    {"type='pvh'\nmemory=512\nbed_slack_pages=1\n", 3, "PVH"},
    {"type='pvh'\nmemory=512\nbed_slack_pages='ample'\n", 3, "PVH"},
    {HVM "bed_e820='0-1000 RAM'\n", 3, "should be a list"},
    {HVM "bed_e820=[]\n", 3, "no RAM at 0x100000"},
    {HVM "bed_e820=[\n[1]]\n", 3, "not a string"},
    {HVM "bed_e820=['0-100000 RAM']\n", 3, "no RAM at 0x100000"},
    {HVM "bed_e820=['0-200000 RESERVED']\n", 3, "no RAM at 0x100000"},
    {HVM "bed_e820=['0-200000 RAM',\n'300000-200000 RAM']\n", 4, "ends before it starts"},
    {HVM "bed_e820=['0-200000 RAM',\n\n'300000-0 RAM']\n", 5, "wraps"},
    {HVM "bed_e820=['0-200000 RAM', '300000-300000 RAM']\n", 3, "is empty"},
    {HVM "bed_e820=['0-200000 RAM',\n'1fffff-300000 RAM']\n", 4, "overlaps entry 0, 0x0-0x200000"},
    {HVM "bed_e820=['0-200000 RAM']\nbed_e820+=['0-300000 NVS']\n", 4, "entry 1: \"0-300000 NVS\" overlaps"},
    {HVM "bed_e820=['0-200000 RAM', '200000-10000000001 RAM']\n", 3, "40 physical address bits"},
    {HVM "bed_e820=['0-10000000000000000 RAM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0-200000']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0-200000RAM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0-200000 ROM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0-200000 0']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0 200000 RAM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['-200000 RAM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['0-zz RAM']\n", 3, "START-END TYPE"},
    {HVM "bed_e820=['']\n", 3, "START-END TYPE"},
    {HVM "import os\n", 3, "parsing error"},
    {HVM "x=[1,\n2\n", 4, "parsing error"},
    {HVM "x='abc\n", 3, "lexical error"},
    {HVM "x='\\q'\n", 3, "invalid character after"},
    {HVM "x=1\ny=\x01\x1b[31m\n", 4, "lexical error"},
    {"type='hvm'\r\nmemory=512\r\n", 1, "CR LF"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct layout l, untouched;
        struct diag d;
        memset(&l, 0x5A, sizeof l);
        untouched = l;
        if (read_bytes(hostile[i].text, strlen(hostile[i].text), &l, &d))
            fail_msg("accepted: %s", hostile[i].text);
        if (d.line != hostile[i].line || strstr(d.message, hostile[i].message) == NULL)
            fail_msg("for\n%sline %u: %s\nwanted line %u: %s", hostile[i].text, d.line, d.message, hostile[i].line,
                     hostile[i].message);
        assert_non_null(d.file);
        for (const char *c = d.message; *c != '\0'; c++)
            assert_true(*c >= ' ' && *c <= '~'); /* one line, no escape sequences */
        assert_memory_equal(&l, &untouched, sizeof l);
        assert_false(read_bytes(hostile[i].text, strlen(hostile[i].text), NULL, &d));
    }
}

static void too_many_entries(void **state)
{
    (void)state;
    char *text = malloc(20000);
    size_t n = 0;
    struct diag d;
    struct layout l;
    assert_non_null(text);
    for (int nr = 128; nr <= 129; nr++) {
        n = (size_t)sprintf(text, "type='hvm'\nmemory=512\nbed_e820=[\n");
        for (int i = 0; i < nr; i++)
            n += (size_t)sprintf(text + n, "'%x000-%x000 RAM',\n", i * 16, i * 16 + 16);
        n += (size_t)sprintf(text + n, "]\n");
        assert_int_equal(read_bytes(text, n, &l, &d), nr == 128);
    }
    assert_int_equal(d.line, 3);
    assert_non_null(strstr(d.message, "129 entries"));
    free(text);
}

static void unreadable(void **state)
{
    (void)state;
    struct layout l;
    struct diag d;
    static const struct {
        const char *path, *message;
    } rows[] = {
        {"/", "Is a directory"},
        {"/nonexistent/layout.cfg", "No such file"},
        {"/dev/null", "empty"},
        {"/dev/zero", "1 MiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(layout_read(rows[i].path, &l, &d));
        assert_int_equal(d.line, 0);
        assert_string_equal(d.file, rows[i].path);
        assert_non_null(strstr(d.message, rows[i].message));
        assert_false(layout_read(rows[i].path, &l, NULL));
    }
    assert_false(read_bytes("type='hvm'\nmem\0ory=1\n", 21, NULL, &d));
    assert_int_equal(d.line, 2);
    assert_non_null(strstr(d.message, "NUL"));

    static const char guest[] = {"type='hvm'\nmemory=512\n"};
    char *big = malloc(MIB + 1);
    assert_non_null(big);
    memset(big, '\n', MIB + 1);
    memcpy(big, guest, sizeof guest - 1);
    assert_true(read_bytes(big, MIB, NULL, &d));
    assert_false(read_bytes(big, MIB + 1, NULL, &d));
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hvm_tables),
        cmocka_unit_test(pvh_tables),
        cmocka_unit_test(presets),
        cmocka_unit_test(old_xen_and_no_acpi),
        cmocka_unit_test(stealing_across_4g),
        cmocka_unit_test(images),
        cmocka_unit_test(defaults),
        cmocka_unit_test(keys),
        cmocka_unit_test(own_e820),
        cmocka_unit_test(refuses),
        cmocka_unit_test(too_many_entries),
        cmocka_unit_test(unreadable),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
