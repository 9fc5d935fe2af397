/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several processors: who is up, interrupt commands, VCPUOP, and whose CPUID and MSRs an access means. */
#include "bus_kit.h"
#include "xen_kit.h"

#include "base/le.h"

#define LAPIC 0xFEE00000u
#define ICR (LAPIC + 0x300)
#define ICR2 (LAPIC + 0x310)
#define ARG 0x30000u

static void smp_bench(struct bench *b, unsigned vcpus)
{
    guest_init(&b->t, GUEST_PVH, 256, 0, AMPLE, 2);
    b->t.l.vcpus = vcpus;
    bench_start(b);
}

static void command(struct bench *b, uint32_t dest, uint32_t icr)
{
    mmio_out(b, ICR2, 4, dest << 24);
    mmio_out(b, ICR, 4, icr);
}

static unsigned up(const struct bench *b)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < b->vcpus.nr; i++)
        mask |= (b->vcpus.v[i].state == VCPU_UP ? 1u : 0u) << i;
    return mask;
}

/* X:vlapic.c:vlapic_init_sipi_one. */
static void init_and_sipi(void **state)
{
    (void)state;
    struct bench b;
    smp_bench(&b, 4);
    assert_int_equal(up(&b), 1);
    assert_int_equal(mmio_in(&b, LAPIC + 0x20, 4), 0);
    command(&b, 2, 0x4500); /* INIT: the target is reset already */
    assert_int_equal(up(&b), 1);
    b.vcpus.changed = false;
    command(&b, 2, 0x4600 | 0x9F);
    assert_int_equal(up(&b), 3);
    assert_true(b.vcpus.changed);
    assert_true(b.vcpus.v[1].fresh && b.vcpus.v[1].by_sipi);
    assert_int_equal(b.vcpus.v[1].entry.mode, ENTRY_REAL);
    assert_int_equal(b.vcpus.v[1].entry.cs, 0x9F00);
    assert_int_equal(b.vcpus.v[1].entry.eip, 0);
    command(&b, 2, 0x4600 | 0x77); /* the second SIPI: it runs already */
    assert_int_equal(b.vcpus.v[1].entry.cs, 0x9F00);
    command(&b, 2, 0x8500); /* INIT, level, de-assert */
    assert_int_equal(up(&b), 3);
    command(&b, 3, 0x4600 | 0x10); /* nobody has this id */
    assert_int_equal(up(&b), 3);
    command(&b, 2, 0xC500); /* INIT, level, assert */
    assert_int_equal(up(&b), 1);
    command(&b, 2, 0x4300); /* remote read, and what is no command */
    command(&b, 2, 0x4030);
    assert_int_equal(up(&b), 1);
    assert_int_equal(mmio_in(&b, ICR, 4), 0x4030);
    bus_exit(&b.bus);
}

static void shorthands(void **state)
{
    (void)state;
    struct bench b;
    smp_bench(&b, 4);
    command(&b, 0, 0xC4600 | 0x10); /* all but self */
    assert_int_equal(up(&b), 0xF);
    command(&b, 0, 0xC4500);
    assert_int_equal(up(&b), 1);
    command(&b, 0xFF, 0x4600 | 0x10); /* broadcast: vCPU 0 is not in reset */
    assert_int_equal(up(&b), 0xF);
    command(&b, 0, 0x44500); /* self */
    assert_int_equal(up(&b), 0xE);
    b.vcpus.current = 3;
    command(&b, 0, 0x84500); /* all */
    assert_int_equal(up(&b), 0);
    bus_exit(&b.bus);
}

/* Flat and cluster model: X:vlapic.c:vlapic_match_logical_addr. */
static void logical(void **state)
{
    (void)state;
    struct bench b;
    smp_bench(&b, 4);
    for (unsigned i = 0; i < 4; i++) {
        b.vcpus.current = i;
        mmio_out(&b, LAPIC + 0xD0, 4, 0x01000000u << i);
    }
    b.vcpus.current = 0;
    command(&b, 0x0A, 0x4E00 | 0x20); /* SIPI, logical */
    assert_int_equal(up(&b), 0xB);
    bus_exit(&b.bus);
    smp_bench(&b, 4);
    for (unsigned i = 0; i < 4; i++) {
        b.vcpus.current = i;
        mmio_out(&b, LAPIC + 0xE0, 4, 0);
        assert_int_equal(mmio_in(&b, LAPIC + 0xE0, 4), 0x0FFFFFFF);
        mmio_out(&b, LAPIC + 0xD0, 4, i < 2 ? 0x11000000u << i : 0x21000000u << (i - 2));
    }
    b.vcpus.current = 0;
    command(&b, 0x23, 0x4E00 | 0x20); /* cluster 2, members 0 and 1; 0x22 belongs there too */
    assert_int_equal(up(&b), 1 | 2 | 4);
    bus_exit(&b.bus);
}

