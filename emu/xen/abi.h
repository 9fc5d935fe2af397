/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's public interface, and what no public header has: each such number is defined here once, with its source.
 * <xen/xen.h> is never included by that name, which in this tree is another file.
 */
#ifndef HVMBED_XEN_ABI_H
#define HVMBED_XEN_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040d00
#endif
#include <xen/memory.h> /* first: brings the public xen.h */

#include <xen/arch-x86/cpuid.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/e820.h>
#include <xen/hvm/hvm_info_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/hvm/params.h>
#include <xen/io/blkif.h>
#include <xen/io/console.h>
#include <xen/io/protocols.h>
#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

/* The first guest of a host that was just booted. */
#define BED_DOMID 1u

/* And its UUID: xen_version's guest handle. */
#define BED_UUID "68766d62-6564-4000-8000-000000000001"

/* What ms_vm_genid="generate" generates. */
#define BED_GENERATION_ID_LOW UINT64_C(0x0123456789ABCDEF)
#define BED_GENERATION_ID_HIGH UINT64_C(0x0FEDCBA987654321)

/* --- hypercalls -------------------------------------------------------------------------------------------- */

/* X:xen/include/xen/hypercall.h: MEMOP_EXTENT_SHIFT: the upper bits of the command carry a continuation. */
#define MEMOP_CMD_MASK 0x3Fu
#define MEMOP_EXTENT_SHIFT 6
/* XENMEM_get_vnumainfo and others exist since 4.5; the numbers are in <xen/memory.h>. */

/* The transfer page: 128 stubs of 32 bytes (X:xen/arch/x86/hvm/vmx/vmx.c:vmx_init_hypercall_page and svm.c). */
#define HYPERCALL_STUBS 128u
#define HYPERCALL_STUB_SIZE 32u
_Static_assert(HYPERCALL_STUBS *HYPERCALL_STUB_SIZE == 4096, "a page of stubs");

/* The Xen MSR that CPUID leaf base + 2 names, and the range that is Xen's (X:xen/arch/x86/msr.c:guest_wrmsr). */
#define MSR_XEN_HYPERCALL_PAGE 0x40000000u
#define MSR_XEN_BEHIND_VIRIDIAN 0x40000200u /* where it is when the guest has a Hyper-V interface, too */
#define MSR_XEN_COUNT 0x100u

/*
 * Where a field lies for a 64-bit caller and for a 32-bit one, whose structures (X:xen/include/compat) no public
 * header has. 64-bit: the public structure.
 */
struct abi_field {
    uint8_t off64, len64, off32, len32;
};
#define ABI_FIELD(type, field, o32, l32)                                                   \
    {                                                                                      \
        (uint8_t) offsetof(type, field), (uint8_t)sizeof(((type *)0)->field), (o32), (l32) \
    }

_Static_assert(sizeof(struct xen_memory_map) == 16, "xen_memory_map");
_Static_assert(sizeof(struct xen_add_to_physmap) == 24, "xen_add_to_physmap");
_Static_assert(sizeof(struct xen_remove_from_physmap) == 16, "xen_remove_from_physmap");
_Static_assert(sizeof(struct xen_memory_reservation) == 32, "xen_memory_reservation");
_Static_assert(sizeof(struct xen_hvm_param) == 16, "xen_hvm_param: the same for both callers");
_Static_assert(sizeof(struct sched_shutdown) == 4, "sched_shutdown: the same for both callers");
_Static_assert(sizeof(struct evtchn_send) == 4, "evtchn_send: the same for both callers");
#define COMPAT_MEMORY_MAP_SIZE 8u
#define COMPAT_ADD_TO_PHYSMAP_SIZE 16u
#define COMPAT_REMOVE_FROM_PHYSMAP_SIZE 8u
#define COMPAT_MEMORY_RESERVATION_SIZE 20u

_Static_assert(sizeof(struct vcpu_time_info) == 32, "vcpu_time_info");
_Static_assert(offsetof(struct vcpu_info, time) == 32, "vcpu_info.time: at 32 for 32-bit guests too");
_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info");
_Static_assert(offsetof(struct shared_info, evtchn_pending) == 0x800, "shared_info.evtchn_pending");
/* Wall clock of shared_info for a 64-bit domain; a 32-bit one has it at 0x900. Xen latches which at the page MSR. */
_Static_assert(offsetof(struct shared_info, wc_version) == 0xC00, "shared_info.wc_version");

_Static_assert(sizeof(struct hvm_start_info) == 56, "hvm_start_info");
_Static_assert(sizeof(struct hvm_modlist_entry) == 32, "hvm_modlist_entry");
_Static_assert(sizeof(struct hvm_memmap_table_entry) == 24, "hvm_memmap_table_entry");
_Static_assert(sizeof(struct hvm_info_table) == 48, "hvm_info_table");

/* --- addresses --------------------------------------------------------------------------------------------- */

