/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine before hvmloader, and that hvmloader's accesses turn it into the machine that the synthetic hand-off
 * starts with (X:tools/firmware/hvmloader, 4.17: apic_setup, pci_setup, cacheattr_init, acpi_enable_sci, CMOS).
 */
#include "bus_kit.h"
#include "xen_kit.h"

#define IOAPIC 0xFEC00000u
#define HPET 0xFED00000u
#define LAPIC 0xFEE00000u
#define WINDOW_END 0xFC000000u

static const struct row {
    uint64_t mib, video_mib, hole_mib;
    bool no_acpi;
} rows[] = {
    {.mib = 1024, .video_mib = 16},
    {.mib = 256, .video_mib = 8},
    {.mib = 1024, .video_mib = 0},
    {.mib = 4096, .video_mib = 64, .hole_mib = 2048},
    {.mib = 1024, .video_mib = 20},
    {.mib = 4096, .video_mib = 256}, /* the frame buffer has no room below FC000000 */
    {.mib = 1024, .video_mib = 16, .no_acpi = true},
};
#define ROWS (sizeof rows / sizeof rows[0])

static void start(struct bench *b, const struct row *r, enum platform_state state)
{
    struct diag d = {0};
    guest_init(&b->t, GUEST_HVM, r->mib, r->video_mib, AMPLE, 2);
    b->t.l.mmio_hole = r->hole_mib * MIB;
    b->t.l.acpi = !r->no_acpi;
    assert_true(layout_resolve(&b->t.l, 2 * MIB, &b->t.g, &d));
    bench_start_in(b, state);
}

/* util.c:pci_read and pci_write: a word goes to an even port. */
static uint32_t config(struct bench *b, unsigned devfn, unsigned reg, unsigned size)
{
    out(b, 0xCF8, 4, 0x80000000u | devfn << 8 | (reg & 0xFC));
    return in(b, (uint16_t)(0xCFC + (reg & (4 - size))), size);
}
static void set_config(struct bench *b, unsigned devfn, unsigned reg, unsigned size, uint32_t v)
{
    out(b, 0xCF8, 4, 0x80000000u | devfn << 8 | (reg & 0xFC));
    out(b, (uint16_t)(0xCFC + (reg & (4 - size))), size, v);
}
static uint8_t cmos(struct bench *b, unsigned index)
{
    out(b, 0x70, 1, index);
    return (uint8_t)in(b, 0x71, 1);
}
static uint32_t ioapic(struct bench *b, unsigned reg)
{
    mmio_out(b, IOAPIC, 4, reg);
    return (uint32_t)mmio_in(b, IOAPIC + 0x10, 4);
}
static void set_ioapic(struct bench *b, unsigned reg, uint32_t v)
{
    mmio_out(b, IOAPIC, 4, reg);
    mmio_out(b, IOAPIC + 0x10, 4, v);
}

/* --- what hvmloader does */

static void apic_setup(struct bench *b)
{
    assert_int_equal(ioapic(b, 1) & 0xFF, 0x11);
    set_ioapic(b, 0, 1);
    mmio_out(b, LAPIC + 0xF0, 4, 0x1FF);
    mmio_out(b, LAPIC + 0x350, 4, 0x10700);
    mmio_out(b, LAPIC + 0x360, 4, 0x400);
    set_ioapic(b, 0x10, 0x700);
    set_ioapic(b, 0x11, 0);
}

struct bar {
    unsigned devfn, reg;
    uint64_t size;
};

static unsigned bar_register(unsigned n)
{
    return n == 6 ? 0x30 : 0x10 + 4 * n;
}

static uint64_t bar_size(struct bench *b, unsigned devfn, unsigned reg)
{
    const uint32_t old = config(b, devfn, reg, 4);
    set_config(b, devfn, reg, 4, reg == 0x30 ? (old | ~0x7FFu) & ~1u : UINT32_MAX);
    uint32_t size = config(b, devfn, reg, 4);
    set_config(b, devfn, reg, 4, old);
    assert_int_equal(config(b, devfn, reg, 4), old);
    if (reg == 0x30)
        size &= ~0x7FFu;
    else
        size &= (old & 1) != 0 ? 0xFFFC : ~15u;
    return size & (0 - size);
}