/* Each has its own; INIT clears it but for the id. */
static void registers(void **state)
{
    (void)state;
    struct bench b;
    smp_bench(&b, 3);
    mmio_out(&b, LAPIC + 0x380, 4, 1000);
    b.vcpus.current = 2;
    assert_int_equal(mmio_in(&b, LAPIC + 0x20, 4), 4u << 24);
    assert_int_equal(mmio_in(&b, LAPIC + 0x380, 4), 0);
    mmio_out(&b, LAPIC + 0xF0, 4, 0x1FF);
    mmio_out(&b, LAPIC + 0x80, 4, 0x20);
    b.vcpus.current = 0;
    assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
    command(&b, 4, 0x4610);
    command(&b, 4, 0x4500);
    assert_int_equal(mmio_in(&b, LAPIC + 0x380, 4), 1000);
    b.vcpus.current = 2;
    assert_int_equal(mmio_in(&b, LAPIC + 0x20, 4), 4u << 24);
    assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
    assert_int_equal(mmio_in(&b, LAPIC + 0x80, 4), 0);
    bus_exit(&b.bus);
}

/* What hvmloader leaves: up to 4.18 its last command. */
static void after_loader(void **state)
{
    (void)state;
    for (unsigned minor = 18; minor <= 19; minor++) {
        struct bench b;
        guest_init(&b.t, GUEST_HVM, 256, 0, AMPLE, 2);
        b.t.l.vcpus = 4;
        b.t.l.xen_minor = minor;
        bench_start(&b);
        assert_int_equal(mmio_in(&b, ICR, 4), minor == 18 ? 0x500 : 0);
        assert_int_equal(mmio_in(&b, ICR2, 4), minor == 18 ? 6u << 24 : 0);
        b.vcpus.current = 1;
        assert_int_equal(mmio_in(&b, LAPIC + 0xF0, 4), 0xFF);
        bus_exit(&b.bus);
    }
}

/* --- turns -------------------------------------------------------------------------------------------------------- */

static void turns(void **state)
{
    (void)state;
    struct vcpus p;
    vcpus_init(&p, 4);
    assert_int_equal(vcpus_next(&p), 0);
    vcpus_sipi(&p, 1, 0x10);
    vcpus_sipi(&p, 3, 0x10);
    assert_int_equal(vcpus_runnable(&p), 3);
    const unsigned order[] = {1, 3, 0, 1};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(p.current = vcpus_next(&p), order[i]);
    vcpus_halt(&p, false); /* with interrupts off it is down: X:hvm.c:hvm_hlt */
    assert_int_equal(p.v[1].state, VCPU_DOWN);
    p.current = 3;
    vcpus_halt(&p, true);
    assert_int_equal(p.v[3].state, VCPU_UP);
    assert_int_equal(vcpus_runnable(&p), 1);
    assert_int_equal(vcpus_online(&p), 2);
    p.current = 0;
    vcpus_halt(&p, false);
    assert_int_equal(vcpus_next(&p), 4);
    vcpus_up(&p, 1);
    assert_int_equal(vcpus_next(&p), 1);
    assert_int_equal(vcpus_started(&p), 3);
    vcpus_forget_starts(&p);
    assert_int_equal(vcpus_started(&p), 1);
    assert_false(vcpus_reset(&p, 2));
    assert_true(vcpus_reset(&p, 3));
}

/* --- Xen ---------------------------------------------------------------------------------------------------------- */

static void smp_domain(struct domain *m, unsigned vcpus, unsigned minor)
{
    memset(m, 0, sizeof *m);
    guest_init(&m->t, GUEST_HVM, 256, 0, AMPLE, 2);
    m->t.l.vcpus = vcpus;
    m->t.l.xen_minor = minor;
    domain_start(m);
}

