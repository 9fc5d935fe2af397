/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space as hvmloader leaves it (xen-facts A.4), and the mechanism. */
#include "bus_kit.h"

static void select_reg(struct bench *b, unsigned devfn, unsigned reg)
{
    out(b, 0xCF8, 4, 0x80000000u | devfn << 8 | (reg & 0xFC));
}
static uint32_t config(struct bench *b, unsigned devfn, unsigned reg, unsigned size)
{
    select_reg(b, devfn, reg);
    return in(b, (uint16_t)(0xCFC + (reg & 3)), size);
}
static void set_config(struct bench *b, unsigned devfn, unsigned reg, unsigned size, uint32_t v)
{
    select_reg(b, devfn, reg);
    out(b, (uint16_t)(0xCFC + (reg & 3)), size, v);
}

static void identities(void **state)
{
    (void)state;
    static const struct {
        unsigned devfn;
        uint32_t id, class_code;
    } row[] = {
        {0x00, 0x12378086, 0x060000}, {0x08, 0x70008086, 0x060100}, {0x09, 0x70108086, 0x010180},
        {0x0B, 0x71138086, 0x068000}, {0x10, 0x00015853, 0xFF8000}, {0x18, 0x11111234, 0x030000},
        {0x20, 0x813910EC, 0x020000}, {0x0A, 0xFFFFFFFF, 0xFFFFFF}, {0xF8, 0xFFFFFFFF, 0xFFFFFF},
    };
    struct bench b;
    bench_init(&b, GUEST_HVM, 1024, 16, AMPLE);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_int_equal(config(&b, row[i].devfn, 0, 4), row[i].id);
        assert_int_equal(config(&b, row[i].devfn, 8, 4) >> 8, row[i].class_code);
    }
    assert_int_equal(config(&b, 0x08, 0x0E, 1), 0x80);
    assert_int_equal(config(&b, 0x08, 0x60, 4), 0x050B0A05);
    assert_int_equal(config(&b, 0x09, 0x40, 4), 0x80008000);
    assert_int_equal(config(&b, 0x0B, 0x40, 4), 0xB001);
    assert_int_equal(config(&b, 0x0B, 0x80, 1), 1);
    out(&b, 0xCF8, 4, 0x80010000); /* bus 1 */
    assert_int_equal(in(&b, 0xCFC, 4), 0xFFFFFFFF);
    out(&b, 0xCF8, 4, 0); /* not enabled */
    assert_int_equal(in(&b, 0xCFC, 4), 0xFFFFFFFF);
    bus_exit(&b.bus);

    bench_init(&b, GUEST_HVM, 1024, 8, AMPLE);
    assert_int_equal(config(&b, 0x18, 0, 4), 0x00B81013);
    bus_exit(&b.bus);
    bench_init(&b, GUEST_HVM, 1024, 0, AMPLE); /* no video card: the network card moves up */
    assert_int_equal(config(&b, 0x18, 0, 4), 0x813910EC);
    assert_int_equal(config(&b, 0x20, 0, 4), 0xFFFFFFFF);
    bus_exit(&b.bus);
}

static void widths(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 1024, 16, AMPLE);
    assert_int_equal(config(&b, 0x00, 2, 2), 0x1237);
    assert_int_equal(config(&b, 0x00, 3, 1), 0x12);
    assert_int_equal(config(&b, 0x00, 1, 2), 0x3780);
    select_reg(&b, 0, 0);
    assert_int_equal(in(&b, 0xCF8, 4), 0x80000000);
    assert_int_equal(in(&b, 0xCFE, 4), 0xFFFF1237); /* leaves the data port */
    out(&b, 0xCF8, 1, 0x55);                        /* only a dword is the address */
    out(&b, 0xCFA, 2, 0x5555);
    assert_int_equal(in(&b, 0xCF8, 4), 0x80000000);
    assert_int_equal(b.p.reset, RESET_NONE);
    set_config(&b, 0x0B, 0x44, 4, 0x11223344);
    set_config(&b, 0x0B, 0x45, 1, 0x99);
    set_config(&b, 0x0B, 0x46, 2, 0x7766);
    assert_int_equal(config(&b, 0x0B, 0x44, 4), 0x77669944);
    set_config(&b, 0x0B, 0x00, 4, 0); /* read-only */
    assert_int_equal(config(&b, 0x0B, 0x00, 4), 0x71138086);
    bus_exit(&b.bus);
}

