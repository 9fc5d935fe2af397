/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DXE core read from outside, and the dispatcher explained: good lists, damaged ones, dependency expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "dxe/dispatch.h"
#include "image/guid_names.h"

/* --- a handle database in 64 KiB of memory -------------------------------------------------------------------------- */

#define BASE 0x10000u
static uint8_t memory[0x10000];

static bool read_memory(const void *self, uint64_t gva, void *dst, size_t n)
{
    (void)self;
    if (gva < BASE || gva - BASE > sizeof memory || n > sizeof memory - (gva - BASE))
        return false;
    memcpy(dst, memory + (gva - BASE), n);
    return true;
}
static const struct efi_reader reader = {read_memory, NULL};

static void word(uint64_t at, uint64_t value)
{
    put_le64(memory + (at - BASE), value);
}

#define HEAD 0x10100u /* gHandleList: no handle */
#define HANDLE(i) (0x11000u + (i)*0x1000u)
#define FACE(i) (HANDLE(i) + 0x100u)
#define ENTRY(i) (HANDLE(i) + 0x200u)

static const struct guid bds = GUID(0x665e3ff6, 0x46cc, 0x11d4, 0x9a, 0x38, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d);
static const struct guid timer = GUID(0x26baccb3, 0x6f42, 0x11d4, 0xbc, 0xe7, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81);

/* Two handles with a protocol each: 0 has the timer, 1 has BDS. */
static void build(void)
{
    memset(memory, 0, sizeof memory);
    word(HEAD, HANDLE(0) + 8);
    for (unsigned i = 0; i < 2; i++) {
        const struct guid *g = i == 0 ? &timer : &bds;
        word(HANDLE(i), 0x6C646E68); /* hndl */
        word(HANDLE(i) + 8, i == 0 ? HANDLE(1) + 8 : HEAD);
        word(HANDLE(i) + 0x18, FACE(i) + 8);
        word(FACE(i), 0x63666970); /* pifc */
        word(FACE(i) + 8, HANDLE(i) + 0x18);
        word(FACE(i) + 0x30, ENTRY(i));
        word(FACE(i) + 0x38, 0xCAFE0000u + i);
        word(ENTRY(i), 0x65747270); /* prte */
        memcpy(memory + (ENTRY(i) + 0x18 - BASE), g->b, sizeof g->b);
    }
}

static void handles(void **state)
{
    (void)state;
    static struct efi_protocols all;
    build();
    for (unsigned i = 0; i < 2; i++) { /* from any of them */
        assert_true(efi_protocols_read(&reader, HANDLE(i), &all));
        assert_int_equal(all.nr, 2);
        assert_int_equal(*efi_protocol(&all, &bds), 0xCAFE0001);
        assert_int_equal(*efi_protocol(&all, &timer), 0xCAFE0000);
    }
    assert_null(efi_protocol(&all, &(struct guid){{1}}));
    assert_false(efi_protocols_read(&reader, HANDLE(0) + 8, &all));
    assert_false(efi_protocols_read(&reader, 0, &all));
    assert_false(efi_protocols_read(&reader, UINT64_MAX, &all));
}

static void damaged_handles(void **state)
{
    (void)state;
    static struct efi_protocols all;
    build();
    word(FACE(1), 0); /* not an interface */
    assert_true(efi_protocols_read(&reader, HANDLE(0), &all));
    assert_int_equal(all.nr, 1);
    build();
    word(ENTRY(0), 0);
    assert_true(efi_protocols_read(&reader, HANDLE(0), &all));
    assert_int_equal(all.nr, 1);
    build();
    word(FACE(0) + 8, FACE(0) + 8); /* leads to itself */
    word(HANDLE(1) + 8, HANDLE(1) + 8);
    assert_true(efi_protocols_read(&reader, HANDLE(0), &all));
    assert_int_equal(all.nr, 2);
    build();
    word(HANDLE(0) + 8, 0xFFFFFFFFFFFFFFF8ull); /* out of memory */
    word(HANDLE(0) + 0x18, 0x4);
    assert_true(efi_protocols_read(&reader, HANDLE(0), &all));
    assert_int_equal(all.nr, 0);
}

