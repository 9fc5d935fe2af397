/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DXE core knows of memory, and the tables that it hands on, read from outside: good ones and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/le.h"
#include "dxe/memory.h"
#include "dxe/tables.h"

/* --- 128 KiB of memory --------------------------------------------------------------------------------------------- */

#define BASE 0x10000u
static uint8_t memory[0x20000];

static bool read_memory(const void *self, uint64_t gva, void *dst, size_t n)
{
    (void)self;
    if (gva < BASE || gva - BASE > sizeof memory || n > sizeof memory - (gva - BASE))
        return false;
    memcpy(dst, memory + (gva - BASE), n);
    return true;
}
static const struct efi_reader reader = {read_memory, NULL};

static uint8_t *at(uint64_t gva)
{
    return memory + (gva - BASE);
}
static void word(uint64_t gva, uint64_t value)
{
    put_le64(at(gva), value);
}

/* --- the lists ------------------------------------------------------------------------------------------------------ */

#define CORE 0x10000u
#define CORE_SIZE 0x2000u
#define FREE_HEAD (CORE + 0x100) /* of the list of free descriptors */
#define MAP_HEAD (CORE + 0x110)
#define GCD_HEAD (CORE + 0x120)
#define IO_HEAD (CORE + 0x130)
#define MAP(i) (0x14000u + (i)*0x100u)
#define GCD(i) (0x15000u + (i)*0x100u)
#define IO 0x16000u
#define FREE 0x17000u

static void link_of(uint64_t head, uint64_t (*entry)(unsigned), unsigned nr)
{
    for (unsigned i = 0; i <= nr; i++) {
        const uint64_t here = i == 0 ? head : entry(i - 1) + 8, next = i == nr ? head : entry(i) + 8;
        word(here, next);
        word(next + 8, here);
    }
}
static uint64_t map_entry(unsigned i)
{
    return MAP(i);
}
static uint64_t gcd_entry(unsigned i)
{
    return GCD(i);
}
static uint64_t io_entry(unsigned i)
{
    return IO + i;
}
static uint64_t free_entry(unsigned i)
{
    return FREE + i;
}

static void map(uint64_t entry, uint32_t type, uint64_t start, uint64_t end)
{
    word(entry, 0x70616d6d); /* mmap */
    put_le32(at(entry + 0x1c), type);
    word(entry + 0x20, start);
    word(entry + 0x28, end - 1);
    word(entry + 0x38, 0xf);
}
static void gcd(uint64_t entry, uint32_t type, uint64_t start, uint64_t end)
{
    word(entry, 0x6d646367); /* gcdm */
    word(entry + 0x18, start);
    word(entry + 0x20, end - 1);
    word(entry + 0x30, 8);
    put_le32(at(entry + 0x38), type);
}

static void build(void)
{
    memset(memory, 0, sizeof memory);
    map(MAP(0), EFI_CONVENTIONAL, 0, CORE);
    map(MAP(1), EFI_BOOT_CODE, CORE, CORE + 0x2000);
    map(MAP(2), EFI_RUNTIME_DATA, CORE + 0x2000, 0x40000000);
    link_of(MAP_HEAD, map_entry, 3);
    gcd(GCD(0), GCD_RAM, 0, 0x40000000);
    gcd(GCD(1), GCD_NONE, 0x40000000, 0x10000000000);
    link_of(GCD_HEAD, gcd_entry, 2);
    gcd(IO, GCD_NONE, 0, 0x10000); /* I/O space: the same signature */
    link_of(IO_HEAD, io_entry, 1);
    map(FREE, EFI_CONVENTIONAL, 0, 0x40000000); /* stale */
    link_of(FREE_HEAD, free_entry, 1);
}