static void check_bar(struct bench *b, unsigned devfn, unsigned reg, uint32_t placed, uint32_t sized)
{
    assert_int_equal(config(b, devfn, reg, 4), placed);
    set_config(b, devfn, reg, 4, 0xFFFFFFFF);
    assert_int_equal(config(b, devfn, reg, 4), sized);
    set_config(b, devfn, reg, 4, placed);
    assert_int_equal(config(b, devfn, reg, 4), placed);
}

/* The observed placement: Xen platform, VGA, ROMs, VGA registers, NIC. */
static void bars(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 1024, 16, AMPLE);
    check_bar(&b, 0x10, 0x14, 0xF0000008, 0xFF000008);
    check_bar(&b, 0x18, 0x10, 0xF1000008, 0xFF000008);
    check_bar(&b, 0x20, 0x30, 0xF2000000, 0xFFFC0001);
    check_bar(&b, 0x18, 0x30, 0xF2040000, 0xFFFF0001);
    check_bar(&b, 0x18, 0x18, 0xF2050000, 0xFFFFF000);
    check_bar(&b, 0x20, 0x14, 0xF2051000, 0xFFFFFF00);
    check_bar(&b, 0x10, 0x10, 0xC001, 0xFFFFFF01);
    check_bar(&b, 0x20, 0x10, 0xC101, 0xFFFFFF01);
    check_bar(&b, 0x09, 0x20, 0xC201, 0xFFFFFFF1);
    check_bar(&b, 0x00, 0x10, 0, 0); /* no BAR */
    assert_int_equal(config(&b, 0x10, 0x04, 2), 7);
    assert_int_equal(config(&b, 0x0B, 0x04, 2), 4);
    bus_exit(&b.bus);

    struct bench big;
    guest_init(&big.t, GUEST_HVM, 4096, 16, AMPLE, 2);
    big.t.l.mmio_hole = 2048 * MIB;
    struct diag d = {0};
    assert_true(layout_resolve(&big.t.l, 2 * MIB, &big.t.g, &d));
    bench_start(&big);
    check_bar(&big, 0x10, 0x14, 0x80000008, 0xFF000008);
    bus_exit(&big.bus);
}

static const struct window *at(const struct bench *b, uint64_t gpa)
{
    return bus_window_at(&b->bus, false, gpa);
}

