/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hand-offs leave: owners at addresses, and the bytes of the structures (xen-facts A.3, A.5, B.2, E.1). */
#include "guest_kit.h"

#include "xen/abi.h"

struct place {
    uint64_t gpa;
    enum plan_kind kind;
    enum plan_class cls;
    const char *owner;
};

static void check_places(const struct plan *p, const struct place *at, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        const struct plan_range *r = plan_find(p, at[i].gpa);
        assert_non_null(r);
        if (strcmp(r->owner, at[i].owner) != 0 || r->cls != at[i].cls || r->kind != at[i].kind)
            fail_msg("0x%llx is %s, not %s (class %d, kind %d)", (unsigned long long)at[i].gpa, r->owner, at[i].owner,
                     (int)r->cls, (int)r->kind);
    }
}
#define CHECK_PLACES(p, ...)                             \
    check_places(p, (const struct place[]){__VA_ARGS__}, \
                 sizeof((const struct place[]){__VA_ARGS__}) / sizeof(struct place))

static void hvm_places(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {256, 1024, 4096, 8192};
    for (size_t s = 0; s < 8; s++) {
        struct guest t;
        struct plan p;
        struct cpu_entry e;
        guest_init(&t, GUEST_HVM, sizes[s / 2], 16, s % 2 != 0 ? 192 : AMPLE, 2);
        guest_plan(&t, &p, &e);
        static const struct place expected[] = {
            {0x0, PLAN_RAM, CLASS_NULL, "page 0"},
            {0xFFF, PLAN_RAM, CLASS_NULL, "page 0"},
            {0x1000, PLAN_RAM, CLASS_LIVE, "hvmloader info block"},
            {0x1027, PLAN_RAM, CLASS_LIVE, "hvmloader info block"},
            {0x1028, PLAN_RAM, CLASS_FREE, "low RAM"},
            {0x10010, PLAN_RAM, CLASS_LIVE, "hvmloader E820"},
            {0x80000, PLAN_RAM, CLASS_FREE, "hypercall page (stale)"},
            {0x9F800, PLAN_RAM, CLASS_FREE, "hvm_info table (stale)"},
            {0xA0000, PLAN_DEVICE, CLASS_RESERVED, "VGA memory"},
            {0xC0000, PLAN_RAM, CLASS_PRESERVED, "BIOS area"},
            {0xEA020, PLAN_RAM, CLASS_PRESERVED, "ACPI RSDP"},
            {0xEB000, PLAN_RAM, CLASS_PRESERVED, "SMBIOS"},
            {0xEFFFF, PLAN_RAM, CLASS_PRESERVED, "BIOS area"},
            {0xF0000, PLAN_RAM, CLASS_IMAGE, "low copy of the image"},
            {0x100000, PLAN_RAM, CLASS_FREE, "low RAM"},
            {0xF0000000, PLAN_HOLE, CLASS_HOLE, "PCI window"},
            {0xFC000000, PLAN_RAM, CLASS_PRESERVED, "ACPI info"},
            {0xFC001000, PLAN_RAM, CLASS_PRESERVED, "ACPI tables"},
            {0xFC00B000, PLAN_HOLE, CLASS_RESERVED, "Xen reserved area"},
            {0xFC100000, PLAN_RAM, CLASS_RESERVED, "VM86 TSS"},
            {0xFDFFF000, PLAN_RAM, CLASS_RESERVED, "hvmloader's shared info"},
            {0xFE700000, PLAN_HOLE, CLASS_RESERVED, "reserved for guest use"},
            {0xFEC00000, PLAN_DEVICE, CLASS_DEVICE, "I/O APIC"},
            {0xFED00000, PLAN_DEVICE, CLASS_DEVICE, "HPET"},
            {0xFED40000, PLAN_DEVICE, CLASS_DEVICE, "TPM (absent)"},
            {0xFEE00000, PLAN_DEVICE, CLASS_DEVICE, "local APIC"},
            {0xFEF00000, PLAN_HOLE, CLASS_RESERVED, "Xen reserved area"},
            {0xFEFF0000, PLAN_RAM, CLASS_RESERVED, "Xen ioreq server pages"},
            {0xFEFF8000, PLAN_RAM, CLASS_RESERVED, "Xen special pages"},
            {0xFEFFE000, PLAN_RAM, CLASS_RESERVED, "Xen identity page directory"},
            {0xFFE00000, PLAN_RAM, CLASS_IMAGE, "OVMF image"},
            {0xFFFFFFFF, PLAN_RAM, CLASS_IMAGE, "OVMF image"},
        };
        check_places(&p, expected, sizeof expected / sizeof expected[0]);
        CHECK_PLACES(&p, {t.g.low_end - 1, PLAN_RAM, CLASS_FREE, "low RAM"});
        if (t.g.low_end < t.g.mmio_start)
            CHECK_PLACES(&p, {t.g.low_end, PLAN_HOLE, CLASS_HOLE, "above low RAM"});
        if (t.g.high_end != 0)
            CHECK_PLACES(&p, {4 * GIB, PLAN_RAM, CLASS_FREE, "high RAM"},
                         {t.g.high_end - 1, PLAN_RAM, CLASS_FREE, "high RAM"});
        assert_int_equal(e.mode, ENTRY_REAL);
        assert_int_equal(e.cs, 0xF000);
        assert_int_equal(e.eip, 0xFFF0);
        assert_int_equal(e.idt_limit, 0x3FF);
        assert_int_equal(e.gdt_base, 0x100090);
        plan_exit(&p);
    }
}