static void lists(void **state)
{
    (void)state;
    static struct efi_map m;
    struct efi_lists l;
    uint32_t type = 0;
    build();
    assert_true(efi_lists_find(&reader, CORE, CORE_SIZE, &l));
    assert_int_equal(l.map, MAP_HEAD);
    assert_int_equal(l.gcd, GCD_HEAD);
    assert_true(efi_core_map_read(&reader, &l, &m));
    assert_int_equal(m.nr, 3);
    assert_null(m.damage);
    assert_int_equal(m.r[1].at.start, CORE);
    assert_int_equal(m.r[1].at.end, CORE + 0x2000);
    assert_int_equal(m.r[1].type, EFI_BOOT_CODE);
    assert_int_equal(m.r[1].attributes, 0xf);
    assert_int_equal(m.r[1].bytes.start, MAP(1));
    assert_ptr_equal(efi_map_at(&m, 0x3fffffff), &m.r[2]);
    assert_null(efi_map_at(&m, 0x40000000));
    assert_true(efi_core_gcd_read(&reader, &l, &m));
    assert_int_equal(m.nr, 2);
    assert_int_equal(m.r[1].at.end, 0x10000000000);
    assert_true(efi_core_type_of(&reader, &l, CORE + 0x2000, &type));
    assert_int_equal(type, EFI_RUNTIME_DATA);
    assert_false(efi_core_type_of(&reader, &l, 0x40000000, &type));
    /* Not without a descriptor of the image itself, of the right type. */
    map(MAP(1), EFI_CONVENTIONAL, CORE, CORE + 0x2000);
    assert_false(efi_lists_find(&reader, CORE, CORE_SIZE, &l));
    assert_int_equal(l.map, 0);
    assert_false(efi_lists_find(&reader, 0x500, CORE_SIZE, &l));
    assert_false(efi_lists_find(&reader, CORE, SIZE_MAX, &l));
    assert_false(efi_core_map_read(&reader, &l, &m));
}

static void damaged_lists(void **state)
{
    (void)state;
    static struct efi_map m;
    const struct efi_lists l = {MAP_HEAD, GCD_HEAD};
    build();
    word(MAP(1), 0); /* no descriptor */
    assert_false(efi_core_map_read(&reader, &l, &m));
    assert_int_equal(m.nr, 1);
    assert_int_equal(m.damage_at, MAP(0) + 8);
    build();
    word(MAP(1) + 8, UINT64_MAX - 7);
    assert_false(efi_core_map_read(&reader, &l, &m));
    assert_int_equal(m.nr, 2);
    build();
    word(MAP(2) + 16, 0); /* back */
    assert_false(efi_core_map_read(&reader, &l, &m));
    build();
    word(MAP_HEAD + 8, MAP(0) + 8); /* the head's own */
    assert_false(efi_core_map_read(&reader, &l, &m));
    build();
    word(MAP(2) + 8, MAP(2) + 8); /* leads to itself */
    word(MAP(2) + 16, MAP(2) + 8);
    assert_false(efi_core_map_read(&reader, &l, &m));
}

static void given(void **state)
{
    (void)state;
    static struct efi_map m;
    build();
    for (unsigned i = 0; i < 2; i++) {
        put_le32(at(0x18000 + i * 48), EFI_LOADER_DATA);
        word(0x18008 + i * 48, 0x1000 * i);
        word(0x18018 + i * 48, i == 0 ? 1 : UINT64_MAX);
        word(0x18020 + i * 48, EFI_ATTRIBUTE_RUNTIME);
    }
    assert_true(efi_map_read(&reader, 0x18000, 96, 48, &m));
    assert_int_equal(m.nr, 2);
    assert_int_equal(m.r[0].at.end, 0x1000);
    assert_int_equal(m.r[0].bytes.end, 0x18028);
    assert_true(m.r[1].at.end < m.r[1].at.start || m.r[1].at.end - m.r[1].at.start > 1ULL << 50);
    assert_false(efi_map_read(&reader, 0x18000, 96, 32, &m));
    assert_false(efi_map_read(&reader, 0x18000, 95, 48, &m));
    assert_false(efi_map_read(&reader, 0x18000, 0, 48, &m));
    assert_false(efi_map_read(&reader, 0, 96, 48, &m));
    assert_false(efi_map_read(&reader, BASE + sizeof memory - 48, 96, 48, &m));
    assert_int_equal(m.nr, 1);
}

