/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When what DXE leaves is looked at, with which map, and which checks are done for want of nothing that they need
 * (check/leave/leave.c, when.c): a guest with whom everything is wrong, as in test_looks.c.
 */
#include "checks_kit.h"

#include "check/handoff/look.h"
#include "check/leave/leave.h"
#include "check/leave/when.h"

static struct checks guest;
static struct checks *const c = &guest;
static struct monitor *const mon = &guest.mon;
static struct dxe_watch dxe;
static struct dxe_memory *mem;

#define CODE 0x900000u
#define TABLES 0x2c00000u
#define SYSTEM 0x2200000u
#define CONFIGURATION 0x2201000u
#define RSDP 0x2202000u
#define XSDT 0x2202100u
#define FREE 0x3000000u
#define LISTS 0x3100000u
#define MAP_BUFFER 0x3200000u

static bool read_guest(const void *self, uint64_t gva, void *dst, size_t n)
{
    return memory_read(self, gva, dst, n);
}
static struct efi_reader reader(void)
{
    return (struct efi_reader){read_guest, &c->m.memory};
}

static void add(struct efi_map *m, uint32_t type, uint64_t start, uint64_t end, uint64_t attributes)
{
    m->r[m->nr++] = (struct efi_range){{start, end}, type, attributes, {0, 0}};
}

enum { E820 = 1, MAP = 2, GIVEN = 4 };
static const struct {
    enum rule_id rule;
    unsigned needs;
} checks[] = {
    {RULE_GCD_LIST, 0},
    {RULE_GCD_RAM, E820},
    {RULE_GCD_MMIO, E820},
    {RULE_MAP_LIST, 0},
    {RULE_MAP_OVERLAP, 0},
    {RULE_MAP_RAM, E820},
    {RULE_MAP_RAM_MISSING, E820 | MAP},
    {RULE_MAP_VGA, E820},
    {RULE_MAP_RUNTIME, 0},
    {RULE_PROCESSOR_TABLES, MAP},
    {RULE_PAGE_ATTRIBUTES, MAP},
    {RULE_SYSTEM_TABLE, MAP},
    {RULE_MEMORY_ATTRIBUTES, MAP | GIVEN},
    {RULE_ACPI_TABLES, MAP},
    {RULE_ACPI_LOST, 0},
    {RULE_SMBIOS_TABLES, MAP},
    {RULE_BYTES_CHANGED, 0},
};

static void configure(unsigned i, const struct guid *g, uint64_t table)
{
    uint8_t raw[24];
    memcpy(raw, g->b, 16);
    put_le64(raw + 16, table);
    assert_true(memory_write(&c->m.memory, CONFIGURATION + 24 * i, raw, sizeof raw));
}

static void acpi(void)
{
    uint8_t p[36] = {0};
    memcpy(p, "RSD PTR ", 8);
    p[15] = 2;
    put_le32(p + 20, 36);
    put_le64(p + 24, XSDT);
    p[8] = (uint8_t)-byte_sum(p, 20);
    p[32] = (uint8_t)-byte_sum(p, 36);
    assert_true(memory_write(&c->m.memory, RSDP, p, sizeof p));
    memset(p, 0, sizeof p);
    memcpy(p, "XSDT", 4);
    put_le32(p + 4, 36);
    p[8] = 1;
    p[9] = (uint8_t)-byte_sum(p, 36);
    assert_true(memory_write(&c->m.memory, XSDT, p, sizeof p));
}

