/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that tell the time: local APIC, PM timer, 8254, HPET. And the I/O APIC's registers. */
#include "bus_kit.h"

#define LAPIC 0xFEE00000ull
#define TMICT (LAPIC + 0x380)
#define TMCCT (LAPIC + 0x390)
#define TDCR (LAPIC + 0x3E0)
#define LVTT (LAPIC + 0x320)

static void lapic_timer(void **state)
{
    (void)state;
    static const struct {
        uint32_t tdcr, divisor;
    } row[] = {
        {0, 2}, {1, 4}, {2, 8}, {3, 16}, {8, 32}, {9, 64}, {10, 128}, {11, 1},
    };
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_ns(&b, 1000);
        mmio_out(&b, LVTT, 4, 0x10000);
        mmio_out(&b, TDCR, 4, row[i].tdcr);
        mmio_out(&b, TMICT, 4, 0xFFFFFFFF);
        assert_int_equal(mmio_in(&b, TMCCT, 4), 0xFFFFFFFF);
        bench_ns(&b, 1000 + 1280000); /* 128000 bus cycles of 10 ns */
        assert_int_equal(mmio_in(&b, TMCCT, 4), 0xFFFFFFFF - 128000 / row[i].divisor);
    }
    bus_exit(&b.bus);
}

static void lapic_modes(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    mmio_out(&b, TDCR, 4, 11);
    mmio_out(&b, LVTT, 4, 0x10000); /* one shot */
    mmio_out(&b, TMICT, 4, 100);
    bench_ns(&b, 990);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 1);
    bench_ns(&b, 1000);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 0);
    bench_ns(&b, 900000);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 0);

    bench_ns(&b, 0);
    mmio_out(&b, LVTT, 4, 0x30005); /* periodic, masked */
    mmio_out(&b, TMICT, 4, 100);
    bench_ns(&b, 1000);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 100);
    bench_ns(&b, 10 * 1000 + 300);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 70);
    mmio_out(&b, TDCR, 4, 0); /* now by 2: what is left stays left */
    assert_int_equal(mmio_in(&b, TMCCT, 4), 70);
    bench_ns(&b, 10 * 1000 + 300 + 200);
    assert_int_equal(mmio_in(&b, TMCCT, 4), 60);
    mmio_out(&b, TMICT, 4, 0); /* stops */
    assert_int_equal(mmio_in(&b, TMCCT, 4), 0);
    bus_exit(&b.bus);
}

static void lapic_registers(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    assert_int_equal(mmio_in(&b, LAPIC + 0x20, 4), 0);
    assert_int_equal(mmio_in(&b, LAPIC + 0x30, 4), 0x50014);
    assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0x1FF);
    assert_int_equal(mmio_in(&b, LAPIC + 0x350, 4), 0x10700);
    assert_int_equal(mmio_in(&b, LAPIC + 0x360, 4), 0x400);
    mmio_out(&b, LAPIC + 0x310, 4, 0x01000055);
    assert_int_equal(mmio_in(&b, LAPIC + 0x310, 4), 0x01000000);
    mmio_out(&b, LAPIC + 0x300, 4, 0xC5500); /* INIT, pending: sent at once */
    assert_int_equal(mmio_in(&b, LAPIC + 0x300, 4), 0xC4500);
    mmio_out(&b, LAPIC + 0x80, 4, 0x1FF);
    assert_int_equal(mmio_in(&b, LAPIC + 0x80, 4), 0xFF);
    assert_int_equal(mmio_in(&b, LAPIC + 0xA0, 4), 0xFF);
    mmio_out(&b, LAPIC + 0xF0, 4, 0xFF); /* disabled: every LVT masked */
    assert_int_equal(mmio_in(&b, LAPIC + 0x360, 4), 0x10400);
    mmio_out(&b, LAPIC + 0x360, 4, 0x400);
    assert_int_equal(mmio_in(&b, LAPIC + 0x360, 4), 0x10400);
    mmio_out(&b, LAPIC + 0x30, 4, 0);
    assert_int_equal(mmio_in(&b, LAPIC + 0x30, 4), 0x50014);
    assert_int_equal(mmio_in(&b, LAPIC + 0x31, 1), 0x00);
    assert_int_equal(mmio_in(&b, LAPIC + 0x32, 2), 0x05);
    assert_int_equal(mmio_in(&b, LAPIC + 0xFFF, 8), 0);
    mmio_out(&b, LAPIC + 0xFFF, 8, UINT64_MAX);
    bus_exit(&b.bus);

    bench_init(&b, GUEST_PVH, 256, 0, AMPLE);
    assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
    assert_int_equal(mmio_in(&b, LAPIC + 0x350, 4), 0x10000);
    bus_exit(&b.bus);
}