static void hvm_image_and_leftovers(void **state)
{
    (void)state;
    struct guest t;
    struct plan p;
    struct cpu_entry e;
    uint8_t b[64];
    guest_init(&t, GUEST_HVM, 1024, 16, 192, 4);
    guest_plan(&t, &p, &e);
    plan_copy(&p, 0, b, 8);
    assert_memory_equal(b, "\x0F\x22\xC0\xEA\x08\x00\x00\x00", 8);
    plan_copy(&p, 0xFFC00000, b, 4);
    assert_int_equal(le32(b), 0xA5000000u);
    plan_copy(&p, 0xF0000, b, 4); /* the last 64 KiB of 4 MiB */
    assert_int_equal(le32(b), 0xA5000000u ^ 0x3F0000u);
    plan_copy(&p, 0x80000 + 12 * 32, b, 10); /* ret fills what Xen did not write */
    assert_memory_equal(b, "\xB8\x0C\x00\x00\x00\x0F\x01\xC1\xC3\xC3", 10);
    plan_copy(&p, 0x80000 + 23 * 32, b, 3);
    assert_memory_equal(b, "\x0F\x0B\xC3", 3);
    plan_copy(&p, 0x9F800, b, 48);
    assert_memory_equal(b, "HVM INFO", 8);
    assert_int_equal(le32(b + 20), t.g.low_end >> PAGE_SHIFT);
    assert_int_not_equal(t.g.stolen_pages, 0); /* hvmloader takes them off, and leaves the builder's checksum */
    put_le32(b + 20, le32(b + 20) + (uint32_t)t.g.stolen_pages);
    assert_int_equal(byte_sum(b, 48), 0);
    plan_copy(&p, 0xFEFFE000 + 4, b, 4);
    assert_int_equal(le32(b), 0x4000E7);
    plan_exit(&p);
}

static void hvm_info_block(void **state)
{
    (void)state;
    static const uint8_t five[40] = {0x58, 0x65,        0x6E, 0x48,        0x56, 0x4D, 0x4F, 0x56,    0x4D,
                                     0x46, [14] = 0x28, 0x74, [28] = 0x10, 0x00, 0x01, 0x00, [36] = 5};
    struct guest t;
    struct plan p;
    struct cpu_entry e;
    uint8_t b[40], entry[20];

    guest_init(&t, GUEST_HVM, 1024, 0, AMPLE, 2);
    guest_plan(&t, &p, &e);
    plan_copy(&p, 0x1000, b, sizeof b);
    assert_memory_equal(b, five, sizeof five);
    plan_copy(&p, 0x10010 + 2 * 20, entry, sizeof entry);
    assert_int_equal(le64(entry), 0x100000);
    assert_int_equal(le64(entry + 8), 0x3FF00000);
    assert_int_equal(le32(entry + 16), 1);
    plan_exit(&p);

    guest_init(&t, GUEST_HVM, 8192, 0, AMPLE, 2); /* high RAM: six entries */
    guest_plan(&t, &p, &e);
    plan_copy(&p, 0x1000, b, sizeof b);
    assert_int_equal(b[36], 6);
    assert_int_equal(b[15], 0x73);
    assert_int_equal(byte_sum(b, sizeof b), 0);
    plan_exit(&p);

    assert_true(e820_add(&t.g.e820, 0xF8000000, 0xF8001000, E820_TYPE_RESERVED));
    guest_plan(&t, &p, &e);
    plan_copy(&p, 0x1000, b, sizeof b);
    assert_int_equal(b[15], 0x72);
    plan_exit(&p);
}