static size_t scan(struct bench *b, struct bar *bars, uint16_t decode[256])
{
    size_t n = 0;
    for (unsigned devfn = 0; devfn < 256; devfn++) {
        const uint32_t id = config(b, devfn, 0, 4);
        const unsigned class_code = config(b, devfn, 0x0A, 2);
        if (id == 0xFFFFFFFF)
            continue;
        if (class_code == 0x0680) {
            set_config(b, devfn, 0x20, 2, 0);
            set_config(b, devfn, 0xD2, 2, 0);
            set_config(b, devfn, 0x22, 2, 0);
            set_config(b, devfn, 0x3C, 2, 9);
            set_config(b, devfn, 0x3D, 2, 1);
            set_config(b, devfn, 0x40, 4, 0xB001);
            set_config(b, devfn, 0x80, 1, 1);
        } else if (class_code == 0x0101) {
            set_config(b, devfn, 0x40, 2, 0x8000);
            set_config(b, devfn, 0x42, 2, 0x8000);
        }
        set_config(b, devfn, 4, 2, config(b, devfn, 4, 2) & ~3u);
        for (unsigned i = 0; i < 7; i++) {
            const struct bar one = {devfn, bar_register(i), bar_size(b, devfn, bar_register(i))};
            if (one.size == 0)
                continue;
            size_t at = 0;
            while (at < n && bars[at].size >= one.size)
                at++;
            memmove(bars + at + 1, bars + at, (n - at) * sizeof *bars);
            bars[at] = one;
            n++;
        }
        const uint32_t pin = config(b, devfn, 0x3D, 1);
        if (pin != 0)
            set_config(b, devfn, 0x3C, 1, config(b, 8, 0x60 + ((pin - 1 + (devfn >> 3)) & 3), 1));
        decode[devfn] = (uint16_t)(4 | (class_code == 0x0300 ? 1 : 0));
    }
    return n;
}

static void pci_setup(struct bench *b)
{
    static const uint8_t irq[4] = {5, 10, 11, 5};
    for (unsigned i = 0; i < 4; i++)
        set_config(b, 8, 0x60 + i, 1, irq[i]);
    out(b, 0x4D0, 1, 0x20);
    out(b, 0x4D1, 1, 0x0C);

    struct bar bars[32];
    uint16_t decode[256] = {0};
    const size_t n = scan(b, bars, decode);
    uint64_t mem = b->t.g.mmio_start, io = 0xC000;
    for (size_t i = 0; i < n; i++) {
        const uint32_t old = config(b, bars[i].devfn, bars[i].reg, 4);
        const bool ports = (old & 1) != 0;
        uint64_t *next = ports ? &io : &mem;
        const uint64_t at = (*next + bars[i].size - 1) & ~(bars[i].size - 1);
        if (at + bars[i].size > (ports ? 0x10000 : WINDOW_END))
            continue;
        *next = at + bars[i].size;
        set_config(b, bars[i].devfn, bars[i].reg, 4, (old & (ports ? 3 : 15)) | (uint32_t)at);
        decode[bars[i].devfn] |= ports ? 1 : 2;
    }
    for (unsigned devfn = 0; devfn < 256; devfn++)
        if (decode[devfn] != 0)
            set_config(b, devfn, 4, 2, config(b, devfn, 4, 2) | decode[devfn]);
}

static void acpi_enable_sci(struct bench *b)
{
    assert_int_equal(in(b, 0xB004, 1) & 1, 0);
    out(b, 0xB2, 1, 0xF1);
    assert_int_equal(in(b, 0xB004, 1) & 1, 1);
}

static void cmos_write_memory_size(struct bench *b)
{
    const uint64_t end = b->t.g.cmos_low_ram, kib = (end - MIB) / KIB;
    const unsigned ext = kib > 0xFFFF ? 0xFFFF : (unsigned)kib, alt = (unsigned)((end - 16 * MIB) / (64 * KIB));
    const unsigned pair[][2] = {{0x15, 640}, {0x17, ext}, {0x30, ext}, {0x34, alt}};
    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++)
        for (unsigned high = 0; high < 2; high++) {
            out(b, 0x70, 1, pair[i][0] + high);
            out(b, 0x71, 1, pair[i][1] >> (8 * high) & 0xFF);
        }
}

/* --- the tests */