/* All wrong, but for what the flags say. */
static void spoil(unsigned has)
{
    struct efi_map *map = &mem->map, *gcd = &mem->gcd;
    checks_forget(c);
    c->v.nr_known = 0;
    map->nr = gcd->nr = 0;
    add(gcd, GCD_RAM, 0, 0x40000000, EFI_ATTRIBUTE_RP); /* to 256 MiB it is, and can be read; MMIO over RAM */
    add(gcd, GCD_MMIO, 0x5000000, 0x5001000, 0);
    add(map, EFI_CONVENTIONAL, 0, 0x4000000, 0); /* with VGA, and all tables and the stack in it */
    add(map, EFI_BOOT_DATA, 0x3F00000, 0x4800000, 0);
    add(map, EFI_BOOT_DATA, 0x60000000, 0x60001000, 0);
    add(map, EFI_RUNTIME_DATA, 0x4800000, 0x4900000, 0); /* without the attribute; the rest is missing */
    if ((has & MAP) == 0)
        add(map, 99, 0x4900000, 0x4A00000, 0);
    mem->given = (has & GIVEN) != 0;
    mon->e820_told = (has & E820) != 0;
}

static bool found(enum rule_id rule)
{
    for (size_t i = 0; i < c->v.findings.nr; i++)
        if (c->v.findings.f[i].rule == rule)
            return true;
    return false;
}

static void looks(void **state)
{
    (void)state;
    const struct efi_reader r = reader();
    for (unsigned has = 0; has < 8; has++) {
        spoil(has);
        leave_look(mon, &r, CODE + 0x40);
        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
            const bool is = checks[i].rule == RULE_MAP_LIST ? (has & MAP) == 0 : (checks[i].needs & ~has) == 0;
            if (found(checks[i].rule) != is)
                fail_msg("has %u: %s is %stold", has, rules[checks[i].rule].name, is ? "not " : "");
        }
        assert_int_equal(c->v.findings.f[0].at.gva, CODE + 0x40);
    }
    /* Firmware without Xen code loses nothing of Xen's. */
    spoil(7);
    c->v.hobs.nr--;
    leave_look(mon, &r, CODE);
    assert_false(found(RULE_ACPI_LOST));
    assert_true(found(RULE_ACPI_TABLES));
    c->v.hobs.nr++;
    spoil(7);
    c->m.guard_firmware = false;
    leave_look(mon, &r, CODE);
    assert_int_equal(c->v.findings.nr, 0);
    c->m.guard_firmware = true;
}

/* --- what is read */

static void entry(uint64_t at, const char *signature, uint64_t next, uint64_t back, uint32_t type, unsigned type_at,
                  unsigned start_at, uint64_t start, uint64_t end, uint64_t attributes, unsigned attributes_at)
{
    uint8_t raw[0x50] = {0};
    memcpy(raw, signature, 4);
    put_le64(raw + 8, next);
    put_le64(raw + 16, back);
    put_le32(raw + type_at, type);
    put_le64(raw + start_at, start);
    put_le64(raw + start_at + 8, end - 1);
    put_le64(raw + attributes_at, attributes);
    assert_true(memory_write(&c->m.memory, at, raw, sizeof raw));
}
static void head(uint64_t at, uint64_t next, uint64_t back)
{
    uint8_t raw[16];
    put_le64(raw, next);
    put_le64(raw + 8, back);
    assert_true(memory_write(&c->m.memory, at, raw, sizeof raw));
}

#define MAP_HEAD LISTS
#define GCD_HEAD (LISTS + 0x20)
#define MAP_ENTRY(i) (LISTS + 0x100 + 0x80 * (uint64_t)(i))
#define GCD_ENTRY(i) (LISTS + 0x800 + 0x80 * (uint64_t)(i))