static void names(void **state)
{
    (void)state;
    char text[EFI_ATTRIBUTES_SIZE];
    efi_attributes_format(0xf | EFI_ATTRIBUTE_RUNTIME, text);
    assert_string_equal(text, "UC WC WT WB RUNTIME");
    efi_attributes_format(0, text);
    assert_string_equal(text, "");
    efi_attributes_format(UINT64_MAX, text);
    assert_true(strlen(text) < sizeof text);
    assert_string_equal(gcd_memory_name(GCD_RAM), "RAM");
    assert_null(gcd_memory_name(99));
}

/* --- tables --------------------------------------------------------------------------------------------------------- */

#define SYSTEM 0x10000u
#define BOOT 0x10100u
#define RUNTIME 0x10300u
#define CONFIG 0x10400u

static void crc_of(uint64_t gva)
{
    put_le32(at(gva + 16), 0);
    put_le32(at(gva + 16), (uint32_t)crc32(0, at(gva), le32(at(gva + 12))));
}

static void build_tables(void)
{
    memset(memory, 0, sizeof memory);
    word(SYSTEM, 0x5453595320494249);
    put_le32(at(SYSTEM + 12), 0x78);
    word(SYSTEM + 0x58, RUNTIME);
    word(SYSTEM + 0x60, BOOT);
    word(SYSTEM + 0x68, 1);
    word(SYSTEM + 0x70, CONFIG);
    word(BOOT, 0x56524553544f4f42);
    put_le32(at(BOOT + 12), 0x178);
    word(RUNTIME, 0x56524553544e5552);
    put_le32(at(RUNTIME + 12), 0x88);
    memcpy(at(CONFIG), efi_acpi_guid.b, 16);
    word(CONFIG + 16, 0x11000);
    crc_of(SYSTEM);
    crc_of(BOOT);
    crc_of(RUNTIME);
}

static const char *look(enum efi_header which)
{
    struct efi_header_look l;
    efi_header_look(&reader, SYSTEM, which, &l);
    return l.why;
}

static void system_table(void **state)
{
    (void)state;
    static struct efi_configuration c;
    build_tables();
    for (int i = EFI_SYSTEM; i <= EFI_RUNTIME; i++)
        assert_null(look((enum efi_header)i));
    efi_configuration_read(&reader, SYSTEM, &c);
    assert_true(c.readable);
    assert_int_equal(efi_configuration_table(&c, &efi_acpi_guid), 0x11000);
    assert_int_equal(efi_configuration_table(&c, &efi_smbios_guid), 0);
    *at(BOOT + 0x100) ^= 1;
    assert_string_equal(look(EFI_BOOT), "its CRC is not that of its bytes");
    put_le32(at(RUNTIME + 12), 0xffffffff);
    assert_string_equal(look(EFI_RUNTIME), "its size makes no sense");
    *at(SYSTEM) ^= 1;
    assert_string_equal(look(EFI_SYSTEM), "its signature is not there");
    word(SYSTEM + 0x60, 0);
    assert_string_equal(look(EFI_BOOT), "there is none");
    word(SYSTEM + 0x60, 0x1000);
    assert_string_equal(look(EFI_BOOT), "it is not in memory");
    word(SYSTEM + 0x68, 1000000);
    efi_configuration_read(&reader, SYSTEM, &c);
    assert_false(c.readable);
    word(SYSTEM + 0x68, 2);
    word(SYSTEM + 0x70, BASE + sizeof memory - 24);
    efi_configuration_read(&reader, SYSTEM, &c);
    assert_false(c.readable);
    assert_int_equal(c.nr, 1);
}