static void replay_ends_loaded(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct bench b, want;
        start(&b, &rows[i], PLATFORM_RESET);
        start(&want, &rows[i], PLATFORM_LOADED);
        apic_setup(&b);
        pci_setup(&b);
        if (!rows[i].no_acpi)
            acpi_enable_sci(&b);
        cmos_write_memory_size(&b);
        /* The last thing: HVM_PARAM_ACPI_IOPORTS_LOCATION, without which Xen's timer is elsewhere. */
        const uint64_t location = !rows[i].no_acpi;
        b.p.acpi_ioports = want.p.acpi_ioports = &location;

        for (unsigned devfn = 0; devfn < 256; devfn++)
            for (unsigned reg = 0; reg < 256; reg += 4)
                if (config(&b, devfn, reg, 4) != config(&want, devfn, reg, 4))
                    fail_msg("row %zu, %02x register %02x: %08x, loaded has %08x", i, devfn, reg,
                             config(&b, devfn, reg, 4), config(&want, devfn, reg, 4));
        for (unsigned c = 0; c < 128; c++)
            assert_int_equal(cmos(&b, c), cmos(&want, c));
        for (unsigned reg = 0; reg < 0x400; reg += 0x10)
            assert_int_equal(mmio_in(&b, LAPIC + reg, 4), mmio_in(&want, LAPIC + reg, 4));
        for (unsigned reg = 0; reg < 0x70; reg++)
            assert_int_equal(ioapic(&b, reg), ioapic(&want, reg));
        for (unsigned reg = 0; reg < 0x400; reg += 8)
            assert_int_equal(mmio_in(&b, HPET + reg, 8), mmio_in(&want, HPET + reg, 8));
        for (unsigned port = 0; port < 0x10000; port++)
            if (port != 0xCFC && port != 0xCFD && port != 0xCFE && port != 0xCFF) /* the latched address differs */
                assert_int_equal(in(&b, (uint16_t)port, 1), in(&want, (uint16_t)port, 1));
        assert_int_equal(b.p.reset, RESET_NONE);
        bus_exit(&b.bus);
        bus_exit(&want.bus);
    }
}

