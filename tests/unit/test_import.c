/* SPDX-License-Identifier: GPL-2.0-or-later */
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

#include "layout/import.h"

#define G4 (4 * GIB)

static bool import_bytes(const char *text, size_t n, const char *format, struct import *r, struct diag *d)
{
    struct import_options o = {.name = "log", .format = format != NULL ? e820_format_find(format) : NULL};
    memset(d, 0, sizeof *d);
    return import_log(text, n, &o, r, d);
}

static void must_import(const char *text, struct import *r)
{
    struct diag d;
    if (!import_bytes(text, strlen(text), NULL, r, &d))
        fail_msg("line %u: %s", d.line, d.message);
}

static void must_refuse(const char *text, size_t n, unsigned line, const char *part)
{
    struct import r;
    struct diag d;
    assert_false(import_bytes(text, n, NULL, &r, &d));
    assert_string_equal(d.file, "log");
    if (d.line != line || strstr(d.message, part) == NULL)
        fail_msg("line %u (want %u): %s (want %s)", d.line, line, d.message, part);
    assert_null(strchr(d.message, '\n'));
}

static void same_map(const struct e820_map *a, const struct e820_map *b)
{
    assert_int_equal(a->nr, b->nr);
    for (unsigned i = 0; i < a->nr; i++) {
        assert_int_equal(a->e[i].at.start, b->e[i].at.start);
        assert_int_equal(a->e[i].at.end, b->e[i].at.end);
        assert_int_equal(a->e[i].type, b->e[i].type);
    }
}

/* Writes what was found as a layout file, reads that back and resolves it: the E820 must be the same. */
static void must_read_back(const struct import *r, struct layout *l)
{
    char path[] = "/tmp/hvmbed-import-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    import_write(r, "a \n\"log\"", f);
    assert_int_equal(fclose(f), 0);

    struct diag d = {0};
    struct guest_memory g = {0};
    bool ok = layout_read(path, l, &d) && layout_resolve(l, 2 * MIB, &g, &d);
    unlink(path);
    if (!ok)
        fail_msg("line %u: %s", d.line, d.message);
    assert_int_equal(l->type, r->layout.type);
    assert_int_equal(l->memory, r->layout.memory);
    same_map(&g.e820, &r->layout.e820);
}

static void has_entry(const struct import *r, unsigned i, uint64_t start, uint64_t end, uint32_t type)
{
    assert_true(i < r->layout.e820.nr);
    assert_int_equal(r->layout.e820.e[i].at.start, start);
    assert_int_equal(r->layout.e820.e[i].at.end, end);
    assert_int_equal(r->layout.e820.e[i].type, type);
}

static const char hvmloader_log[] = "(d1) HVM Loader\n"
                                    "(d1) Detected Xen v4.16.2\n"
                                    "(d1) Multiprocessor initialisation:\n"
                                    "(d1)  - CPU0 ... 39-bit phys ... fixed MTRRs ... var MTRRs [1/8] ... done.\n"
                                    "(d1)  - CPU1 ... 39-bit phys ... fixed MTRRs ... var MTRRs [1/8] ... done.\n"
                                    "(d1) E820 table:\n"
                                    "(d1)  [00]: 00000000:00000000 - 00000000:000a0000: RAM\n"
                                    "(d1)  HOLE: 00000000:000a0000 - 00000000:000f0000\n"
                                    "(d1)  [01]: 00000000:000f0000 - 00000000:00100000: RESERVED\n"
                                    "(d1)  [02]: 00000000:00100000 - 00000000:f0000000: RAM\n"
                                    "(d1)  HOLE: 00000000:f0000000 - 00000000:fc000000\n"
                                    "(d1)  [03]: 00000000:fc000000 - 00000000:fc00b000: NVS\n"
                                    "(d1)  [04]: 00000000:fc00b000 - 00000001:00000000: RESERVED\n"
                                    "(d1)  [05]: 00000001:00000000 - 00000001:0eeb4000: RAM\n"
                                    "(d1) Invoking OVMF ...\n";