static void sum(uint64_t gva, size_t n, size_t where)
{
    uint8_t s = 0;
    *at(gva + where) = 0;
    for (size_t i = 0; i < n; i++)
        s = (uint8_t)(s + *at(gva + i));
    *at(gva + where) = (uint8_t)(0 - s);
}
static void table(uint64_t gva, const char *signature, uint32_t size)
{
    memcpy(at(gva), signature, 4);
    put_le32(at(gva + 4), size);
    if (memcmp(signature, "FACS", 4) != 0)
        sum(gva, size, 9);
}

/* RSDP 11000, RSDT 11040, XSDT 11100 with FACP 11200 (FACS 11380, DSDT 11400) and SSDT 11500. */
static void build_acpi(void)
{
    memset(memory, 0, sizeof memory);
    memcpy(at(0x11000), "RSD PTR ", 8);
    *at(0x1100f) = 2;
    put_le32(at(0x11010), 0x11040);
    put_le32(at(0x11014), 36);
    word(0x11018, 0x11100);
    sum(0x11000, 20, 8);
    sum(0x11000, 36, 32);
    table(0x11040, "RSDT", 36);
    word(0x11124, 0x11200);
    word(0x1112c, 0x11500);
    table(0x11100, "XSDT", 52);
    put_le32(at(0x11224), 0xdead);
    word(0x11284, 0x11380);
    put_le32(at(0x11228), 0x11400);
    table(0x11200, "FACP", 148);
    table(0x11380, "FACS", 64);
    table(0x11400, "DSDT", 40);
    table(0x11500, "SSDT", 44);
}

static const char *why(const char *signature)
{
    static struct acpi_tables all;
    acpi_tables_read(&reader, 0x11000, &all);
    for (size_t i = 0; i < all.nr; i++)
        if (strcmp(all.t[i].signature, signature) == 0)
            return all.t[i].why;
    return "there is none";
}

static void acpi(void **state)
{
    (void)state;
    static struct acpi_tables all;
    static const char *const order[] = {"RSDP", "RSDT", "XSDT", "FACP", "FACS", "DSDT", "SSDT"};
    build_acpi();
    acpi_tables_read(&reader, 0x11000, &all);
    assert_int_equal(all.nr, 7);
    for (size_t i = 0; i < all.nr; i++) {
        assert_string_equal(all.t[i].signature, order[i]);
        assert_null(all.t[i].why);
    }
    /* A copy elsewhere, with other addresses, is one; with another byte it is not. */
    memcpy(at(0x13000), at(0x11200), 148);
    word(0x13084, 0x13380);
    sum(0x13000, 148, 9);
    struct acpi_table copy = {"FACP", 0x13000, 148, NULL};
    assert_true(acpi_table_is_copy(&reader, &all.t[3], &copy));
    *at(0x13050) ^= 1;
    assert_false(acpi_table_is_copy(&reader, &all.t[3], &copy));
    copy.length = 100;
    assert_false(acpi_table_is_copy(&reader, &all.t[3], &copy));

    *at(0x11520) ^= 1;
    assert_string_equal(why("SSDT"), "its checksum is wrong");
    put_le32(at(0x11404), 0x7fffffff);
    assert_string_equal(why("DSDT"), "its length makes no sense");
    put_le32(at(0x11404), 0x40000);
    assert_string_equal(why("DSDT"), "it is not all in memory");
    memcpy(at(0x11400), "XDST", 4);
    assert_string_equal(why("XDST"), "its signature is another");
    word(0x11284, 0x11384);
    table(0x11384, "FACS", 64);
    sum(0x11200, 148, 9);
    assert_string_equal(why("FACS"), "it is not aligned to 64 bytes");
    *at(0x11108) ^= 1;
    assert_string_equal(why("XSDT"), "its checksum is wrong");
    assert_string_equal(why("FACP"), "there is none");
    *at(0x11018) ^= 1;
    assert_string_equal(why("RSDP"), "its extended checksum is wrong");
    *at(0x11009) ^= 1;
    assert_string_equal(why("RSDP"), "its checksum is wrong");
    *at(0x11000) ^= 1;
    assert_string_equal(why("RSDP"), "its signature is another");
    acpi_tables_read(&reader, 0x100, &all);
    assert_string_equal(all.t[0].why, "it is not in memory");
    /* A root that names itself for ever ends, too. */
    build_acpi();
    put_le32(at(0x11104), 36 + 8 * 200);
    for (unsigned i = 0; i < 200; i++)
        word(0x11124 + 8 * i, 0x11100);
    sum(0x11100, 36 + 8 * 200, 9);
    acpi_tables_read(&reader, 0x11000, &all);
    assert_int_equal(all.nr, ACPI_TABLES_MAX);
}