static void hvm_e820_pointer_moves(void **state)
{
    (void)state;
    static const struct {
        unsigned minor, vcpus;
        uint32_t at;
    } row[] = {
        {17, 8, 0x10010}, {20, 1, 0x10010}, {21, 1, 0x10020}, {21, 4, 0x10020}, {22, 5, 0x10030},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct guest t;
        struct plan p;
        struct cpu_entry e;
        uint8_t b[8];
        guest_init(&t, GUEST_HVM, 256, 0, AMPLE, 2);
        t.l.xen_minor = row[i].minor;
        t.l.vcpus = row[i].vcpus;
        guest_plan(&t, &p, &e);
        plan_copy(&p, 0x1000 + 28, b, 8);
        assert_int_equal(le64(b), row[i].at);
        CHECK_PLACES(&p, {row[i].at, PLAN_RAM, CLASS_LIVE, "hvmloader E820"});
        plan_exit(&p);
    }
}

/* Walks from the RSDP: every checksum, every pointer into the tables' pages. */
static void check_acpi(const struct plan *p, const struct guest *t, uint64_t rsdp_gpa, unsigned tables)
{
    const uint64_t end = ACPI_TABLES + ((uint64_t)t->g.acpi_pages << PAGE_SHIFT);
    uint8_t rsdp[36], root[256], table[4096];
    plan_copy(p, rsdp_gpa, rsdp, sizeof rsdp);
    assert_memory_equal(rsdp, "RSD PTR ", 8);
    assert_int_equal(byte_sum(rsdp, 20), 0);
    assert_int_equal(byte_sum(rsdp, 36), 0);
    assert_int_equal(rsdp[15], 2);
    for (size_t width = 4; width <= 8; width += 4) {
        const uint64_t at = width == 4 ? le32(rsdp + 16) : le64(rsdp + 24);
        assert_in_range(at, ACPI_TABLES, end - 1);
        plan_copy(p, at, root, sizeof root);
        assert_memory_equal(root, width == 4 ? "RSDT" : "XSDT", 4);
        assert_int_equal(le32(root + 4), 36 + tables * width);
        assert_int_equal(byte_sum(root, le32(root + 4)), 0);
        for (size_t i = 0; i < tables; i++) {
            const uint8_t *q = root + 36 + i * width;
            const uint64_t child = width == 4 ? le32(q) : le64(q);
            assert_in_range(child, ACPI_TABLES, end - 1);
            plan_copy(p, child, table, sizeof table);
            assert_in_range(le32(table + 4), 36, sizeof table);
            assert_int_equal(byte_sum(table, le32(table + 4)), 0);
            if (memcmp(table, "FACP", 4) != 0)
                continue;
            assert_int_equal(le32(table + 36), ACPI_TABLES); /* FACS: first, 64-byte aligned */
            const uint64_t dsdt = le32(table + 40);
            plan_copy(p, dsdt, table, 64);
            assert_memory_equal(table, "DSDT", 4);
            assert_int_equal(byte_sum(table, le32(table + 4)), 0);
        }
    }
}

static void hvm_tables(void **state)
{
    (void)state;
    struct guest t;
    struct plan p;
    struct cpu_entry e;
    uint8_t b[0x5000];
    guest_init(&t, GUEST_HVM, 8192, 16, 192, 2);
    t.l.vcpus = 128;
    guest_plan(&t, &p, &e);
    check_acpi(&p, &t, 0xEA020, 6);

    plan_copy(&p, 0xEB000, b, sizeof b);
    assert_memory_equal(b, "_SM_", 4);
    assert_int_equal(byte_sum(b, 0x1F), 0);
    assert_memory_equal(b + 16, "_DMI_", 5);
    assert_int_equal(byte_sum(b + 16, 15), 0);
    assert_int_equal(le32(b + 24), 0xEB01F);
    size_t at = 0x1F, count = 0;
    bool last = false;
    while (!last) { /* structures and their strings, up to type 127 */
        assert_true(at + 4 < sizeof b);
        last = b[at] == 127;
        at += b[at + 1];
        while (b[at] != 0 || b[at + 1] != 0)
            at++;
        at += 2;
        count++;
    }
    assert_int_equal(count, le16(b + 28));
    assert_int_equal(at - 0x1F, le16(b + 22));
    plan_exit(&p);

    t.l.acpi = false; /* no tables: Xen's area is all reserved */
    guest_plan(&t, &p, &e);
    CHECK_PLACES(&p, {0xFC000000, PLAN_HOLE, CLASS_RESERVED, "Xen reserved area"},
                 {0xEA020, PLAN_RAM, CLASS_PRESERVED, "BIOS area"});
    plan_exit(&p);
}