static void pm_timer(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    assert_int_equal(in(&b, 0xB008, 4), 0);
    bench_ns(&b, 1000000000);
    assert_int_equal(in(&b, 0xB008, 4), 3579545);
    assert_int_equal(in(&b, 0xB009, 1), 3579545 >> 8 & 0xFF);
    bench_ns(&b, 1200ull * 1000000000); /* 32 bits wrap after 1199.9 s */
    assert_int_equal(in(&b, 0xB008, 4), 3579545ull * 1200 - (1ull << 32));
    out(&b, 0xB008, 4, 0);
    assert_int_equal(in(&b, 0xB008, 4), 3579545ull * 1200 - (1ull << 32));
    assert_int_equal(in(&b, 0xB004, 2) & 1, 1); /* ACPI mode */
    out(&b, 0xB004, 2, 0);
    assert_int_equal(in(&b, 0xB004, 2), 1);
    out(&b, 0xB002, 2, 0x0123);
    assert_int_equal(in(&b, 0xB000, 4), 0x01230000);
    bus_exit(&b.bus);
}

static void pit(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    out(&b, 0x61, 1, 1);    /* gate 2 */
    out(&b, 0x43, 1, 0xB0); /* channel 2, both bytes, mode 0 */
    out(&b, 0x42, 1, 0xA9);
    out(&b, 0x42, 1, 0x04); /* 1193 ticks: 1 ms */
    assert_int_equal(in(&b, 0x61, 1) & 0x21, 0x01);
    bench_ns(&b, 500000);
    out(&b, 0x43, 1, 0x80); /* latch */
    bench_ns(&b, 700000);
    unsigned count = in(&b, 0x42, 1);
    count |= in(&b, 0x42, 1) << 8;
    assert_int_equal(count, 1193 - 596);
    assert_int_equal(in(&b, 0x61, 1) & 0x20, 0);
    bench_ns(&b, 1100000);
    assert_int_equal(in(&b, 0x61, 1) & 0x20, 0x20);
    out(&b, 0x43, 1, 0xE8); /* read back channel 2's status: out high, both bytes, mode 0 */
    assert_int_equal(in(&b, 0x42, 1), 0xB0);

    out(&b, 0x43, 1, 0x34); /* channel 0, mode 2 */
    out(&b, 0x40, 1, 100);
    out(&b, 0x40, 1, 0);
    bench_ns(&b, 1100000 + 1000000); /* 1193 ticks further */
    unsigned low = in(&b, 0x40, 1);
    (void)in(&b, 0x40, 1);
    assert_in_range(low, 1, 100);
    bus_exit(&b.bus);
}

static void hpet(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    assert_int_equal(mmio_in(&b, 0xFED00000, 8), 0x00F424008086A201);
    assert_int_equal(mmio_in(&b, 0xFED00004, 4), 16000000);
    bench_ns(&b, 16000);
    assert_int_equal(mmio_in(&b, 0xFED000F0, 8), 0);
    mmio_out(&b, 0xFED00010, 4, 1);
    bench_ns(&b, 32000);
    assert_int_equal(mmio_in(&b, 0xFED000F0, 4), 1000);
    mmio_out(&b, 0xFED00010, 4, 0);
    bench_ns(&b, 64000);
    assert_int_equal(mmio_in(&b, 0xFED000F0, 8), 1000);
    mmio_out(&b, 0xFED00108, 8, 0x123456789);
    assert_int_equal(mmio_in(&b, 0xFED00108, 8), 0x123456789);
    assert_int_equal(mmio_in(&b, 0xFED00FF8, 4), 0xFFFFFFFF);
    mmio_out(&b, 0xFED00FF8, 8, 1);
    bus_exit(&b.bus);
}

static void ioapic(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    static const struct {
        uint32_t reg, value;
    } row[] = {
        {0, 0}, {1, 0x002F0011}, {0x10, 0x700}, {0x11, 0}, {0x12, 0x10000}, {0x6E, 0x10000}, {0x70, 0}, {0xFF, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        mmio_out(&b, 0xFEC00000, 4, row[i].reg);
        assert_int_equal(mmio_in(&b, 0xFEC00010, 4), row[i].value);
    }
    mmio_out(&b, 0xFEC00000, 4, 0x15);
    mmio_out(&b, 0xFEC00010, 4, 0xAB000000);
    assert_int_equal(mmio_in(&b, 0xFEC00010, 4), 0xAB000000);
    mmio_out(&b, 0xFEC00000, 4, 0xFF);
    mmio_out(&b, 0xFEC00010, 4, 0xAB000000);
    bus_exit(&b.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lapic_timer), cmocka_unit_test(lapic_modes), cmocka_unit_test(lapic_registers),
        cmocka_unit_test(pm_timer),    cmocka_unit_test(pit),         cmocka_unit_test(hpet),
        cmocka_unit_test(ioapic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