static void from_hvmloader(void **state)
{
    (void)state;
    struct import r;
    struct layout l;
    must_import(hvmloader_log, &r);
    assert_string_equal(r.format->name, "hvmloader");
    assert_string_equal(r.origin, "d1");
    assert_int_equal(r.line, 7);
    assert_int_equal(r.tables, 1);
    assert_int_equal(r.nr_notes, 0);
    assert_int_equal(r.layout.e820.nr, 6);
    has_entry(&r, 3, 0xFC000000, 0xFC00B000, E820_TYPE_NVS);
    must_read_back(&r, &l);
    assert_int_equal(l.type, GUEST_HVM);
    assert_int_equal(l.xen_minor, 16);
    assert_int_equal(l.phys_bits, 39);
    assert_int_equal(l.vcpus, 2);
    assert_int_equal(l.memory, 4079 * MIB); /* 0xF0000000 + 0xEEB4000, rounded up */
    assert_int_equal(l.mmio_hole, 0);
}

/* The same lines under every prefix. */
static void prefixes(void **state)
{
    (void)state;
    static const char *const prefix[] = {
        "",
        "(XEN) ",
        "(XEN) [2024-01-02 03:04:05] (d1) ",
        "(XEN) [2024-01-02 03:04:05.123] (d12v0) ",
        "(XEN) [    12.345678] ",
        "[2024-01-02 03:04:05] (d1) ",
        "[    0.000000] ",
        "[    0.000000][    T0] ",
        "<6>[    0.000000] ",
        "[Tue Jan  2 03:04:05 2024] ",
        "Jan  2 03:04:05 host kernel: ",
        "Jan  2 03:04:05 host kernel: [    0.000000] ",
        "2024-01-02T03:04:05.678901+00:00 host kernel: ",
    };
    static const char *const lines[] = {
        " [00]: 00000000:00000000 - 00000000:40000000: RAM",
        "BIOS-e820: [mem 0x0000000000000000-0x000000003fffffff] usable",
        " BIOS-e820: 0000000000000000 - 0000000040000000 (usable)",
        "Xen: [mem 0x0000000000000000-0x000000003fffffff] usable",
        " Xen: 0000000000000000 - 0000000040000000 (usable)",
        "BIOS-e820: [mem 0x0000000000000000-0x000000003fffffff]   1 GB System RAM",
        " 0000000000000000 - 0000000040000000 (usable)",
        " [0000000000000000, 000000003fffffff] (usable)",
    };
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++) {
        for (size_t j = 0; j < sizeof lines / sizeof lines[0]; j++) {
            char text[300];
            struct import r;
            (void)snprintf(text, sizeof text, "%s%s\r\n", prefix[i], lines[j]);
            must_import(text, &r);
            assert_int_equal(r.layout.e820.nr, 1);
            has_entry(&r, 0, 0, 0x40000000, E820_TYPE_RAM);
        }
    }
}

static void from_dmesg(void **state)
{
    (void)state;
    static const char text[] =
        "[    0.000000] BIOS-provided physical RAM map:\n"
        "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
        "[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000003effffff] usable\n"
        "[    0.000000] BIOS-e820: [mem 0x000000003f000000-0x000000003f000fff] ACPI data\n"
        "[    0.000000] BIOS-e820: [mem 0x000000003f001000-0x000000003f001fff] ACPI NVS\n"
        "[    0.000000] BIOS-e820: [mem 0x000000003f002000-0x000000003f002fff] unusable\n"
        "[    0.000000] BIOS-e820: [mem 0x000000003f003000-0x000000003f003fff] type 20\n"
        "[    0.000000] BIOS-e820: [mem 0x000000003f004000-0x000000003f004fff] persistent (type 12)\n"
        "[    0.000000] BIOS-e820: [mem 0x0000010000000000-0x000001ffffffffff] reserved\n"
        "[    0.000000] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved\n"
        "[    0.000000] Hypervisor detected: Xen PVH\n"
        "[    0.000000] Xen version 4.21.\n"
        "[    0.000000] Booting paravirtualized kernel on Xen PVH\n";
    struct import r;
    struct layout l;
    must_import(text, &r);
    assert_int_equal(r.layout.e820.nr, 8);
    has_entry(&r, 0, 0, 0x9FC00, E820_TYPE_RAM);
    has_entry(&r, 5, 0x3F003000, 0x3F004000, 20);
    has_entry(&r, 6, 0x3F004000, 0x3F005000, 12);
    must_read_back(&r, &l);
    assert_int_equal(l.type, GUEST_PVH);
    assert_int_equal(l.xen_minor, 21);
    assert_int_equal(l.phys_bits, 41); /* as the last entry needs */
    assert_int_equal(l.memory, 1008 * MIB);
}