/* X:tools/firmware/hvmloader/config.h and rombios/config.h, unless another source is given. */
#define HVMLOADER_TRAMPOLINE 0x0ull
#define HVMLOADER_OVMF_INFO 0x1000ull       /* OVMF_INFO_PHYSICAL_ADDRESS; E:OvmfPkg/XenPlatformPei/Xen.c */
#define HVMLOADER_SCRATCH 0x10000ull        /* SCRATCH_PHYSICAL_ADDRESS */
#define HVMLOADER_E820 0x10010ull           /* ovmf.c: scratch_alloc, which leaves the first 16 bytes alone */
#define HVMLOADER_HYPERCALL_PAGE 0x80000ull /* HYPERCALL_PHYSICAL_ADDRESS */
#define HVMLOADER_RSDP 0xEA020ull           /* ACPI_PHYSICAL_ADDRESS + 0x20 */
#define HVMLOADER_SMBIOS 0xEB000ull         /* SMBIOS_PHYSICAL_ADDRESS */
#define HVMLOADER_SMBIOS_END 0xF0000ull
#define HVMLOADER_LOW_COPY 0xF0000ull       /* ovmf.c: OVMF_BEGIN's last 64 KiB, for the real-mode reset vector */
#define HVMLOADER_VM86_TSS 0xFC100000ull    /* the first mem_alloc: RESERVED_MEMORY_DYNAMIC_START */
#define HVMLOADER_VM86_TSS_SIZE 384u        /* hvmloader.c: 128 for the TSS, 256 for its interrupt redirection map */
#define HVMLOADER_SHARED_INFO 0xFDFFF000ull /* the first mem_hole_alloc below RESERVED_MEMORY_DYNAMIC_END */
#define GUEST_RESERVED_START 0xFE700000ull  /* GUEST_RESERVED_START, promised to guests */
#define GUEST_RESERVED_END 0xFE800000ull
#define XEN_AREA_START 0xFC000000ull /* RESERVED_MEMBASE: Xen's from here to 4 GiB */
#define ACPI_INFO_PAGE 0xFC000000ull /* ACPI_INFO_PHYSICAL_ADDRESS, libxl_x86_acpi.c for PVH */
#define ACPI_TABLES 0xFC001000ull    /* ACPI_MEMORY_DYNAMIC_START */
#define VGA_HOLE_START 0xA0000ull
#define VGA_HOLE_END 0xC0000ull

/* The GDT inside Debian's hvmloader 4.17, six entries (hvmloader.c:gdt); the address is the link's. */
#define HVMLOADER_GDT 0x100090u
#define HVMLOADER_GDT_LIMIT 0x2Fu

/* X:tools/include/xenguest.h: X86_HVM_END_SPECIAL_REGION, X86_HVM_NR_SPECIAL_PAGES; xg_dom_x86.c: SPECIALPAGE_*. */
#define SPECIAL_IOREQ_SERVER_PFN 0xFEFF0ull
#define SPECIAL_IOREQ_SERVER_PAGES 8u
#define SPECIAL_PAGING_PFN 0xFEFF8ull
#define SPECIAL_ACCESS_PFN 0xFEFF9ull
#define SPECIAL_SHARING_PFN 0xFEFFAull
#define SPECIAL_BUFIOREQ_PFN 0xFEFFBull
#define SPECIAL_XENSTORE_PFN 0xFEFFCull
#define SPECIAL_IOREQ_PFN 0xFEFFDull
#define SPECIAL_IDENT_PT_PFN 0xFEFFEull
#define SPECIAL_CONSOLE_PFN 0xFEFFFull
#define SPECIAL_END_PFN 0xFF000ull

/* Device registers: Xen's fixed places (X:xen/arch/x86/include/asm/hvm). */
#define IOAPIC_START 0xFEC00000ull
#define HPET_START 0xFED00000ull
#define LAPIC_START 0xFEE00000ull
/* Where a TPM would be: probing it is no fault, it reads all ones (X:tools/libacpi/acpi2_0.h:TPM_REGISTER_BASE). */
#define TPM_START 0xFED40000ull
#define TPM_END 0xFED45000ull

/*
 * The block that hvmloader leaves for OVMF (X:tools/firmware/hvmloader/ovmf.c:struct ovmf_info;
 * E:OvmfPkg/XenPlatformPei/Xen.h:EFI_XEN_OVMF_INFO).
 */
struct ovmf_info {
    char signature[14]; /* "XenHVMOVMF" */
    uint8_t length;
    uint8_t checksum; /* the bytes sum up to 0 */
    uint64_t tables;
    uint32_t tables_nr;
    uint64_t e820; /* gpa of E820 entries of 20 bytes */
    uint32_t e820_nr;
} __attribute__((packed));
_Static_assert(sizeof(struct ovmf_info) == 40, "ovmf_info");

#endif