static void smbios(void **state)
{
    (void)state;
    struct smbios_look l;
    memset(memory, 0, sizeof memory);
    memcpy(at(0x12000), "_SM_", 4);
    *at(0x12005) = 0x1f;
    memcpy(at(0x12010), "_DMI_", 5);
    put_le16(at(0x12016), 14 + 6);
    put_le32(at(0x12018), 0x12100);
    put_le16(at(0x1201c), 2);
    sum(0x12010, 15, 5);
    sum(0x12000, 0x1f, 4);
    memcpy(at(0x12100), "\0\6\0\0\1\2Xen\0HVM\0", 14); /* a structure of 6 bytes, two strings */
    memcpy(at(0x1210e), "\x7f\4\1\0\0\0", 6);
    smbios_look(&reader, 0x12000, &l);
    assert_string_equal(l.why == NULL ? "" : l.why,
                        "its structures do not end where they should"); /* one zero too few */
    memcpy(at(0x12100), "\0\6\0\0\1\2Xen\0HV\0", 14);                   /* 6 + 4 + 3 + 1 */
    smbios_look(&reader, 0x12000, &l);
    assert_null(l.why);
    assert_int_equal(l.structures, 2);
    assert_int_equal(l.tables.end, 0x12114);
    *at(0x12008) ^= 1;
    smbios_look(&reader, 0x12000, &l);
    assert_string_equal(l.why, "its entry point's checksum is wrong");
    *at(0x12008) ^= 1;
    put_le16(at(0x1201c), 3);
    sum(0x12010, 15, 5);
    sum(0x12000, 0x1f, 4);
    smbios_look(&reader, 0x12000, &l);
    assert_string_equal(l.why, "its entry point counts other structures than there are");
    put_le16(at(0x12016), 15);
    sum(0x12010, 15, 5);
    sum(0x12000, 0x1f, 4);
    smbios_look(&reader, 0x12000, &l);
    assert_string_equal(l.why, "its structures do not end where they should");
    memcpy(at(0x13000), "_SM3_", 5);
    *at(0x13006) = 0x18;
    put_le32(at(0x1300c), 20);
    word(0x13010, 0x12100);
    sum(0x13000, 0x18, 5);
    smbios_look(&reader, 0x13000, &l);
    assert_null(l.why);
    word(0x13010, 0x1000);
    sum(0x13000, 0x18, 5);
    smbios_look(&reader, 0x13000, &l);
    assert_string_equal(l.why, "its structures are not in memory");
    smbios_look(&reader, 0x14000, &l);
    assert_string_equal(l.why, "its entry point has no anchor");
    smbios_look(&reader, 0, &l);
    assert_string_equal(l.why, "its entry point is not in memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),  cmocka_unit_test(damaged_lists), cmocka_unit_test(given),
        cmocka_unit_test(names),  cmocka_unit_test(system_table),  cmocka_unit_test(acpi),
        cmocka_unit_test(smbios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