static void from_iomem(void **state)
{
    (void)state;
    static const char text[] = "00000000-00000fff : Reserved\n"
                               "00001000-0009fbff : System RAM\n"
                               "000a0000-000bffff : PCI Bus 0000:00\n"
                               "00100000-bfffffff : System RAM\n"
                               "  01000000-0220bb07 : Kernel code\n"
                               "  02000000-020fffff : Reserved\n"
                               "c0000000-c0000fff : ACPI Tables\n"
                               "c0001000-c0001fff : ACPI Non-volatile Storage\n"
                               "fec00000-fec003ff : IOAPIC 0\n"
                               "100000000-13fffffff : System RAM\n"
                               "13ffff000-13fffffff : RAM buffer\n";
    static const char hidden[] = "00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n";
    struct import r;
    struct layout l;
    must_import(text, &r);
    assert_int_equal(r.layout.e820.nr, 6);
    has_entry(&r, 3, 0xC0000000, 0xC0001000, E820_TYPE_ACPI);
    has_entry(&r, 5, G4, 0x140000000, E820_TYPE_RAM);
    must_read_back(&r, &l);
    assert_int_equal(l.mmio_hole, GIB);
    assert_int_equal(l.memory, 4 * GIB);
    must_refuse(hidden, strlen(hidden), 1, "root");
    must_refuse("00100000-3fffffff : System R", 28, 1, "cut off");
    must_refuse("12-31 10:00:00 a date\n00100000-3ffff\n", 36, 0, "no E820 table");
}

static void last_table_counts(void **state)
{
    (void)state;
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    fputs("(XEN) Xen-e820 RAM map:\n(XEN)  [0000000000000000, 0000000fffffffff] (usable)\n", f);
    fputs(hvmloader_log, f);
    /* Two guests at once. */
    fputs("(d2) E820 table:\n(d3) E820 table:\n"
          "(d2)  [00]: 00000000:00000000 - 00000000:20000000: RAM\n"
          "(d3)  [00]: 00000000:00000000 - 00000000:30000000: RAM\n"
          "(d2)  [01]: 00000000:fc000000 - 00000001:00000000: RESERVED\n"
          "(d3)  [01]: 00000000:fc000000 - 00000001:00000000: NVS\n",
          f);
    fclose(f);
    struct import r;
    struct diag d;
    assert_true(import_bytes(text, n, NULL, &r, &d));
    assert_int_equal(r.tables, 4);
    assert_string_equal(r.origin, "d3");
    assert_int_equal(r.layout.e820.nr, 2);
    has_entry(&r, 0, 0, 0x30000000, E820_TYPE_RAM);
    has_entry(&r, 1, 0xFC000000, G4, E820_TYPE_NVS);
    assert_false(r.vcpus_found); /* those were d1's */
    assert_true(r.nr_notes >= 1 && r.notes[0].doubt);
    assert_non_null(strstr(r.notes[0].text, "4 E820 tables"));

    assert_true(import_bytes(text, n, "xl-dmesg", &r, &d));
    assert_int_equal(r.tables, 1);
    has_entry(&r, 0, 0, 0x1000000000, E820_TYPE_RAM);
    assert_false(import_bytes(text, n, "iomem", &r, &d));
    assert_null(strstr(d.message, "hvmloader"));
    free(text);

    /* Without headers: the same boot twice. */
    must_import("BIOS-e820: [mem 0x0-0x9fff] usable\nBIOS-e820: [mem 0x100000-0x1fffffff] usable\n"
                "BIOS-e820: [mem 0x0-0x9fff] usable\nBIOS-e820: [mem 0x100000-0x2fffffff] usable\n",
                &r);
    assert_int_equal(r.tables, 2);
    has_entry(&r, 1, 0x100000, 0x30000000, E820_TYPE_RAM);
}

