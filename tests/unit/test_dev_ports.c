/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bus, and the devices behind single ports: debug, CMOS, 8042, 8259, resets. */
#include "bus_kit.h"

struct recorder {
    unsigned calls;
    uint64_t port, value;
    unsigned size;
};
static uint64_t recorder_read(void *self, uint64_t port, unsigned size)
{
    struct recorder *r = self;
    r->calls++;
    r->port = port;
    r->size = size;
    return 0x11223344AABBCCDDull;
}
static void recorder_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct recorder *r = self;
    *r = (struct recorder){r->calls + 1, port, value, size};
}
static const struct device_ops bytes_ops = {.name = "b", .read = recorder_read, .write = recorder_write};
static const struct device_ops wide_ops = {.name = "w", .read = recorder_read, .write = recorder_write, .max_size = 4};

static void bus_splits(void **state)
{
    (void)state;
    struct bus b = {0};
    struct recorder bytes = {0}, wide = {0};
    assert_true(bus_claim_io(&b, 0x10, 0x11, &bytes_ops, &bytes));
    assert_true(bus_claim_io(&b, 0x20, 0x23, &wide_ops, &wide));
    assert_false(bus_claim_io(&b, 0x23, 0x24, &bytes_ops, &bytes)); /* taken */

    assert_int_equal(bus_io_read(&b, 0x10, 2), 0xDDDD);
    assert_int_equal(bytes.calls, 2);
    assert_int_equal(bus_io_read(&b, 0x11, 4), 0xFFFFFFDD); /* the rest is nobody's */
    bus_io_write(&b, 0x10, 2, 0xABCD);
    assert_int_equal(bytes.port, 0x11);
    assert_int_equal(bytes.value, 0xAB);

    assert_int_equal(bus_io_read(&b, 0x20, 4), 0xAABBCCDD);
    assert_int_equal(wide.calls, 1);
    assert_int_equal(bus_io_read(&b, 0x22, 4), 0xFFFFDDDD);
    assert_int_equal(bus_io_read(&b, 0x1F, 2), 0xDDFF);

    assert_int_equal(bus_io_read(&b, 0x400, 1), 0xFF);
    assert_int_equal(bus_io_read(&b, 0x400, 2), 0xFFFF);
    assert_int_equal(bus_io_read(&b, 0xFFFF, 4), 0xFFFFFFFF);
    bus_io_write(&b, 0xFFFF, 4, 0);
    assert_null(bus_mmio_at(&b, 0xFEE00000));
    bus_exit(&b);
}

static void pvh_has_nothing(void **state)
{
    (void)state;
    static const uint16_t ports[] = {0x20,  0x40,  0x60,  0x61,  0x64,   0x70,  0x71,  0x92,
                                     0x3F8, 0x4D0, 0x510, 0x511, 0xB008, 0xCF8, 0xCF9, 0xCFC};
    struct bench b;
    bench_init(&b, GUEST_PVH, 256, 0, AMPLE);
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        out(&b, ports[i], 1, 0xFE);
        assert_int_equal(in(&b, ports[i], 1), 0xFF);
        assert_int_equal(in(&b, ports[i], 4), 0xFFFFFFFF);
    }
    assert_int_equal(b.p.reset, RESET_NONE);
    assert_int_equal(in(&b, 0x402, 1), 0xE9);
    assert_non_null(bus_mmio_at(&b.bus, 0xFEE00000));
    assert_null(bus_mmio_at(&b.bus, 0xFEC00000));
    assert_null(bus_mmio_at(&b.bus, 0xFED00000));
    bus_exit(&b.bus);
}

static void debug_log(void **state)
{
    (void)state;
    struct bench b;
    size_t n;
    bool cut;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    assert_string_equal(platform_debug_log(&b.p, &n, &cut), "");
    assert_int_equal(n, 0);
    out(&b, 0x402, 1, 'a');
    out(&b, 0xE9, 1, 'b');
    assert_int_equal(in(&b, 0xE9, 1), 0xFF);
    assert_string_equal(platform_debug_log(&b.p, &n, &cut), "ab");
    for (uint32_t i = 0; i < LIMIT_LOG_DEFAULT + 10; i++)
        out(&b, 0x402, 1, 'x');
    const char *log = platform_debug_log(&b.p, &n, &cut);
    assert_int_equal(n, LIMIT_LOG_DEFAULT);
    assert_int_equal(strlen(log), n);
    assert_true(cut);
    bus_exit(&b.bus);
}

static uint8_t cmos(struct bench *b, uint8_t index)
{
    out(b, 0x70, 1, index);
    return (uint8_t)in(b, 0x71, 1);
}
static unsigned cmos16(struct bench *b, uint8_t low, uint8_t high)
{
    return cmos(b, low) | (unsigned)cmos(b, high) << 8;
}