static void reset_values(void **state)
{
    (void)state;
    static const unsigned present[] = {0x00, 0x08, 0x09, 0x0B, 0x10, 0x18, 0x20};
    static const struct {
        unsigned devfn, reg;
        uint32_t value;
    } row[] = {
        {0x08, 0x60, 0x80808080}, {0x09, 0x20, 0x01}, {0x09, 0x40, 0},    {0x0B, 0x40, 0x01},
        {0x0B, 0x80, 0},          {0x10, 0x10, 0x01}, {0x10, 0x14, 0x08}, {0x18, 0x10, 8},
        {0x18, 0x18, 0},          {0x18, 0x30, 0},    {0x20, 0x30, 0},    {0x10, 0x00, 0x00015853},
    };
    struct bench b;
    start(&b, &rows[0], PLATFORM_RESET);
    for (size_t i = 0; i < sizeof present / sizeof present[0]; i++) {
        assert_int_not_equal(config(&b, present[i], 0, 4), 0xFFFFFFFF);
        assert_int_equal(config(&b, present[i], 4, 2), 0);
        assert_int_equal(config(&b, present[i], 0x3C, 1), 0);
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_int_equal(config(&b, row[i].devfn, row[i].reg, 4), row[i].value);
    static const uint8_t sizes[] = {0x15, 0x16, 0x17, 0x18, 0x30, 0x31, 0x34, 0x35, 0x5B, 0x5C, 0x5D};
    for (size_t i = 0; i < sizeof sizes; i++)
        assert_int_equal(cmos(&b, sizes[i]), 0);
    assert_int_equal(cmos(&b, 0x0D), 0x80);
    assert_int_equal(in(&b, 0x4D0, 2), 0);
    assert_int_equal(mmio_in(&b, LAPIC + 0x20, 4), 0);
    assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
    for (unsigned reg = 0x320; reg <= 0x370; reg += 0x10)
        assert_int_equal(mmio_in(&b, LAPIC + reg, 4), 0x10000);
    assert_int_equal(ioapic(&b, 0), 0);
    for (unsigned pin = 0; pin < 48; pin++)
        assert_int_equal(ioapic(&b, 0x10 + 2 * pin), 0x10000);
    bus_exit(&b.bus);
}

static void pm_block(void **state)
{
    (void)state;
    struct bench b;
    start(&b, &rows[0], PLATFORM_RESET);
    bench_ns(&b, 1000000);
    assert_int_equal(in(&b, 0xB000, 4), 0xFFFFFFFF);
    out(&b, 0xB000, 4, 0x01000000);
    assert_int_equal(in(&b, 0xB008, 4), 0xFFFFFFFF);
    set_config(&b, 0x0B, 0x40, 4, 0xB001);
    assert_int_equal(in(&b, 0xB004, 1), 0xFF);
    set_config(&b, 0x0B, 0x80, 1, 1);
    assert_int_equal(in(&b, 0xB000, 4), 0); /* the write went nowhere */
    assert_int_equal(in(&b, 0xB008, 4), 3579);
    assert_int_equal(in(&b, 0xB004, 2), 0);

    out(&b, 0xB004, 2, 0x2001); /* not this way */
    assert_int_equal(in(&b, 0xB004, 2), 0x2000);
    out(&b, 0xB3, 1, 0xF1);
    out(&b, 0xB2, 1, 0x12);
    assert_int_equal(in(&b, 0xB004, 2), 0x2000);
    assert_int_equal(in(&b, 0xB2, 2), 0xF112);
    out(&b, 0xB2, 1, 0xF1);
    assert_int_equal(in(&b, 0xB004, 2), 0x2001);
    assert_int_equal(in(&b, 0xB2, 1), 0xF1);
    out(&b, 0xB004, 2, 0);
    assert_int_equal(in(&b, 0xB004, 2), 1);
    out(&b, 0xB2, 1, 0xF0);
    assert_int_equal(in(&b, 0xB004, 2), 0);
    bus_exit(&b.bus);
}

/* Xen's events and timer have two places, QEMU's block goes where the PIIX4 is told to have it. */
static void pm_block_moves(void **state)
{
    (void)state;
    struct bench b;
    uint64_t location = 0;
    start(&b, &rows[0], PLATFORM_RESET);
    b.p.acpi_ioports = &location;
    bench_ns(&b, 10000000000); /* 35795450 ticks: more than 24 bits */
    assert_int_equal(in(&b, 0x1F48, 4), 35795450);
    assert_int_equal(in(&b, 0x608, 4), 0xFFFFFFFF);
    set_config(&b, 0x0B, 0x40, 4, 0x601);
    set_config(&b, 0x0B, 0x80, 1, 1);
    assert_int_equal(in(&b, 0x608, 4), 35795450 & 0xFFFFFF);
    assert_int_equal(in(&b, 0x60C, 4), 0xFFFFFFFF);
    assert_int_equal(in(&b, 0xB008, 4), 0xFFFFFFFF);
    out(&b, 0x602, 2, 0x0123); /* QEMU's enable bits are not Xen's */
    assert_int_equal(in(&b, 0x600, 4), 0x01230000);
    assert_int_equal(in(&b, 0x1F40, 4), 0);
    out(&b, 0xB2, 1, 0xF1);
    assert_int_equal(in(&b, 0x604, 2), 1);

    set_config(&b, 0x0B, 0x40, 4, 0xB001);
    assert_int_equal(in(&b, 0x608, 4), 0xFFFFFFFF);
    assert_int_equal(in(&b, 0xB000, 4), 0x01230000);
    location = 1;
    assert_int_equal(in(&b, 0x1F48, 4), 0xFFFFFFFF);
    assert_int_equal(in(&b, 0xB000, 4), 0);
    assert_int_equal(in(&b, 0xB004, 2), 1);
    assert_int_equal(in(&b, 0xB008, 4), 35795450);
    set_config(&b, 0x0B, 0x80, 1, 0); /* off: Xen's part stays */
    assert_int_equal(in(&b, 0xB004, 2), 0xFFFF);
    assert_int_equal(in(&b, 0xB008, 4), 35795450);
    bus_exit(&b.bus);
}

/* xen-facts D.4: what else hvmloader looks for. */
static void other_ports(void **state)
{
    (void)state;
    static const uint16_t absent[] = {0x3F9, 0x2F9, 0x37A, 0x88, 0x3F8, 0x2F8, 0x378};
    struct bench b;
    size_t n;
    bool cut;
    start(&b, &rows[0], PLATFORM_RESET);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        out(&b, absent[i], 1, 0x10);
        assert_int_equal(in(&b, absent[i], 1), 0xFF);
    }
    assert_int_equal(mmio_in(&b, HPET + 2, 2), 0x8086);
    assert_int_equal(mmio_in(&b, HPET, 4), 0x8086A201);
    assert_null(bus_mmio_at(&b.bus, 0xFED40F00)); /* nobody's: the machine gives all ones */
    for (const char *c = "HVM Loader\n"; *c != '\0'; c++)
        out(&b, 0xE9, 1, (uint8_t)*c);
    /* What was written to the serial port that is not there is kept as well. */
    assert_string_equal(platform_debug_log(&b.p, &n, &cut), "\x10HVM Loader\n");
    out(&b, 0x3FB, 1, 0x83); /* a divisor follows */
    out(&b, 0x3F8, 1, 'x');
    out(&b, 0x3FB, 1, 0x03);
    out(&b, 0x3F8, 1, 'y');
    assert_string_equal(platform_debug_log(&b.p, &n, &cut), "\x10HVM Loader\ny");
    bus_exit(&b.bus);
}