/* The core's lists: three of the map, four of the GCD. */
static void lists(void)
{
    head(MAP_HEAD, MAP_ENTRY(0) + 8, MAP_ENTRY(2) + 8);
    for (unsigned i = 0; i < 3; i++)
        entry(MAP_ENTRY(i), "mmap", i < 2 ? MAP_ENTRY(i + 1) + 8 : MAP_HEAD, i > 0 ? MAP_ENTRY(i - 1) + 8 : MAP_HEAD,
              i == 0   ? EFI_RUNTIME_CODE
              : i == 1 ? EFI_CONVENTIONAL
                       : EFI_RUNTIME_DATA,
              0x1c, 0x20, MIB * (i + 1), MIB * (i + 2), 0, 0x38);
    head(GCD_HEAD, GCD_ENTRY(0) + 8, GCD_ENTRY(3) + 8);
    static const struct {
        uint32_t type;
        uint64_t attributes;
    } gcd[] = {{GCD_RESERVED, 0}, {GCD_RAM, EFI_ATTRIBUTE_RUNTIME}, {GCD_MMIO, 0}, {GCD_MMIO, EFI_ATTRIBUTE_RUNTIME}};
    for (unsigned i = 0; i < 4; i++)
        entry(GCD_ENTRY(i), "gcdm", i < 3 ? GCD_ENTRY(i + 1) + 8 : GCD_HEAD, i > 0 ? GCD_ENTRY(i - 1) + 8 : GCD_HEAD,
              gcd[i].type, 0x38, 0x18, GIB * i, GIB * (i + 1), gcd[i].attributes, 0x30);
    dxe.lists = (struct efi_lists){MAP_HEAD, GCD_HEAD};
}

static void read(void **state)
{
    (void)state;
    const struct efi_reader r = reader();
    struct dxe_memory *const was = mem;
    lists();
    mem->given = true;
    assert_true(leave_read(mon, &r, NULL, "now"));
    assert_ptr_equal(c->v.memory, was);
    assert_string_equal(mem->when, "now");
    assert_false(mem->given);
    assert_int_equal(mem->gcd.nr, 4);
    /* Completed as GetMemoryMap does: runtime memory has its attribute; reserved, and devices for run time. */
    assert_int_equal(mem->map.nr, 5);
    assert_int_equal(mem->map.r[0].attributes, EFI_ATTRIBUTE_RUNTIME);
    assert_int_equal(mem->map.r[1].attributes, 0);
    assert_int_equal(mem->map.r[2].attributes, EFI_ATTRIBUTE_RUNTIME);
    assert_int_equal(mem->map.r[3].type, EFI_RESERVED);
    assert_int_equal(mem->map.r[3].at.start, 0);
    assert_int_equal(mem->map.r[4].type, EFI_MMIO);
    assert_int_equal(mem->map.r[4].at.start, 3 * GIB);
    /* One that is damaged is not. */
    head(MAP_HEAD, MAP_ENTRY(0) + 8, 0);
    assert_true(leave_read(mon, &r, NULL, "now"));
    assert_int_equal(mem->map.nr, 3);
    assert_non_null(mem->map.damage);
    assert_int_equal(mem->map.r[0].attributes, 0);
    lists();
    /* The loader's is taken as it is. */
    uint8_t raw[48] = {0};
    put_le32(raw, EFI_RUNTIME_DATA);
    put_le64(raw + 8, 0x5000000);
    put_le64(raw + 24, 3);
    assert_true(memory_write(&c->m.memory, MAP_BUFFER, raw, sizeof raw));
    assert_true(leave_read(mon, &r, &(struct dxe_given){MAP_BUFFER, 48, 48}, "then"));
    assert_true(mem->given);
    assert_int_equal(mem->map.nr, 1);
    assert_int_equal(mem->map.r[0].at.end, 0x5003000);
    assert_int_equal(mem->map.r[0].attributes, 0);
    /* The first time, there is none yet. */
    c->v.memory = NULL;
    assert_true(leave_read(mon, &r, NULL, "now"));
    assert_non_null(c->v.memory);
    free(c->v.memory);
    c->v.memory = mem;
}

/* --- when */

static void registers(uint64_t rcx, uint64_t rdx, uint64_t r8, uint64_t r9)
{
    engine_set_reg(c->m.engine, CPU_RCX, rcx);
    engine_set_reg(c->m.engine, CPU_RDX, rdx);
    engine_set_reg(c->m.engine, CPU_R8, r8);
    engine_set_reg(c->m.engine, CPU_R9, r9);
}