/* QEMU hw/pci/pci.c:pci_bar_address. */
static void decoding(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 1024, 16, AMPLE);
    assert_false(b.p.bars_moved);
    const struct window *vga = at(&b, 0xF1000000);
    assert_non_null(vga);
    assert_string_equal(vga->owner, "PCI BAR of the VGA card");
    assert_true(vga->takes_ram);
    assert_ptr_equal(at(&b, 0xF1FFFFFF), vga);
    assert_false(at(&b, 0xF0000000)->takes_ram);
    assert_null(at(&b, 0xF2000000)); /* a ROM without its enable bit */
    assert_null(at(&b, 0xF2051100));
    assert_null(at(&b, 0xEFFFFFFF));
    vga->ops->write(vga->self, 0xFFFFF8, 8, 0x1122334455667788);
    assert_int_equal(vga->ops->read(vga->self, 0xFFFFFC, 4), 0x11223344);
    assert_int_equal(vga->ops->read(vga->self, 0xFFFFFC, 8), 0); /* beyond its end */

    set_config(&b, 0x18, 0x10, 4, 0xFFFFFFFF); /* sized while decoded: never up to the very top */
    assert_true(b.p.bars_moved);
    assert_true(vga->moved);
    assert_null(at(&b, 0xFFFFFFFF));
    set_config(&b, 0x18, 0x10, 4, 0xFE000000);
    assert_ptr_equal(at(&b, 0xFE000000), vga);
    set_config(&b, 0x18, 0x10, 4, 0);
    assert_null(at(&b, 0));
    set_config(&b, 0x18, 0x13, 1, 0x80); /* byte by byte */
    assert_ptr_equal(at(&b, 0x80FFFFFF), vga);
    set_config(&b, 0x18, 0x04, 1, 1);
    assert_null(at(&b, 0x80000000));
    set_config(&b, 0x18, 0x04, 1, 2);
    assert_ptr_equal(at(&b, 0x80000000), vga);
    set_config(&b, 0x18, 0x30, 4, 0x90000001);
    assert_int_equal(at(&b, 0x9000FFFF)->ops->read(at(&b, 0x90000000)->self, 0, 2) & 0xFFFF, 0xFFFF);

    assert_int_equal(in(&b, 0xC100, 4), 0); /* the NIC's ports */
    assert_int_equal(in(&b, 0xC0FE, 4), 0); /* across two devices: a byte each */
    assert_int_equal(in(&b, 0xC20E, 4), 0xFFFF0000);
    set_config(&b, 0x20, 0x04, 1, 2);
    assert_int_equal(in(&b, 0xC100, 4), 0xFFFFFFFF);
    bus_exit(&b.bus);
}

static void wide_bar(void **state)
{
    (void)state;
    struct bench b;
    struct diag d = {0};
    guest_init(&b.t, GUEST_HVM, 1024, 16, AMPLE, 2);
    b.t.l.pci_bar64 = 4 * GIB;
    assert_true(layout_resolve(&b.t.l, 2 * MIB, &b.t.g, &d));
    assert_int_equal(b.t.g.pci_start, 0xF0000000);
    assert_int_equal(b.t.g.pci_high.start, 4 * GIB);
    assert_int_equal(b.t.g.pci_high.end, 8 * GIB);
    bench_start(&b);
    assert_int_equal(config(&b, 0x28, 0x10, 4), 0xC);
    assert_int_equal(config(&b, 0x28, 0x14, 4), 1);
    const struct window *w = at(&b, 4 * GIB);
    assert_true(w != NULL && w->takes_ram && w->at.end == 8 * GIB);
    set_config(&b, 0x28, 0x10, 4, 0xFFFFFFFF);
    set_config(&b, 0x28, 0x14, 4, 0xFFFFFFFF);
    assert_int_equal(config(&b, 0x28, 0x10, 4), 0xC);
    assert_int_equal(config(&b, 0x28, 0x14, 4), 0xFFFFFFFF);
    assert_true(w->at.start == w->at.end); /* beyond all address bits */
    bus_exit(&b.bus);

    b.t.l.pci_bar64 = 256 * MIB; /* half programmed, it lies below 4 GiB */
    assert_true(layout_resolve(&b.t.l, 2 * MIB, &b.t.g, &d));
    assert_int_equal(b.t.g.pci_start, 0xE0000000); /* pci_mem_start, doubled */
    assert_true(b.t.g.pci_high.start == b.t.g.pci_high.end);
    bench_start(&b);
    set_config(&b, 0x28, 0x10, 4, 0x20000000);
    assert_non_null(at(&b, 0x20000000));
    set_config(&b, 0x28, 0x14, 4, 4);
    assert_null(at(&b, 0x20000000));
    assert_non_null(at(&b, 0x420000000));
    set_config(&b, 0x28, 0x14, 4, 0);
    set_config(&b, 0x28, 0x10, 4, 0xFFFFFFFF); /* a 64-bit one does reach the top of 4 GiB */
    assert_non_null(at(&b, 0xFFFFFFFF));
    bus_exit(&b.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities), cmocka_unit_test(widths),   cmocka_unit_test(bars),
        cmocka_unit_test(decoding),   cmocka_unit_test(wide_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