static void pvh_has_one_state(void **state)
{
    (void)state;
    struct bench b;
    guest_init(&b.t, GUEST_PVH, 256, 0, AMPLE, 2);
    for (int i = 0; i < 2; i++) {
        bench_start_in(&b, i != 0 ? PLATFORM_RESET : PLATFORM_LOADED);
        assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
        assert_int_equal(mmio_in(&b, LAPIC + 0x350, 4), 0x10000);
        assert_int_equal(in(&b, 0xB2, 1), 0xFF);
        bus_exit(&b.bus);
    }
}

static uint64_t rd(struct domain *m, uint32_t index)
{
    uint64_t v = 0;
    assert_true(xen_rdmsr(&m->x, index, &v));
    return v;
}
static void wr(struct domain *m, uint32_t index, uint64_t v)
{
    assert_true(xen_wrmsr(&m->x, index, v));
}

static const uint32_t fixed_mtrr[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F};
#define FIXED (sizeof fixed_mtrr / sizeof fixed_mtrr[0])

/* cacheattr.c:cacheattr_init */
static void cacheattr_init(struct domain *m)
{
    assert_int_equal(rd(m, 0xFE), 0x508);
    for (size_t i = 0; i < FIXED; i++)
        wr(m, fixed_mtrr[i], fixed_mtrr[i] == 0x259 ? 0x0101010101010101 : 0x0606060606060606);
    const uint64_t address = ((1ull << m->t.l.phys_bits) - 1) & ~0xFFFull;
    uint64_t base = m->t.g.mmio_start;
    for (uint32_t i = 0; base != WINDOW_END && i < 8; i++) {
        uint64_t size = 0x1000;
        while ((base & size) == 0)
            size <<= 1;
        while (base + size > WINDOW_END)
            size >>= 1;
        wr(m, 0x200 + 2 * i, base);
        wr(m, 0x201 + 2 * i, (~(size - 1) & address) | 0x800);
        base += size;
    }
    wr(m, 0x2FF, 0xC06);
}

static void mtrrs(void **state)
{
    (void)state;
    static const struct {
        uint64_t hole_mib;
        unsigned phys_bits;
    } row[] = {{0, 40}, {1024, 36}, {2048, 46}, {2560, 39}, {1025, 48}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct domain m, want;
        for (int loaded = 0; loaded < 2; loaded++) {
            struct domain *d = loaded != 0 ? &want : &m;
            struct diag diag = {0};
            memset(d, 0, sizeof *d);
            guest_init(&d->t, GUEST_HVM, 1024, 0, AMPLE, 2);
            d->t.l.mmio_hole = row[i].hole_mib * MIB;
            d->t.l.phys_bits = row[i].phys_bits;
            assert_true(layout_resolve(&d->t.l, 2 * MIB, &d->t.g, &diag));
            domain_start(d);
        }
        msr_reset_state(&m.x);
        for (uint32_t r = 0x200; r < 0x210; r++)
            assert_int_equal(rd(&m, r), 0);
        for (size_t f = 0; f < FIXED; f++)
            assert_int_equal(rd(&m, fixed_mtrr[f]), 0);
        assert_int_equal(rd(&m, 0x2FF), 0);
        assert_int_equal(rd(&m, 0x277), 0x0007040600070406);
        assert_int_equal(rd(&m, 0x1B), 0xFEE00900);
        assert_int_equal(rd(&m, 0xFE), 0x508);
        cacheattr_init(&m);
        for (uint32_t r = 0; r < 0x400; r++) {
            uint64_t a = 0, b = 0;
            assert_int_equal(xen_rdmsr(&m.x, r, &a), xen_rdmsr(&want.x, r, &b));
            assert_int_equal(a, b);
        }
        domain_exit(&m);
        domain_exit(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_ends_loaded),
        cmocka_unit_test(reset_values),
        cmocka_unit_test(pm_block),
        cmocka_unit_test(pm_block_moves),
        cmocka_unit_test(other_ports),
        cmocka_unit_test(pvh_has_one_state),
        cmocka_unit_test(mtrrs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