/* Words of the caller's: size, key, step, of map @n. */
#define WORD(n, i) (0x3300000u + 0x100 * (uint64_t)(n) + 8 * (i))
static void poke(uint64_t gpa, uint64_t value)
{
    uint8_t raw[8];
    put_le64(raw, value);
    assert_true(memory_write(&c->m.memory, gpa, raw, sizeof raw));
}

/* GetMemoryMap with room for @room, which then gave @size bytes with @key. */
static void asked(unsigned n, uint64_t buffer, uint64_t room, uint64_t size, uint64_t key)
{
    poke(WORD(n, 0), room);
    registers(WORD(n, 0), buffer, WORD(n, 1), WORD(n, 2));
    leave_map_asked(mon);
    poke(WORD(n, 0), size);
    poke(WORD(n, 1), key);
    poke(WORD(n, 2), 48);
}

static void boot_left(uint64_t key)
{
    registers(0, key, 0, 0);
    leave_boot_left(mon, CODE);
}

static void when_reset(void)
{
    memset(&dxe, 0, sizeof dxe);
    dxe.lists = (struct efi_lists){MAP_HEAD, GCD_HEAD};
    mon->options.until.kind = UNTIL_END;
    c->m.pausing = c->m.stopping = false;
    c->v.ending = END_ENGINE;
}

static void given(void **state)
{
    (void)state;
    when_reset();
    asked(0, 0, 0, 480, 5); /* for the size alone */
    assert_int_equal(dxe.nr_calls, 0);
    asked(0, 1, 480, 480, 5); /* wherever the buffer is */
    assert_int_equal(dxe.nr_calls, 1);
    boot_left(6); /* a key that no map has: the core refuses */
    assert_false(dxe.is_given || dxe.left || dxe.look != NULL || c->m.pausing);
    asked(1, MAP_BUFFER, 480, 480, 6);
    asked(2, MAP_BUFFER + 0x1000, 480, 96, 7);
    boot_left(6);
    assert_true(dxe.is_given && dxe.left && c->m.pausing);
    assert_string_equal(dxe.look, "exit-boot-services");
    assert_int_equal(dxe.look_pc, CODE);
    assert_int_equal(dxe.given.buffer, MAP_BUFFER);
    assert_int_equal(dxe.given.size, 480);
    assert_int_equal(dxe.given.step, 48);
    dxe.look = NULL;
    boot_left(7); /* left is left */
    assert_null(dxe.look);
    assert_int_equal(dxe.given.buffer, MAP_BUFFER);
    /* The newest with that key; not one that did not fit. */
    when_reset();
    asked(0, MAP_BUFFER, 480, 480, 6);
    asked(1, MAP_BUFFER + 0x1000, 480, 480, 6);
    asked(2, MAP_BUFFER + 0x2000, 479, 480, 6);
    boot_left(6);
    assert_int_equal(dxe.given.buffer, MAP_BUFFER + 0x1000);
    /* As many as are remembered, and no more. */
    for (unsigned calls = DXE_MAPS_MAX; calls <= DXE_MAPS_MAX + 1; calls++) {
        when_reset();
        for (unsigned n = 0; n < calls; n++)
            asked(n, MAP_BUFFER + 0x1000 * n, 480, 480, 20 + n);
        boot_left(20);
        assert_true(dxe.is_given == (calls == DXE_MAPS_MAX));
    }
    when_reset();
    boot_left(0); /* there was no call at all */
    assert_false(dxe.is_given);
    when_reset();
    asked(0, MAP_BUFFER, 480, 480, 6);
    dxe.call[0].key = 0; /* a null pointer has no key, and none is 0 */
    poke(0, 77);
    boot_left(77);
    assert_false(dxe.is_given);
    boot_left(0);
    assert_true(dxe.is_given);
    poke(0, 0);
    /* Where the run is to end with it, it is looked at in any case. */
    when_reset();
    mon->options.until.kind = UNTIL_EXIT_BOOT_SERVICES;
    boot_left(5);
    assert_false(dxe.is_given);
    assert_non_null(dxe.look);
    assert_true(c->m.stopping);
    assert_int_equal(c->v.ending, END_REACHED);
}