#define LOW "BIOS-e820: [mem 0x0000000000000000-0x000000003fffffff] usable\n"

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
        unsigned line;
    } rows[] = {
        {"", "no E820 table", 0},
        {"hello\nworld\n", "no E820 table", 0},
        {"E820 table:\n", "no E820 table", 0},
        {" [01]: 00000000:00000000 - 00000000:40000000: RAM\n", "lost lines", 1},
        {" [00]: 00000000:00000000 - 00000000:40000000: RAM\n [02]: 00000001:00000000 - 00000002:00000000: RAM\n",
         "[02] where [01]", 2},
        {" [00]: 00000000:00000000 - 000000000:140000000: RAM\n", "digits", 1},
        {" [00]: 00000000:00000000 - 00000000:4000", "cut off", 1},
        {" [00]: 00000000:00000000 - 00000000:40000000: RES\n", "type", 1},
        {" [00]: 00000000:00000000 - 00000000:40000000: UNKNOWN (00000000)\n", "type", 1},
        {" [00]: 00000000:00000000 - 00000000:00000000: RAM\n", "empty", 1},
        {" [00]: 00000000:40000000 - 00000000:00000000: RAM\n", "before it starts", 1},
        {LOW "BIOS-e820: [mem 0x10000000-0x1fffffff] reserved\n", "overlaps entry 0", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0xffffffffffffffff] reserved\n", "64-bit", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0x10000000000000000] reserved\n", "digits", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0x1fffffffffffff] reserved\n", "52", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0x1ffff", "cut off", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0x1ffffffff] somewhere\n", "type", 2},
        {LOW "BIOS-e820: [mem 0x100000000-0xfffffffffffff] usable\n", "memory cannot be more", 1},
        {"x\nBIOS-e820: [mem 0x200000-0x3fffffff] usable\n", "no RAM at 0x100000", 2},
        {"x\nBIOS-e820: [mem 0x0-0x13ffff] usable\n", "does not fit", 2},
        {"(XEN) [0000000000000000, 000000003fff", "cut off", 1},
        {"00100000-3fffffff : Unknown E820 type\n", "which type", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        must_refuse(rows[i].text, strlen(rows[i].text), rows[i].line, rows[i].part);
}

static void many_entries(void **state)
{
    (void)state;
    for (unsigned nr = E820_MAX; nr <= E820_MAX + 1; nr++) {
        char *text;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        assert_non_null(f);
        fputs("E820 table:\n", f);
        for (unsigned i = 0; i < nr; i++)
            fprintf(f, " [%02u]: 00000000:%08x - 00000000:%08x: %s\n", i, i * 0x400000, i * 0x400000 + 0x200000,
                    i < 100 ? "RAM" : "UNKNOWN (000000ab)");
        fclose(f);
        struct import r;
        struct layout l;
        struct diag d;
        if (nr == E820_MAX) {
            assert_true(import_bytes(text, n, NULL, &r, &d));
            has_entry(&r, 127, 0x1FC00000, 0x1FE00000, 0xAB);
            must_read_back(&r, &l);
        } else {
            must_refuse(text, n, E820_MAX + 2, "more than 128");
        }
        free(text);
    }
}

static void odd_bytes(void **state)
{
    (void)state;
    struct import r;
    struct diag d;
    static const char nuls[] = "\0\0\0\nBIOS-e820: [mem 0x0-0x3fffffff] usable\0\0\n\0";
    assert_true(import_bytes(nuls, sizeof nuls - 1, NULL, &r, &d));
    has_entry(&r, 0, 0, 0x40000000, E820_TYPE_RAM);

    size_t n = 1u << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, '[', n);
    memcpy(text + n - sizeof LOW, "\n" LOW, sizeof LOW);
    assert_true(import_bytes(text, n, NULL, &r, &d));
    assert_int_equal(r.line, 2);
    memset(text, 'f', n);
    assert_false(import_bytes(text, n, NULL, &r, &d));
    free(text);
}

/* A PV guest's map ignores the hole. */
static void across_the_hole(void **state)
{
    (void)state;
    struct import r;
    struct layout l;
    must_import("Xen: [mem 0x0000000000000000-0x000000000009ffff] usable\n"
                "Xen: [mem 0x0000000000100000-0x00000001ffffffff] usable\n",
                &r);
    assert_true(r.nr_notes >= 1);
    must_read_back(&r, &l);
    assert_int_equal(l.memory, 4 * GIB + 3840 * MIB);
}