/* --- databases without end: @shape says what there are many of ----------------------------------------------------- */

struct shape {
    uint64_t handles, faces, guids; /* faces of each handle; GUIDs that differ */
};
#define MANY 0x100000000ull
#define EACH 0x100000u /* bytes of a handle */
#define FACE_SIZE 0x100u

/* Handle i lies at MANY + i * EACH, its interface k FACE_SIZE * (k + 1) behind. The last handle leads to the first. */
static bool read_many(const void *self, uint64_t gva, void *dst, size_t n)
{
    const struct shape *s = self;
    uint8_t raw[FACE_SIZE] = {0};
    const uint64_t i = (gva - MANY) / EACH, in = (gva - MANY) % EACH, k = in / FACE_SIZE, at = in % FACE_SIZE;
    const uint64_t handle = MANY + i * EACH, face = handle + k * FACE_SIZE;
    if (gva < MANY || i >= s->handles || k > s->faces || at + n > sizeof raw)
        return false;
    if (k == 0) {
        put_le64(raw, 0x6C646E68);
        put_le64(raw + 8, (i + 1 < s->handles ? handle + EACH : MANY) + 8);
        put_le64(raw + 0x18, handle + FACE_SIZE + 8);
    } else {
        put_le64(raw, 0x63666970);
        put_le64(raw + 8, k < s->faces ? face + FACE_SIZE + 8 : handle + 0x18);
        put_le64(raw + 0x30, face + 0x80);
        put_le64(raw + 0x80, 0x65747270);
        put_le64(raw + 0x98, (i * s->faces + k) % s->guids + 1);
    }
    memcpy(dst, raw + at, n);
    return true;
}