static void e820_rules_over_ram(void **state)
{
    (void)state;
    struct guest t;
    struct plan p;
    struct cpu_entry e;
    guest_init(&t, GUEST_HVM, 1024, 0, AMPLE, 2);
    struct e820_map *m = &t.g.e820;
    m->nr = 0;
    assert_true(e820_add(m, 0, 0xA0000, E820_TYPE_RAM));
    assert_true(e820_add(m, 0x50000, 0x60000, E820_TYPE_RESERVED)); /* overlaps: the later entry counts */
    assert_true(e820_add(m, 0xF0000, 0x100000, E820_TYPE_RAM));     /* a known area keeps its own rule */
    assert_true(e820_add(m, 0x100000, 0x20000000, E820_TYPE_RAM));
    assert_true(e820_add(m, 0x20000000, 0x20100000, E820_TYPE_RESERVED));
    assert_true(e820_add(m, 0x20100000, 0x20200000, E820_TYPE_NVS));
    assert_true(e820_add(m, 0x20200000, 0x20300000, 99));
    assert_true(e820_add(m, 0x30000000, 0x50000000, E820_TYPE_RAM)); /* ends above the 1 GiB that exist */
    assert_true(e820_add(m, 0x60000000, 0x60100000, E820_TYPE_RESERVED));
    guest_plan(&t, &p, &e);
    static const struct place expected[] = {
        {0x4FFFF, PLAN_RAM, CLASS_FREE, "low RAM"},
        {0x50000, PLAN_RAM, CLASS_RESERVED, "E820 RESERVED"},
        {0x60000, PLAN_RAM, CLASS_FREE, "low RAM"},
        {0xF0000, PLAN_RAM, CLASS_IMAGE, "low copy of the image"},
        {0x1FFFFFFF, PLAN_RAM, CLASS_FREE, "low RAM"},
        {0x20000000, PLAN_RAM, CLASS_RESERVED, "E820 RESERVED"},
        {0x20100000, PLAN_RAM, CLASS_PRESERVED, "E820 NVS"},
        {0x20200000, PLAN_RAM, CLASS_RESERVED, "E820, unknown type"},
        {0x20300000, PLAN_RAM, CLASS_FREE, "RAM, not in the E820"},
        {0x30000000, PLAN_RAM, CLASS_FREE, "low RAM"},
        {0x40000000, PLAN_HOLE, CLASS_HOLE, "E820 RAM, not populated"},
        {0x50000000, PLAN_HOLE, CLASS_HOLE, "above low RAM"},
        {0x60000000, PLAN_HOLE, CLASS_RESERVED, "E820 RESERVED"},
    };
    check_places(&p, expected, sizeof expected / sizeof expected[0]);
    plan_exit(&p);
}

static void pvh_places(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {256, 1024, 4096, 8192};
    for (size_t s = 0; s < 4; s++) {
        struct guest t;
        struct plan p;
        struct cpu_entry e;
        guest_init(&t, GUEST_PVH, sizes[s], 0, AMPLE, 2);
        guest_plan(&t, &p, &e);
        static const struct place expected[] = {
            {0x0, PLAN_RAM, CLASS_NULL, "page 0"},
            {0x1000, PLAN_RAM, CLASS_FREE, "low RAM"},
            {0xA0000, PLAN_RAM, CLASS_FREE, "RAM (VGA hole, declared reserved)"},
            {0x100000, PLAN_RAM, CLASS_IMAGE, "OVMF image"},
            {0x2FFFFF, PLAN_RAM, CLASS_IMAGE, "OVMF image"},
            {0x300000, PLAN_RAM, CLASS_LIVE, "PVH start info"},
            {0x808000, PLAN_RAM, CLASS_FREE, "low RAM"},
            {0xFC000000, PLAN_RAM, CLASS_PRESERVED, "ACPI info"},
            {0xFC001000, PLAN_RAM, CLASS_PRESERVED, "ACPI tables"},
            {0xFC008000, PLAN_RAM, CLASS_PRESERVED, "ACPI RSDP"},
            {0xFC009000, PLAN_HOLE, CLASS_HOLE, "above low RAM"},
            {0xFEC00000, PLAN_HOLE, CLASS_HOLE, "above low RAM"},
            {0xFEE00000, PLAN_DEVICE, CLASS_DEVICE, "local APIC"},
            {0xFEFF0000, PLAN_HOLE, CLASS_HOLE, "above low RAM"},
            {0xFEFF8000, PLAN_RAM, CLASS_RESERVED, "Xen special pages"},
            {0xFFE00000, PLAN_HOLE, CLASS_HOLE, "above low RAM"},
        };
        check_places(&p, expected, sizeof expected / sizeof expected[0]);
        CHECK_PLACES(&p, {t.g.low_end - 1, PLAN_RAM, CLASS_FREE, "low RAM"});
        check_acpi(&p, &t, 0xFC008000, 2);
        const struct plan_range *r = plan_find(&p, 0x100000);
        assert_true((r->allow[PHASE_SEC] & ALLOW_W) != 0);
        assert_true((r->allow[PHASE_PEI] & ALLOW_W) == 0);
        assert_int_equal(e.mode, ENTRY_FLAT32);
        assert_int_equal(e.eip, 0x2FFFD0);
        assert_int_equal(e.ebx, 0x300000);
        plan_exit(&p);
    }
}

