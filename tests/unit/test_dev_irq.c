/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts on their way: the local APIC's timer, priorities and ends, the 8259s, the I/O APIC, INTx, the 8254's line. */
#include "bus_kit.h"

#include "dev/irq.h"

#define LAPIC 0xFEE00000ull
#define EOI (LAPIC + 0xB0)
#define TPR (LAPIC + 0x80)
#define PPR (LAPIC + 0xA0)
#define ICR (LAPIC + 0x300)
#define LVTT (LAPIC + 0x320)
#define LVT0 (LAPIC + 0x350)
#define TMICT (LAPIC + 0x380)
#define TDCR (LAPIC + 0x3E0)
#define IOAPIC 0xFEC00000ull

#define SELF 0x40000u

static void timer_at(struct bench *b, uint32_t lvtt, uint32_t count)
{
    mmio_out(b, TDCR, 4, 11);
    mmio_out(b, LVTT, 4, lvtt);
    mmio_out(b, TMICT, 4, count);
}

static void run_to(struct bench *b, uint64_t ns)
{
    bench_ns(b, ns);
    irq_run(&b->p.irq, ns);
}

/* For those who ask whether the other processor hears of it. */
static void init_two(struct bench *b)
{
    guest_init(&b->t, GUEST_HVM, 256, 0, AMPLE, 2);
    b->t.l.vcpus = 2;
    bench_start(b);
}

static void one_shot(void **state)
{
    (void)state;
    struct bench b;
    init_two(&b);
    struct irq *q = &b.p.irq;
    assert_int_equal(irq_next(q), IRQ_NEVER);
    bench_ns(&b, 500);
    timer_at(&b, 0x40, 100);
    assert_int_equal(irq_next(q), 1500);
    run_to(&b, 1499);
    assert_false(irq_waits(q, 0));
    run_to(&b, 1500);
    assert_true(irq_waits(q, 0));
    assert_false(irq_waits(q, 1));
    assert_int_equal(irq_next(q), IRQ_NEVER);
    assert_int_equal(irq_take(q, 0), 0x40);
    assert_false(irq_waits(q, 0));
    assert_int_equal(mmio_in(&b, PPR, 4), 0x40); /* in service until its end */
    mmio_out(&b, EOI, 4, 0);
    assert_int_equal(mmio_in(&b, PPR, 4), 0);
    bus_exit(&b.bus);
}

static void periodic(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    timer_at(&b, 0x20040, 100);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(irq_next(q), i * 1000);
        run_to(&b, i * 1000);
        assert_int_equal(irq_take(q, 0), 0x40);
        mmio_out(&b, EOI, 4, 0);
    }
    run_to(&b, 7300); /* late: what was missed is one, and the beat stays */
    assert_int_equal(irq_take(q, 0), 0x40);
    assert_int_equal(irq_next(q), 8000);
    mmio_out(&b, LVTT, 4, 0x30040); /* masked */
    assert_int_equal(irq_next(q), IRQ_NEVER);
    mmio_out(&b, TMICT, 4, 0);
    mmio_out(&b, LVTT, 4, 0x20040);
    assert_int_equal(irq_next(q), IRQ_NEVER);
    bus_exit(&b.bus);
}

static void priorities(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    mmio_out(&b, ICR, 4, SELF | 0x51);
    mmio_out(&b, ICR, 4, SELF | 0x93);
    mmio_out(&b, ICR, 4, SELF | 0x58);
    assert_int_equal(irq_take(q, 0), 0x93);
    assert_false(irq_waits(q, 0)); /* the others are lower */
    mmio_out(&b, EOI, 4, 0);
    mmio_out(&b, TPR, 4, 0x50);
    assert_false(irq_waits(q, 0)); /* of the same class */
    mmio_out(&b, TPR, 4, 0x4F);
    assert_int_equal(irq_take(q, 0), 0x58);
    assert_false(irq_waits(q, 0));
    mmio_out(&b, EOI, 4, 0);
    assert_int_equal(irq_take(q, 0), 0x51);
    mmio_out(&b, ICR, 4, SELF | 0x0F); /* no vector */
    mmio_out(&b, EOI, 4, 0);
    assert_false(irq_waits(q, 0));
    mmio_out(&b, LAPIC + 0xF0, 4, 0xFF); /* off by software: nothing is taken */
    mmio_out(&b, ICR, 4, SELF | 0x60);
    assert_false(irq_waits(q, 0));
    bus_exit(&b.bus);
}