static void without_end(void **state)
{
    (void)state;
    static struct efi_protocols all;
    static const struct {
        struct shape shape;
        bool handles, interfaces, protocols;
        size_t nr;
    } cases[] = {
        {{LIMIT_HANDLES_DEFAULT, 1, 1}, false, false, false, 1},
        {{LIMIT_HANDLES_DEFAULT + 1, 1, 1}, true, false, false, 1},
        {{2, LIMIT_INTERFACES_DEFAULT, 2}, false, false, false, 2},
        {{2, LIMIT_INTERFACES_DEFAULT + 1, 2}, false, true, false, 2},
        {{4, 128, LIMIT_PROTOCOLS_DEFAULT}, false, false, false, LIMIT_PROTOCOLS_DEFAULT},
        {{8, 128, LIMIT_PROTOCOLS_DEFAULT + 1}, false, false, true, LIMIT_PROTOCOLS_DEFAULT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct efi_reader many = {read_many, &cases[i].shape};
        assert_true(efi_protocols_read(&many, MANY, &all));
        if (all.handles_cut != cases[i].handles || all.interfaces_cut != cases[i].interfaces ||
            all.protocols_cut != cases[i].protocols || all.nr != cases[i].nr)
            fail_msg("%zu: %d %d %d, %zu", i, all.handles_cut, all.interfaces_cut, all.protocols_cut, all.nr);
    }
}

static void tables(void **state)
{
    (void)state;
    uint64_t boot = 0;
    build();
    word(0x18000, 0x5453595320494249ull);
    word(0x18060, 0x19000);
    assert_false(efi_system_table(&reader, 0x18000, &boot));
    word(0x19000, 0x56524553544F4F42ull);
    word(0x190E8, 0x12345678);
    assert_true(efi_system_table(&reader, 0x18000, &boot));
    assert_int_equal(boot, 0x19000);
    assert_int_equal(efi_service(&reader, boot, EFI_EXIT_BOOT_SERVICES), 0x12345678);
    assert_false(efi_system_table(&reader, 0x18004, &boot));
    assert_string_equal(efi_status_name(0x8000000000000015ull), "Aborted");
    assert_string_equal(efi_status_name(0), "Success");
    assert_null(efi_status_name(0x80000000000000FFull));
    assert_null(efi_status_name(3));
}

/* --- the dispatcher ------------------------------------------------------------------------------------------------- */

static const struct guid variable_write =
    GUID(0x6441f818, 0x6362, 0x4e44, 0xb5, 0x70, 0x7d, 0xba, 0x31, 0xdd, 0x24, 0x53);
static const struct guid writer = GUID(0x3ebd9e82, 0x2c78, 0x4de6, 0x97, 0x86, 0x8d, 0x4b, 0xfc, 0xb7, 0xc8, 0x81);
static const struct guid block = GUID(0x8f644fa9, 0xe850, 0x4db1, 0x9c, 0xe2, 0x0b, 0x44, 0x69, 0x8e, 0x8d, 0xa4);

static struct dxe_files files;
static struct efi_protocols there;
static struct dxe_dispatch told;

/* A driver that carries GUIDs and has this dependency. */
static struct dxe_file *driver(const char *name, const struct guid *carried, size_t n, const uint8_t *depex,
                               size_t ndepex)
{
    struct dxe_file *f = &files.f[files.nr++];
    memset(f, 0, sizeof *f);
    f->guid.b[0] = (uint8_t)files.nr;
    strcpy(f->name, name);
    f->pe = (const uint8_t *)carried;
    f->npe = n * sizeof *carried;
    f->depex = depex;
    f->ndepex = ndepex;
    return f;
}

static void install(const struct guid *g)
{
    there.p[there.nr++].guid = *g;
}

static const char *waits_of(const char *name)
{
    for (size_t i = 0; i < told.nr_waiting; i++)
        if (strcmp(told.waiting[i].name, name) == 0)
            return told.waiting[i].wants;
    return NULL;
}

/* The story of an OvmfXen built with SMM_REQUIRE. */
static void chain(void **state)
{
    (void)state;
    static uint8_t push_write[18], yes[] = {6, 8};
    const struct guid bds_has[] = {bds, variable_write};
    const struct guid variable_has[] = {variable_write, writer};
    const struct guid writer_has[] = {writer, block};
    push_write[0] = 2;
    memcpy(push_write + 1, variable_write.b, 16);
    push_write[17] = 8;
    memset(&files, 0, sizeof files);
    memset(&there, 0, sizeof there);
    install(&timer);
    install(&block); /* the core's own, for volumes */
    driver("BdsDxe", bds_has, 2, push_write, sizeof push_write);
    driver("VariableRuntimeDxe", variable_has, 2, yes, sizeof yes)->fate = DXE_RETURNED;
    driver("FaultTolerantWriteDxe", writer_has, 2, yes, sizeof yes)->fate = DXE_RETURNED;
    struct dxe_file *emu = driver("EmuVariableFvb", &block, 1, yes, sizeof yes);
    emu->fate = DXE_RETURNED;
    emu->status = 0x8000000000000015ull;
    driver("Fat", NULL, 0, NULL, 0);

    dxe_explain(&files, &there, &told);
    assert_int_equal(told.started, 3);
    assert_int_equal(told.failed, 1);
    assert_string_equal(told.missing[0], "Bds");
    assert_string_equal(told.missing[1], "VariableWrite");
    assert_int_equal(told.nr_causes, 4);
    assert_non_null(
        strstr(told.cause[0], "Bds is for BdsDxe to install, which was never started: it waits for VariableWrite"));
    assert_non_null(strstr(told.cause[1], "VariableRuntimeDxe to install, which was started and has not"));
    assert_non_null(strstr(told.cause[2], "FaultTolerantWriteDxe to install, which was started and has not"));
    assert_non_null(
        strstr(told.cause[3], "EmuVariableFvb, which could have given it FirmwareVolumeBlock, returned Aborted"));
    assert_string_equal(waits_of("BdsDxe"), "VariableWrite");
    assert_non_null(strstr(waits_of("Fat"), "Bds, VariableWrite")); /* all architectural ones */
    assert_null(waits_of("EmuVariableFvb"));

    dxe_explain(&files, NULL, &told); /* without the handle database: what the files tell */
    assert_int_equal(told.nr_missing, 0);
    assert_int_equal(told.nr_waiting, 2);
    assert_string_equal(waits_of("BdsDxe"), "");
}

static void expressions(void **state)
{
    (void)state;
    /* T: the timer, there; W: the writer, not there. 2 = PUSH, 3 AND, 4 OR, 5 NOT, 6 TRUE, 7 FALSE, 8 END, 9 SOR */
    static const struct {
        const char *text; /* T and W stand for PUSH with that GUID, digits for operators */
        const char *wants;
    } row[] = {
        {"T8", "nothing: its turn had not come"},
        {"W8", "gEfiFaultTolerantWriteProtocolGuid"},
        {"TW38", "gEfiFaultTolerantWriteProtocolGuid"},
        {"TW48", "nothing: its turn had not come"},
        {"WW48", "gEfiFaultTolerantWriteProtocolGuid, gEfiFaultTolerantWriteProtocolGuid"},
        {"WT4W38", "gEfiFaultTolerantWriteProtocolGuid"}, /* the first is no matter */
        {"W58", "nothing: its turn had not come"},
        {"T58", ""},
        {"968", "nothing: its turn had not come"},
        {"78", ""},
        {"B8", "before gEfiFaultTolerantWriteProtocolGuid"},
        {"A8", "after gEfiFaultTolerantWriteProtocolGuid"},
        {"38", ""}, /* nothing on the stack */
        {"T", ""},  /* no end */
        {"", ""},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint8_t depex[256];
        size_t n = 0;
        for (const char *c = row[i].text; *c != '\0'; c++) {
            const bool term = strchr("TWBA", *c) != NULL;
            depex[n++] = !term ? (uint8_t)(*c - '0') : *c == 'B' ? 0 : *c == 'A' ? 1 : 2;
            if (term) {
                memcpy(depex + n, *c == 'T' ? timer.b : writer.b, 16);
                n += 16;
            }
        }
        memset(&files, 0, sizeof files);
        memset(&there, 0, sizeof there);
        install(&timer);
        driver("It", NULL, 0, depex, n);
        dxe_explain(&files, &there, &told);
        assert_string_equal(waits_of("It"), row[i].wants);
        for (size_t cut = 0; cut < n; cut++) { /* however it is cut off */
            files.f[0].ndepex = cut;
            dxe_explain(&files, &there, &told);
        }
    }
}

/* Each architectural protocol is known by its GUID. */
static void architectural(void **state)
{
    (void)state;
    memset(&files, 0, sizeof files);
    memset(&there, 0, sizeof there);
    dxe_explain(&files, &there, &told);
    assert_int_equal(told.nr_missing, 13);
    for (size_t i = 0; i < told.nr_missing; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "gEfi%sArchProtocolGuid", told.missing[i]);
        assert_non_null(guid_named(name));
        install(guid_named(name));
    }
    const size_t before = told.nr_missing;
    dxe_explain(&files, &there, &told);
    assert_int_equal(told.nr_missing, 0);
    assert_int_equal(there.nr, before);
    assert_null(guid_named("gEfiNobodysProtocolGuid"));
}

static void many(void **state)
{
    (void)state;
    static const uint8_t no[] = {7, 8};
    memset(&files, 0, sizeof files);
    memset(&there, 0, sizeof there);
    for (unsigned i = 0; i < DXE_WAITING_MAX + 3; i++)
        driver("It", NULL, 0, no, sizeof no);
    dxe_explain(&files, &there, &told);
    assert_int_equal(told.nr_waiting, DXE_WAITING_MAX);
    assert_int_equal(told.waiting_dropped, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles), cmocka_unit_test(damaged_handles), cmocka_unit_test(without_end),
        cmocka_unit_test(tables),  cmocka_unit_test(chain),           cmocka_unit_test(expressions),
        cmocka_unit_test(many),    cmocka_unit_test(architectural),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