static void export_text(const struct e820_format *f, const struct e820_map *m, char **text, size_t *n)
{
    struct diag d;
    FILE *out = open_memstream(text, n);
    assert_non_null(out);
    assert_true(f->write(m, out, &d));
    assert_int_equal(fclose(out), 0);
}

/* Every preset, every form: export, import, the same table. */
static void round_trips(void **state)
{
    (void)state;
    glob_t found;
    char pattern[512];
    const char *src = getenv("SRC");
    (void)snprintf(pattern, sizeof pattern, "%s/layouts/*.cfg", src != NULL ? src : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 12);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct layout l, back;
        struct guest_memory g = {0};
        struct diag d = {0};
        if (!layout_read(found.gl_pathv[i], &l, &d) || !layout_resolve(&l, 2 * MIB, &g, &d))
            fail_msg("%s: %s", found.gl_pathv[i], d.message);
        for (size_t j = 0; j < E820_NR_FORMATS; j++) {
            char *text;
            size_t n;
            struct import r;
            bool known = true; /* /proc/iomem has no name for some types */
            for (unsigned k = 0; k < g.e820.nr && strcmp(e820_formats[j].name, "iomem") == 0; k++)
                known = known && g.e820.e[k].type <= E820_TYPE_UNUSABLE;
            if (!known)
                continue;
            export_text(&e820_formats[j], &g.e820, &text, &n);
            struct import_options o = {.name = found.gl_pathv[i], .as_given = true, .as = l.type};
            if (!import_log(text, n, &o, &r, &d))
                fail_msg("%s, %s: line %u: %s", found.gl_pathv[i], e820_formats[j].name, d.line, d.message);
            assert_ptr_equal(r.format, &e820_formats[j]);
            same_map(&r.layout.e820, &g.e820);
            must_read_back(&r, &back);
            free(text);
        }
    }
    globfree(&found);
}

static void no_name_for_a_type(void **state)
{
    (void)state;
    struct e820_map m = {0};
    struct diag d = {0};
    assert_true(e820_add(&m, 0, 0x40000000, E820_TYPE_DISABLED));
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    assert_false(e820_format_find("iomem")->write(&m, out, &d));
    assert_non_null(strstr(d.message, "type 6"));
    fclose(out);
}

/* Whatever is cut off or changed: no crash, and what is taken can be read back. */
static void sweep(const char *text, size_t n)
{
    char *copy = malloc(n);
    struct import *r = malloc(sizeof *r);
    struct diag d;
    struct layout l;
    assert_non_null(copy);
    assert_non_null(r);
    for (size_t cut = 0; cut <= n; cut++) {
        char *exact = malloc(cut != 0 ? cut : 1); /* so that a sanitizer sees a read behind its end */
        assert_non_null(exact);
        memcpy(exact, text, cut);
        if (import_bytes(exact, cut, NULL, r, &d) && cut % 16 == 0)
            must_read_back(r, &l);
        free(exact);
    }
    static const char bytes[] = {'\0', '\n', ' ', '0', '9', 'f', 'x', ']', (char)0xFF};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < sizeof bytes; j++) {
            memcpy(copy, text, n);
            copy[i] = bytes[j];
            if (import_bytes(copy, n, NULL, r, &d) && (i + j) % 16 == 0)
                must_read_back(r, &l);
        }
    }
    free(r);
    free(copy);
}

static void sweeps(void **state)
{
    (void)state;
    struct import r;
    must_import(hvmloader_log, &r);
    sweep(hvmloader_log, sizeof hvmloader_log - 1);
    for (size_t j = 0; j < E820_NR_FORMATS; j++) {
        char *text;
        size_t n;
        export_text(&e820_formats[j], &r.layout.e820, &text, &n);
        sweep(text, n);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_hvmloader), cmocka_unit_test(prefixes),           cmocka_unit_test(from_dmesg),
        cmocka_unit_test(from_iomem),     cmocka_unit_test(last_table_counts),  cmocka_unit_test(refusals),
        cmocka_unit_test(many_entries),   cmocka_unit_test(odd_bytes),          cmocka_unit_test(across_the_hole),
        cmocka_unit_test(round_trips),    cmocka_unit_test(no_name_for_a_type), cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