static void pic_setup(struct bench *b)
{
    static const uint8_t words[][2] = {{0x20, 0x11}, {0xA0, 0x11}, {0x21, 0x20}, {0xA1, 0x28}, {0x21, 0x04},
                                       {0xA1, 0x02}, {0x21, 0x01}, {0xA1, 0x01}, {0x21, 0x00}, {0xA1, 0x00}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        out(b, words[i][0], 1, words[i][1]);
    mmio_out(b, LVT0, 4, 0x700);
}

static void pic_lines(void **state)
{
    (void)state;
    struct bench b;
    init_two(&b);
    struct irq *q = &b.p.irq;
    pic_setup(&b);
    irq_pulse(q, 12);
    irq_pulse(q, 4);
    out(&b, 0x20, 1, 0x0A); /* read IRR */
    assert_int_equal(in(&b, 0x20, 1), 0x10);
    assert_true(irq_waits(q, 0));
    assert_false(irq_waits(q, 1));
    assert_int_equal(irq_take(q, 0), 0x2C); /* the slave's come in at 2 */
    assert_false(irq_waits(q, 0));
    out(&b, 0xA0, 1, 0x20);
    out(&b, 0x20, 1, 0x20);
    assert_int_equal(irq_take(q, 0), 0x24);
    out(&b, 0x20, 1, 0x0B); /* read ISR */
    assert_int_equal(in(&b, 0x20, 1), 0x10);
    out(&b, 0x20, 1, 0x64); /* the end of 4 by name */
    assert_int_equal(in(&b, 0x20, 1), 0);
    out(&b, 0x21, 1, 0x10);
    irq_pulse(q, 4);
    assert_false(irq_waits(q, 0));
    out(&b, 0x21, 1, 0);
    assert_true(irq_waits(q, 0));
    mmio_out(&b, LVT0, 4, 0x10700); /* masked, but pin 0 of the I/O APIC is a second way after hvmloader */
    assert_true(irq_waits(q, 0));
    mmio_out(&b, IOAPIC, 4, 0x10);
    mmio_out(&b, IOAPIC + 0x10, 4, 0x10700);
    assert_false(irq_waits(q, 0));
    bus_exit(&b.bus);
}

static void ioapic_pins(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    mmio_out(&b, IOAPIC, 4, 0x10 + 2 * 4);
    mmio_out(&b, IOAPIC + 0x10, 4, 0x10035);
    irq_pulse(q, 4);
    assert_false(lapic_waits(q->lapic, 0)); /* masked; edges are not kept */
    mmio_out(&b, IOAPIC + 0x10, 4, 0x35);
    assert_false(lapic_waits(q->lapic, 0));
    irq_pulse(q, 4);
    assert_int_equal(lapic_take(q->lapic, 0), 0x35);
    bus_exit(&b.bus);
}

static void set_pin(struct bench *b, unsigned pin, uint32_t low)
{
    mmio_out(b, IOAPIC, 4, 0x10 + 2 * pin);
    mmio_out(b, IOAPIC + 0x10, 4, low);
}
static uint32_t pin_of(struct bench *b, unsigned pin)
{
    mmio_out(b, IOAPIC, 4, 0x10 + 2 * pin);
    return (uint32_t)mmio_in(b, IOAPIC + 0x10, 4);
}
#define REMOTE_IRR 0x4000u
#define LEVEL 0x8000u
#define MASKED 0x10000u

/* A level: asks once, is held back until its end, and asks again as long as the line is pulled. */
static void ioapic_levels(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    irq_level(q, 20, true);
    assert_false(lapic_waits(q->lapic, 0)); /* masked */
    set_pin(&b, 20, LEVEL | 0x35);
    assert_true(lapic_waits(q->lapic, 0)); /* unmasked while it is pulled */
    assert_int_equal(pin_of(&b, 20) & REMOTE_IRR, REMOTE_IRR);
    assert_int_equal(lapic_take(q->lapic, 0), 0x35);
    assert_int_equal(mmio_in(&b, LAPIC + 0x190, 4), 1u << (0x35 & 31)); /* TMR */
    irq_level(q, 20, true);                                             /* a second one on the same line */
    assert_false(lapic_waits(q->lapic, 0));
    mmio_out(&b, EOI, 4, 0);
    assert_int_equal(lapic_take(q->lapic, 0), 0x35); /* still pulled */
    irq_level(q, 20, false);
    irq_level(q, 20, false);
    irq_level(q, 20, false); /* nobody pulls any more: no matter */
    mmio_out(&b, EOI, 4, 0);
    assert_false(lapic_waits(q->lapic, 0));
    assert_int_equal(pin_of(&b, 20) & REMOTE_IRR, 0);
    irq_level(q, 20, true);
    assert_int_equal(lapic_take(q->lapic, 0), 0x35);
    set_pin(&b, 20, LEVEL | MASKED | 0x35); /* remote IRR is not the guest's to write */
    assert_int_equal(pin_of(&b, 20) & REMOTE_IRR, REMOTE_IRR);
    mmio_out(&b, EOI, 4, 0);
    assert_int_equal(pin_of(&b, 20) & REMOTE_IRR, 0);
    assert_false(lapic_waits(q->lapic, 0));
    set_pin(&b, 20, 0x36); /* an edge now: that the line is high is none */
    assert_false(lapic_waits(q->lapic, 0));
    irq_level(q, 20, false);
    irq_level(q, 20, true);
    assert_int_equal(lapic_take(q->lapic, 0), 0x36);
    assert_int_equal(mmio_in(&b, LAPIC + 0x190, 4) & 1u << (0x36 & 31), 0);
    mmio_out(&b, EOI, 4, 0);
    assert_false(lapic_waits(q->lapic, 0));
    bus_exit(&b.bus);
}

/* A level of the 8259 asks as long as it is there, an edge once; what is gone before it is taken is forgotten. */
static void pic_levels(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    pic_setup(&b);
    assert_int_equal(in(&b, 0x4D0, 1), 0x20); /* hvmloader: 5, 10 and 11 are PCI's */
    assert_int_equal(in(&b, 0x4D1, 1), 0x0C);
    irq_level(q, 5, true);
    assert_int_equal(irq_take(q, 0), 0x25);
    assert_false(irq_waits(q, 0)); /* in service */
    out(&b, 0x20, 1, 0x20);
    assert_int_equal(irq_take(q, 0), 0x25);
    irq_level(q, 5, false);
    out(&b, 0x20, 1, 0x20);
    assert_false(irq_waits(q, 0));
    irq_level(q, 4, true); /* an edge by ELCR */
    assert_int_equal(irq_take(q, 0), 0x24);
    out(&b, 0x20, 1, 0x20);
    assert_false(irq_waits(q, 0));
    irq_level(q, 4, false);
    irq_level(q, 4, true);
    irq_level(q, 4, false);
    assert_false(irq_waits(q, 0));
    bus_exit(&b.bus);
}

/* INTx: a line of the I/O APIC for each device, and a link, shared, that the PIIX3 routes to the 8259. */
static void intx(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    pic_setup(&b);
    set_pin(&b, 24, LEVEL | 0x41); /* device 2, INTA: 2 * 4 + 16 */
    irq_intx(q, 2, 0, true);       /* link C, line 11 */
    irq_intx(q, 6, 0, true);       /* link C as well; line 40 */
    assert_int_equal(irq_take(q, 0), 0x2B);
    assert_int_equal(lapic_take(q->lapic, 0), 0x41);
    out(&b, 0xA0, 1, 0x20);
    out(&b, 0x20, 1, 0x20);
    irq_intx(q, 2, 0, false);
    mmio_out(&b, EOI, 4, 0);
    assert_false(lapic_waits(q->lapic, 0));
    assert_int_equal(irq_take(q, 0), 0x2B); /* the other one still pulls */
    out(&b, 0xA0, 1, 0x20);
    out(&b, 0x20, 1, 0x20);
    out(&b, 0xCF8, 4, 0x80000860);
    out(&b, 0xCFE, 1, 5); /* link C goes to line 5, with what pulls it */
    assert_int_equal(irq_take(q, 0), 0x25);
    out(&b, 0xCFE, 1, 0x80); /* and nowhere */
    out(&b, 0x20, 1, 0x20);
    assert_false(irq_waits(q, 0));
    irq_intx(q, 6, 0, false);
    irq_intx(q, 6, 0, false);
    out(&b, 0xCFE, 1, 10);
    assert_false(irq_waits(q, 0));
    bus_exit(&b.bus);
}

/* The 8254 asks for nothing before it is programmed, or where nobody would hear it. */
static void pit_line(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, GUEST_HVM, 256, 0, AMPLE);
    struct irq *q = &b.p.irq;
    pic_setup(&b);
    assert_int_equal(irq_next(q), IRQ_NEVER);
    out(&b, 0x43, 1, 0x34);
    out(&b, 0x40, 1, 0xA9);
    out(&b, 0x40, 1, 0x04); /* 1193 ticks */
    const uint64_t first = irq_next(q);
    assert_in_range(first, 999840, 999860);
    run_to(&b, first);
    assert_int_equal(irq_take(q, 0), 0x20);
    assert_in_range(irq_next(q), 2 * first - 2, 2 * first + 2);
    out(&b, 0x21, 1, 0x01);
    assert_int_equal(irq_next(q), IRQ_NEVER);
    bus_exit(&b.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_shot),      cmocka_unit_test(periodic),    cmocka_unit_test(priorities),
        cmocka_unit_test(pic_lines),     cmocka_unit_test(ioapic_pins), cmocka_unit_test(pit_line),
        cmocka_unit_test(ioapic_levels), cmocka_unit_test(pic_levels),  cmocka_unit_test(intx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