/* From paused(), once. */
static void paused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        when_reset();
        mem->when = "before";
        checks_forget(c);
        leave_want(mon, i == 5 ? NULL : "now", CODE, false);
        assert_true(c->m.pausing);
        if (i == 1)
            dxe.lists.map = 0;
        if (i == 2)
            dxe.lists.gcd = 0;
        if (i == 3) {
            dxe.is_given = true;
            dxe.given = (struct dxe_given){MAP_BUFFER, 48, 48};
        }
        leave_paused(mon);
        const bool looked = i == 0 || i == 3 || i == 4;
        assert_string_equal(mem->when, looked ? "now" : "before");
        assert_true((c->v.findings.nr != 0) == looked);
        if (looked)
            assert_true(mem->given == (i == 3) && mem->map.nr == (i == 3 ? 1 : 5));
        mem->when = "before";
        leave_paused(mon); /* nothing more is wanted */
        assert_string_equal(mem->when, "before");
    }
}

/* At the end, where nothing has been looked at. */
static void at_the_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        when_reset();
        c->v.memory = i == 1 ? mem : NULL;
        mem->when = "before";
        if (i == 2)
            dxe.lists.map = 0;
        if (i == 3)
            dxe.lists.gcd = 0;
        if (i == 4)
            mon->dxe = NULL;
        leave_end(mon);
        assert_string_equal(mem->when, "before");
        if (i == 0)
            assert_string_equal(c->v.memory->when, "end");
        else
            assert_ptr_equal(c->v.memory, i == 1 ? mem : NULL);
        if (c->v.memory != mem)
            free(c->v.memory);
        c->v.memory = mem;
        mon->dxe = &dxe;
    }
}

static int set_up(void **state)
{
    /* CR4.PAE, CR3, EFER.LME, CR0.PG, HLT */
    static const uint8_t code[] = {0xb8, 0x20, 0,    0,    0,    0x0f, 0x22, 0xe0, 0xb8, 0,    0,    0xc0, 2,    0x0f,
                                   0x22, 0xd8, 0xb9, 0x80, 0,    0,    0xc0, 0x0f, 0x32, 0x0d, 0,    1,    0,    0,
                                   0x0f, 0x30, 0x0f, 0x20, 0xc0, 0x0d, 0,    0,    0,    0x80, 0x0f, 0x22, 0xc0, 0xf4};
    (void)state;
    memset(c, 0, sizeof *c);
    guest_init(&c->t, GUEST_PVH, 256, 0, AMPLE, 2);
    checks_start(c, false);
    preserve_begin(mon);
    poke(TABLES, (TABLES + 0x1000) | 3);
    poke(TABLES + 0x1000, 0x83);
    assert_true(memory_write(&c->m.memory, CODE, code, sizeof code));
    engine_jump(c->m.engine, CODE);
    assert_true(machine_run(&c->m));
    engine_enter_gate(c->m.engine, 0x10, CODE, FREE + 0x4000, 2);
    mem = calloc(1, sizeof *mem);
    assert_non_null(mem);
    c->v.memory = mem;
    mon->dxe = &dxe;
    dxe.system = SYSTEM;
    poke(SYSTEM + 0x68, 3);
    poke(SYSTEM + 0x70, CONFIGURATION);
    configure(0, &efi_attributes_guid, 0x50000000);
    configure(1, &efi_acpi_guid, RSDP);
    configure(2, &efi_smbios_guid, 0x50000000);
    acpi();
    lists();
    c->h[RAM].range.end = 0x10000000;
    checks_xen(c, 4, 17, 0);
    c->v.hobs = c->hobs;
    poke(MIB + 0x1230, 0x1234567812345678); /* in the image */
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    mon->dxe = NULL;
    preserve_end(mon);
    checks_exit(c);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks), cmocka_unit_test(read), cmocka_unit_test(given),
                                       cmocka_unit_test(paused), cmocka_unit_test(at_the_end)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