static void pvh_start_info(void **state)
{
    (void)state;
    struct guest t;
    struct plan p;
    struct cpu_entry e;
    uint8_t b[56], m[24];
    guest_init(&t, GUEST_PVH, 8192, 0, AMPLE, 2);
    guest_plan(&t, &p, &e);
    plan_copy(&p, 0x300000, b, sizeof b);
    assert_int_equal(le32(b), 0x336EC578);
    assert_int_equal(le32(b + 4), 1);
    assert_int_equal(le32(b + 12), 0);
    assert_int_equal(le64(b + 24), 0);
    assert_int_equal(le64(b + 32), 0xFC008000);
    assert_int_equal(le64(b + 40), 0x300000 + 2168);
    assert_int_equal(le32(b + 48), 6);
    plan_copy(&p, 0x300000 + 2168 + 24, m, sizeof m); /* the toolstack's order: special pages come second */
    assert_int_equal(le64(m), 0xFEFF8000);
    assert_int_equal(le64(m + 8), 0x8000);
    assert_int_equal(le32(m + 16), 2);
    plan_exit(&p);
}

static void pvh_refuses(void **state)
{
    (void)state;
    struct guest t;
    struct image im;
    struct cpu_entry e;
    guest_init(&t, GUEST_PVH, 256, 0, AMPLE, 4);
    guest_image(&im, 4);
    const struct pvh_header good = im.pvh;
    const struct {
        struct pvh_header h;
        const char *says;
    } bad[] = {
        {{.present = false}, "no PVH entry"},
        {{true, 0x2FFFD0, 0x100000, 0x200000, 0x200000}, "FD_SIZE_4MB"},
        {{true, 0x100000, 0x100000, 0x400001, 0x400001}, "ELF header loads"},
        {{true, 0x100000, 0x100000, 0x400000, 0x3FFFFF}, "ELF header loads"},
        {{true, 0x0FFF00, 0x0FF000, 0x400000, 0x400000}, "no RAM"},
        {{true, 0x100010, 0x100010, 0x400000, 0x400000}, "no RAM"},
        {{true, 0xFFF00000, 0xFFF00000, 0x400000, 0x400000}, "no RAM"},
        {{true, 0x100000, 0x100000, 0x400000, 0xFFFFFFFF}, "no RAM"},
        {{true, 0x500000, 0x100000, 0x400000, 0x400000}, "entry"},
        {{true, 0x0FFFFF, 0x100000, 0x400000, 0x400000}, "entry"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct diag d = {0};
        struct plan p;
        im.pvh = bad[i].h;
        plan_init(&p, 4 * GIB);
        assert_false(handoff_pvh.plan(&t.l, &t.g, &im, &p, &e, &d));
        if (strstr(d.message, bad[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", d.message, bad[i].says);
        plan_exit(&p);
    }
    struct diag d = {0};
    struct plan p;
    im.pvh = good;
    plan_init(&p, 4 * GIB);
    assert_true(handoff_pvh.plan(&t.l, &t.g, &im, &p, &e, &d));
    plan_exit(&p);
    image_free(&im);
}

static void names(void **state)
{
    (void)state;
    assert_ptr_equal(handoff_find("hvm"), &handoff_hvm);
    assert_ptr_equal(handoff_find("pvh"), &handoff_pvh);
    assert_null(handoff_find("pv"));
    assert_ptr_equal(handoff_for(GUEST_PVH), &handoff_pvh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hvm_places),     cmocka_unit_test(hvm_image_and_leftovers),
        cmocka_unit_test(hvm_info_block), cmocka_unit_test(hvm_e820_pointer_moves),
        cmocka_unit_test(hvm_tables),     cmocka_unit_test(e820_rules_over_ram),
        cmocka_unit_test(pvh_places),     cmocka_unit_test(pvh_start_info),
        cmocka_unit_test(pvh_refuses),    cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