/* xen-facts A.7: the tables' rows with their CMOS. */
static void cmos_sizes(void **state)
{
    (void)state;
    static const struct {
        uint64_t mib, video, slack;
        unsigned top;
    } row[] = {
        {256, 0, AMPLE, 0x0F00}, {1024, 0, AMPLE, 0x3F00}, {4096, 0, AMPLE, 0xEF00}, {8192, 0, AMPLE, 0xEF00},
        {256, 16, 192, 0x0DEB},  {1024, 16, 192, 0x3DEB},  {4096, 16, 192, 0xEF00},  {8192, 16, 192, 0xEF00},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct bench b;
        bench_init(&b, GUEST_HVM, row[i].mib, row[i].video, row[i].slack);
        assert_int_equal(cmos16(&b, 0x34, 0x35), row[i].top);
        assert_int_equal(cmos16(&b, 0x15, 0x16), 640);
        assert_int_equal(cmos16(&b, 0x17, 0x18), 0xFFFF);
        assert_int_equal(cmos16(&b, 0x30, 0x31), 0xFFFF);
        assert_int_equal(cmos(&b, 0x0F), 0);
        assert_int_equal(cmos(&b, 0x5B), 0);
        bus_exit(&b.bus);
    }
}

static void cmos_registers(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    b.t.g.cmos_low_ram = 8 * MIB; /* less than 16 MiB: 34/35 say nothing, 30/31 count KiB */
    bus_exit(&b.bus);
    bench_start(&b);
    assert_int_equal(cmos16(&b, 0x34, 0x35), 0);
    assert_int_equal(cmos16(&b, 0x30, 0x31), 7 * 1024);

    assert_int_equal(cmos(&b, 0x0A) & 0x80, 0); /* no update in progress */
    assert_int_equal(cmos(&b, 0x0D), 0x80);
    assert_int_equal(cmos(&b, 0x09), 0x26);
    out(&b, 0x70, 1, 0x8F); /* bit 7 is the NMI mask */
    out(&b, 0x71, 1, 0xFE);
    assert_int_equal(cmos(&b, 0x0F), 0xFE);
    out(&b, 0x70, 2, 0x550F); /* index and data in one */
    assert_int_equal(cmos(&b, 0x0F), 0x55);
    out(&b, 0x70, 2, 0xFF0D);
    assert_int_equal(cmos(&b, 0x0D), 0x80);
    out(&b, 0x70, 2, 0xFF0A);
    assert_int_equal(cmos(&b, 0x0A), 0x7F);
    assert_int_equal(in(&b, 0x70, 1), 0xFF);
    bus_exit(&b.bus);
}

static void resets(void **state)
{
    (void)state;
    static const struct {
        uint16_t port;
        uint8_t harmless, value;
        enum reset_kind kind;
    } row[] = {
        {0xCF9, 0x02, 0x06, RESET_CF9},
        {0x64, 0xAA, 0xFE, RESET_8042},
        {0x92, 0x02, 0x03, RESET_PORT92},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct bench b;
        bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
        out(&b, row[i].port, 1, row[i].harmless);
        assert_int_equal(b.p.reset, RESET_NONE);
        out(&b, row[i].port, 1, row[i].value);
        assert_int_equal(b.p.reset, row[i].kind);
        bus_exit(&b.bus);
    }
}

static void i8042_and_8259(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    assert_int_equal(in(&b, 0x64, 1) & 1, 0);
    out(&b, 0x64, 1, 0xAA);
    assert_int_equal(in(&b, 0x64, 1) & 1, 1);
    assert_int_equal(in(&b, 0x60, 1), 0x55);
    assert_int_equal(in(&b, 0x64, 1) & 1, 0);
    out(&b, 0x64, 1, 0xD1); /* the output port's bit 0 is the CPU's reset line */
    out(&b, 0x60, 1, 0xDE);
    assert_int_equal(b.p.reset, RESET_8042);

    out(&b, 0x21, 1, 0xFF);
    out(&b, 0xA1, 1, 0x5A);
    assert_int_equal(in(&b, 0x21, 1), 0xFF);
    assert_int_equal(in(&b, 0xA1, 1), 0x5A);
    static const uint8_t icw[4] = {0x11, 0x20, 0x04, 0x01};
    out(&b, 0x20, 1, icw[0]);
    for (unsigned i = 1; i < 4; i++)
        out(&b, 0x21, 1, icw[i]);
    assert_int_equal(in(&b, 0x21, 1), 0); /* the words are not masks */
    out(&b, 0x21, 1, 0x77);
    assert_int_equal(in(&b, 0x21, 1), 0x77);
    assert_int_equal(in(&b, 0x4D0, 2), 0x0C20); /* as hvmloader leaves them */
    out(&b, 0x4D0, 1, 0xFF);
    assert_int_equal(in(&b, 0x4D0, 1), 0xF8);
    bus_exit(&b.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bus_splits),     cmocka_unit_test(pvh_has_nothing), cmocka_unit_test(debug_log),
        cmocka_unit_test(cmos_sizes),     cmocka_unit_test(cmos_registers),  cmocka_unit_test(resets),
        cmocka_unit_test(i8042_and_8259),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