static int64_t op(struct domain *m, uint64_t cmd, uint64_t id, uint64_t arg)
{
    struct hypercall c = {.nr = __HYPERVISOR_vcpu_op, .arg = {cmd, id, arg}, .compat = true};
    return xen_hypercall(&m->x, &c);
}

/* As hvmloader 4.20 fills it in. */
static struct vcpu_hvm_context flat_context(void)
{
    struct vcpu_hvm_context c;
    memset(&c, 0, sizeof c);
    struct vcpu_hvm_x86_32 *r = &c.cpu_regs.x86_32;
    r->eip = 0x101234;
    r->esp = 0x123450;
    r->eax = 1;
    r->cr0 = 1;
    r->cs_limit = r->ds_limit = r->ss_limit = r->es_limit = UINT32_MAX;
    r->tr_limit = 0x67;
    r->cs_ar = 0xc9b;
    r->ds_ar = r->es_ar = r->ss_ar = 0xc93;
    r->tr_ar = 0x8b;
    return c;
}

static int64_t initialise(struct domain *m, const struct vcpu_hvm_context *c)
{
    poke(m, ARG, c, sizeof *c);
    return op(m, VCPUOP_initialise, 1, ARG);
}

static void vcpu_op(void **state)
{
    (void)state;
    struct domain m;
    struct vcpu_hvm_context c = flat_context();
    smp_domain(&m, 2, 18);
    assert_int_equal(op(&m, VCPUOP_is_up, 0, 0), 1);
    assert_int_equal(op(&m, VCPUOP_is_up, 1, 0), 0);
    assert_int_equal(op(&m, VCPUOP_up, 1, 0), -XEN_EINVAL);
    assert_int_equal(op(&m, VCPUOP_initialise, 1, 0xFF100000), -XEN_EFAULT);
    assert_int_equal(initialise(&m, &c), 0);
    assert_int_equal(initialise(&m, &c), -XEN_EEXIST);
    assert_int_equal(op(&m, VCPUOP_initialise, 0, ARG), -XEN_EEXIST);
    assert_int_equal(op(&m, VCPUOP_is_up, 1, 0), 0);
    const struct vcpu *v = &m.vcpus.v[1];
    assert_true(v->fresh);
    assert_int_equal(v->entry.mode, ENTRY_FLAT32);
    assert_int_equal(v->entry.eip, 0x101234);
    assert_int_equal(v->entry.esp, 0x123450);
    assert_int_equal(v->entry.eax, 1);
    assert_int_equal(op(&m, VCPUOP_up, 1, 0), 0);
    assert_int_equal(op(&m, VCPUOP_is_up, 1, 0), 1);
    assert_int_equal(op(&m, VCPUOP_down, 1, 0), 0);
    assert_int_equal(op(&m, VCPUOP_is_up, 1, 0), 0);
    assert_int_equal(op(&m, VCPUOP_up, 2, 0), -XEN_ENOENT);
    assert_int_equal(op(&m, VCPUOP_up, UINT32_MAX, 0), -XEN_ENOENT);
    assert_int_equal(op(&m, 77, 0, 0), -XEN_ENOSYS);
    assert_int_equal(m.x.shutdown, SHUTDOWN_RUNNING);
    assert_int_equal(op(&m, VCPUOP_down, 0, 0), 0); /* the last one */
    assert_int_equal(m.x.shutdown, SHUTDOWN_OFF);
    domain_exit(&m);
}

