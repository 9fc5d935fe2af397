/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phases, counts and names of a run's timeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/timeline.h"
#include "xen/abi.h"
#include "xen/names.h"

static struct timepoint at(uint64_t ns)
{
    return (struct timepoint){ns, 2 * ns};
}

static void phases(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_phase(&t, PHASE_LOADER, at(0));
    timeline_phase(&t, PHASE_SEC, at(100));
    timeline_phase(&t, PHASE_PEI, at(300));
    timeline_phase(&t, PHASE_PEI, at(400)); /* once */
    timeline_phase(&t, PHASE_DXE, at(900));
    assert_int_equal(timeline_phase_at(&t, at(99)), PHASE_LOADER);
    assert_int_equal(timeline_phase_at(&t, at(100)), PHASE_SEC);
    assert_int_equal(timeline_phase_at(&t, at(300)), PHASE_PEI);
    assert_int_equal(timeline_phase_at(&t, at(5000)), PHASE_DXE);
    assert_int_equal(timeline_phase_end(&t, PHASE_LOADER, at(1000)).ns, 100);
    assert_int_equal(timeline_phase_end(&t, PHASE_PEI, at(1000)).ns, 900); /* PEI-mem never began */
    assert_int_equal(timeline_phase_end(&t, PHASE_DXE, at(1000)).ns, 1000);
    /* Nothing is known but that it ran. */
    assert_int_equal(timeline_phase_at(&(struct timeline){0}, at(5)), PHASE_SEC);
}

static void calls(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_call(&t, PHASE_LOADER, at(5), __HYPERVISOR_memory_op, XENMEM_populate_physmap, 1);
    timeline_call(&t, PHASE_LOADER, at(6), __HYPERVISOR_memory_op, XENMEM_populate_physmap | 7 << MEMOP_EXTENT_SHIFT,
                  1);
    timeline_call(&t, PHASE_PEI, at(7), __HYPERVISOR_memory_op, XENMEM_populate_physmap, -XEN_EFAULT);
    timeline_call(&t, PHASE_PEI, at(8), UINT64_MAX, UINT64_MAX, -XEN_ENOSYS);
    assert_int_equal(t.nr_calls, 2);
    assert_string_equal(t.call[0].name, "memory_op/populate_physmap");
    assert_int_equal(call_count_total(&t.call[0]), 3);
    assert_int_equal(t.call[0].count[PHASE_LOADER], 2);
    assert_int_equal(t.call[0].refused, 1);
    assert_int_equal(t.call[0].first.ns, 5);
    assert_null(t.call[1].name);
    /* More kinds than there is room for are counted together. */
    for (unsigned i = 0; i < CALLS_MAX + 10; i++)
        timeline_call(&t, PHASE_SEC, at(9), 1000 + i, 0, 0);
    assert_int_equal(t.nr_calls, CALLS_MAX);
    assert_int_equal(t.other_calls, 12);
}

static void exits(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_exit(&t, PHASE_SEC, EXITED_CPUID);
    timeline_exit(&t, PHASE_LOADER, EXITED_CPUID);
    assert_int_equal(timeline_exits(&t, EXITED_CPUID), 2);
    assert_int_equal(timeline_exits(&t, EXITED_RDTSC), 0);
    for (unsigned i = 0; i < MACHINE_EXITS; i++)
        assert_non_null(machine_exit_name((enum machine_exit)i));
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(xen_call_name(__HYPERVISOR_memory_op, XENMEM_add_to_physmap), "memory_op/add_to_physmap");
    assert_string_equal(xen_call_name(__HYPERVISOR_sched_op, SCHEDOP_shutdown), "sched_op/shutdown");
    assert_string_equal(xen_call_name(__HYPERVISOR_memory_op, 60), "memory_op");
    assert_string_equal(xen_call_name(__HYPERVISOR_console_io, 0), "console_io");
    assert_null(xen_call_name(60, 0));
    assert_int_equal(xen_call_command(__HYPERVISOR_memory_op, 0xFC7), 7);
    assert_int_equal(xen_call_command(__HYPERVISOR_hvm_op, 0x10001), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(phases), cmocka_unit_test(calls), cmocka_unit_test(exits),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
