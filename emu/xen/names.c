/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/names.h"

#include "xen/abi.h"

#define FAMILY 0xFFFFu

/* What HVM and PVH guests may ask for (X:xen/include/hypercall-defs.c), by the names of the public headers. */
#define CALL(family)                           \
    {                                          \
        __HYPERVISOR_##family, FAMILY, #family \
    }
#define MEM(c)                                              \
    {                                                       \
        __HYPERVISOR_memory_op, XENMEM_##c, "memory_op/" #c \
    }
#define VER(c)                                                  \
    {                                                           \
        __HYPERVISOR_xen_version, XENVER_##c, "xen_version/" #c \
    }
#define SCHED(c)                                           \
    {                                                      \
        __HYPERVISOR_sched_op, SCHEDOP_##c, "sched_op/" #c \
    }
#define EVTCHN(c)                                                           \
    {                                                                       \
        __HYPERVISOR_event_channel_op, EVTCHNOP_##c, "event_channel_op/" #c \
    }
#define HVM(c)                                       \
    {                                                \
        __HYPERVISOR_hvm_op, HVMOP_##c, "hvm_op/" #c \
    }
#define VCPU(c)                                         \
    {                                                   \
        __HYPERVISOR_vcpu_op, VCPUOP_##c, "vcpu_op/" #c \
    }
#define GNTTAB(c)                                                       \
    {                                                                   \
        __HYPERVISOR_grant_table_op, GNTTABOP_##c, "grant_table_op/" #c \
    }

static const struct {
    uint16_t nr, command;
    const char *name;
} names[] = {
    MEM(increase_reservation),
    MEM(decrease_reservation),
    MEM(maximum_ram_page),
    MEM(current_reservation),
    MEM(maximum_reservation),
    MEM(populate_physmap),
    MEM(add_to_physmap),
    MEM(memory_map),
    MEM(exchange),
    MEM(maximum_gpfn),
    MEM(remove_from_physmap),
    MEM(add_to_physmap_batch),
    MEM(get_vnumainfo),
    MEM(acquire_resource),
    VER(version),
    VER(extraversion),
    VER(compile_info),
    VER(capabilities),
    VER(changeset),
    VER(platform_parameters),
    VER(get_features),
    VER(pagesize),
    VER(guest_handle),
    VER(commandline),
    VER(build_id),
    SCHED(yield),
    SCHED(block),
    SCHED(shutdown),
    SCHED(poll),
    SCHED(remote_shutdown),
    SCHED(shutdown_code),
    SCHED(watchdog),
    EVTCHN(bind_interdomain),
    EVTCHN(bind_virq),
    EVTCHN(bind_pirq),
    EVTCHN(close),
    EVTCHN(send),
    EVTCHN(status),
    EVTCHN(alloc_unbound),
    EVTCHN(bind_ipi),
    EVTCHN(bind_vcpu),
    EVTCHN(unmask),
    EVTCHN(reset),
    EVTCHN(init_control),
    EVTCHN(expand_array),
    EVTCHN(set_priority),
    HVM(set_param),
    HVM(get_param),
    HVM(flush_tlbs),
    HVM(pagetable_dying),
    HVM(get_time),
    HVM(xentrace),
    HVM(get_mem_type),
    HVM(set_evtchn_upcall_vector),
    HVM(guest_request_vm_event),
    HVM(altp2m),
    VCPU(initialise),
    VCPU(up),
    VCPU(down),
    VCPU(is_up),
    VCPU(get_runstate_info),
    VCPU(register_runstate_memory_area),
    VCPU(set_periodic_timer),
    VCPU(stop_periodic_timer),
    VCPU(set_singleshot_timer),
    VCPU(stop_singleshot_timer),
    VCPU(register_vcpu_info),
    VCPU(send_nmi),
    VCPU(get_physid),
    VCPU(register_vcpu_time_memory_area),
    GNTTAB(map_grant_ref),
    GNTTAB(unmap_grant_ref),
    GNTTAB(setup_table),
    GNTTAB(dump_table),
    GNTTAB(transfer),
    GNTTAB(copy),
    GNTTAB(query_size),
    GNTTAB(unmap_and_replace),
    GNTTAB(set_version),
    GNTTAB(get_status_frames),
    GNTTAB(get_version),
    GNTTAB(swap_grant_ref),
    GNTTAB(cache_flush),
    CALL(memory_op),
    CALL(xen_version),
    CALL(sched_op),
    CALL(event_channel_op),
    CALL(hvm_op),
    CALL(vcpu_op),
    CALL(grant_table_op),
    CALL(multicall),
    CALL(set_timer_op),
    CALL(console_io),
    CALL(vm_assist),
    CALL(iret),
    CALL(mmuext_op),
    CALL(nmi_op),
    CALL(physdev_op),
    CALL(argo_op),
    CALL(xenpmu_op),
    CALL(dm_op),
};

uint16_t xen_call_command(uint64_t nr, uint64_t arg0)
{
    return (uint16_t)(nr == __HYPERVISOR_memory_op ? arg0 & MEMOP_CMD_MASK : arg0 & UINT16_MAX);
}

const char *xen_call_name(uint64_t nr, uint16_t command)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].nr == nr && (names[i].command == command || names[i].command == FAMILY))
            return names[i].name;
    return NULL;
}