/* X:domain.c:arch_set_info_hvm_guest: what is wrong, and what only this engine does not have. */
static void start_states(void **state)
{
    (void)state;
    struct domain m;
    smp_domain(&m, 2, 18);
#define TRY(field, value, result)                          \
    do {                                                   \
        struct vcpu_hvm_context c = flat_context();        \
        c.field = (value);                                 \
        assert_int_equal(initialise(&m, &c), (result));    \
        assert_int_equal(m.vcpus.v[1].state, VCPU_ABSENT); \
    } while (0)
    TRY(mode, 2, -XEN_EINVAL);
    TRY(pad, 1, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.pad1, 1, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.pad2[2], 1, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.cs_ar, 0, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.cs_ar, 0xc93, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.ss_ar, 0xc9b, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.ds_ar, 0x1c93, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.es_ar, 0xc13, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.tr_ar, 0x82, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.ss_ar, 0xcf3, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.efer, 0x400, -XEN_EINVAL);
    TRY(cpu_regs.x86_32.cs_base, 0x1000, -XEN_EOPNOTSUPP);
    TRY(cpu_regs.x86_32.ds_ar, 0, -XEN_EOPNOTSUPP);
    TRY(cpu_regs.x86_32.cr0, 0, -XEN_EOPNOTSUPP);
    TRY(cpu_regs.x86_32.cr0, 0x80000001, -XEN_EOPNOTSUPP);
    TRY(cpu_regs.x86_32.cr4, 0x20, -XEN_EOPNOTSUPP);
    TRY(cpu_regs.x86_32.efer, 0x100, -XEN_EOPNOTSUPP);
#undef TRY
    struct vcpu_hvm_context c;
    memset(&c, 0, sizeof c);
    c.mode = VCPU_HVM_MODE_64B;
    assert_int_equal(initialise(&m, &c), -XEN_EINVAL);
    c.cpu_regs.x86_64 = (struct vcpu_hvm_x86_64){.cr0 = 0x80000001, .cr4 = 0x20, .efer = 0x100};
    assert_int_equal(initialise(&m, &c), -XEN_EOPNOTSUPP);
    c.cpu_regs.x86_64.rip = 1ull << 47;
    assert_int_equal(initialise(&m, &c), -XEN_EINVAL);
    domain_exit(&m);
}

/* CPUID, MSRs and clocks are those of the vCPU that asks. */
static void whose(void **state)
{
    (void)state;
    struct domain m;
    uint32_t r[4];
    uint64_t v;
    smp_domain(&m, 4, 18);
    m.vcpus.current = 3;
    xen_cpuid(&m.x, 1, 0, r);
    assert_int_equal(r[1] >> 24, 6);
    xen_cpuid(&m.x, 0xB, 1, r);
    assert_int_equal(r[2], 1);
    assert_int_equal(r[3], 6);
    xen_cpuid(&m.x, 0x40000004, 0, r);
    assert_int_equal(r[1], 3);
    assert_true(xen_rdmsr(&m.x, 0x1B, &v));
    assert_int_equal(v, 0xFEE00800);
    assert_true(xen_rdmsr(&m.x, 0x2FF, &v));
    assert_int_equal(v, 0xC06); /* cacheattr.c ran on each */
    assert_true(xen_wrmsr(&m.x, 0x2FF, 0));
    m.vcpus.current = 0;
    assert_true(xen_rdmsr(&m.x, 0x2FF, &v));
    assert_int_equal(v, 0xC06);
    assert_true(xen_rdmsr(&m.x, 0x1B, &v));
    assert_int_equal(v, 0xFEE00900);

    vcpus_sipi(&m.vcpus, 2, 0x10);
    struct xen_add_to_physmap arg;
    memset(&arg, 0, sizeof arg);
    arg.domid = DOMID_SELF;
    arg.gpfn = 0x700;
    poke(&m, ARG, &arg, sizeof arg);
    m.clock.cycles = 1000;
    assert_int_equal(call(&m, false, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, ARG), 0);
    uint8_t page[4096];
    peek(&m, 0x700000, page, sizeof page);
    for (size_t i = 0; i < 4; i++) { /* Xen writes a clock when it runs the vCPU */
        assert_int_equal(le64(page + i * 64 + 32 + 8), i == 0 || i == 2 ? 1000 : 0);
        assert_int_equal(le32(page + i * 64 + 32 + 24), i == 0 || i == 2 ? 0x80000000 : 0);
    }
    domain_exit(&m);
}

/* hvmloader has run them all: reset by INIT up to 4.18, taken down from 4.19 on. */
static void loaded(void **state)
{
    (void)state;
    struct domain m;
    smp_domain(&m, 3, 18);
    assert_int_equal(m.vcpus.v[2].state, VCPU_ABSENT);
    domain_exit(&m);
    smp_domain(&m, 3, 19);
    assert_int_equal(m.vcpus.v[0].state, VCPU_UP);
    assert_int_equal(m.vcpus.v[2].state, VCPU_DOWN);
    assert_true(xen_begin_loader(&m.x));
    assert_int_equal(m.vcpus.v[2].state, VCPU_ABSENT);
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_and_sipi), cmocka_unit_test(shorthands),   cmocka_unit_test(logical),
        cmocka_unit_test(registers),     cmocka_unit_test(after_loader), cmocka_unit_test(turns),
        cmocka_unit_test(vcpu_op),       cmocka_unit_test(start_states), cmocka_unit_test(whose),
        cmocka_unit_test(loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
