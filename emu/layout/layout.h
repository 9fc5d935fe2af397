/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout model: what a guest's configuration says about its memory, and what Xen's toolstack and
 * hvmloader make of it. Pure: no printing, no state.
 */
#ifndef HVMBED_LAYOUT_LAYOUT_H
#define HVMBED_LAYOUT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "layout/e820.h"

/* slack_pages of a guest from which hvmloader never has to steal. */
#define SLACK_AMPLE UINT64_MAX

enum guest_type { GUEST_HVM, GUEST_PVH };
enum cpu_vendor { VENDOR_INTEL, VENDOR_AMD };

/* Memory of the host that devices use by themselves (an RMRR), and that this guest is to keep clear of. */
#define RDM_MAX 16
struct rdm {
    struct span at;
    bool strict; /* where it lies over RAM, the guest is not built; else it is left out */
};

/* Bits of CPUID that cpuid= fixes. A leaf without subleaves has ANY_SUBLEAF. */
#define CPUID_RULES_MAX 32
#define ANY_SUBLEAF UINT32_MAX
enum cpuid_reg { CPUID_EAX, CPUID_EBX, CPUID_ECX, CPUID_EDX };
struct cpuid_rule {
    uint32_t leaf, subleaf;
    enum cpuid_reg reg;
    uint32_t set, clear; /* masks */
};

#define NICS_MAX 8
enum nic_model { NIC_RTL8139, NIC_E1000 };

/* Devices and tables that a key of xl.cfg adds or takes away. HVM alone. */
struct guest_devices {
    bool acpi_s3, acpi_s4; /* their SSDTs */
    bool apic;             /* apic=: with one vCPU, whether there is a MADT */
    bool hpet;
    bool platform; /* xen_platform_pci= */
    bool usb;      /* usb=, usbdevice=: the UHCI controller */
    bool ahci;     /* hdtype="ahci" */
    bool igd;      /* gfx_passthru= of 00:02.0: hvmloader gives it an OpRegion */
    unsigned nics; /* of vif=, those that QEMU emulates */
    enum nic_model nic[NICS_MAX];
};

/* disk=: a raw image that is there. */
#define DISKS_MAX 8
#define DISK_NAME_SIZE 16
struct layout_disk {
    char path[256];
    uint32_t vdev; /* as xenstore numbers it: layout_disk_name() */
    bool read_only;
};

struct layout {
    char path[256]; /* the file it came from, for messages; "" for the built-in default */
    enum guest_type type;
    uint64_t memory;    /* bytes: xl.cfg memory= */
    uint64_t maxmem;    /* bytes: xl.cfg maxmem=, >= memory */
    uint64_t videoram;  /* bytes taken out of memory for the video card; normally 0 for PVH and vga=none */
    uint64_t mmio_hole; /* bytes below 4 GiB: xl.cfg mmio_hole=; 0 = Xen's default */
    unsigned vcpus;     /* one of them runs; firmware sees the number */
    bool acpi;          /* xl.cfg acpi=, default true */
    bool hap;           /* xl.cfg hap=, default true */
    struct guest_devices dev;
    uint32_t viridian;   /* HVM_PARAM_VIRIDIAN; 0: no Hyper-V interface */
    unsigned timer_mode; /* HVM_PARAM_TIMER_MODE */
    bool vpt_align;      /* HVM_PARAM_VPT_ALIGN */
    unsigned altp2m;     /* HVM_PARAM_ALTP2M */
    unsigned tsc_mode;   /* xl.cfg tsc_mode=, as CPUID leaf base + 3 tells it */
    bool itsc;           /* an invariant TSC, CPUID 80000007 EDX8 */
    bool nested;         /* xl.cfg nestedhvm=: VMX or SVM in CPUID */
    bool genid;          /* xl.cfg ms_vm_genid="generate" */
    unsigned nr_rdms;    /* rdm=, pci= and bed_rmrr= together */
    struct rdm rdm[RDM_MAX];
    uint64_t rdm_boundary; /* bytes: xl.cfg rdm_mem_boundary=; RAM never makes way below it */
    unsigned nr_cpuid;
    struct cpuid_rule cpuid[CPUID_RULES_MAX];
    unsigned nr_disks;
    struct layout_disk disk[DISKS_MAX];

    /* What the bed adds. */
    unsigned xen_major, xen_minor; /* bed_xen_version="4.17" */
    unsigned phys_bits;            /* bed_phys_bits: CPUID 80000008 AL, 32..52 */
    bool page_1g;                  /* bed_page_1g: CPUID 80000001 EDX26 */
    enum cpu_vendor vendor;        /* bed_vendor="intel"|"amd" */
    uint64_t fill;                 /* bed_fill: RAM starts as this 64-bit pattern */
    uint64_t slack_pages;          /* bed_slack_pages: pages hvmloader may still populate before it steals */
    uint64_t pci_bar64;            /* bed_pci_bar64: bytes of a passed-through device's BAR, 0 for no such device */
    bool has_cmos_low_ram;         /* bed_cmos_low_ram given */
    uint64_t cmos_low_ram;         /* bytes: end of low RAM as CMOS 34/35 tell it, whatever the E820 says */
    unsigned tpm_version;          /* bed_tpm_version: platform/tpm_version, 0 for none */
    bool has_e820;                 /* bed_e820 given: the firmware is told exactly this table */
    struct e820_map e820;
};

#define LAYOUT_NOTES_MAX 32
struct layout_note {
    bool unknown; /* no such key; else it is not honoured here */
    unsigned line;
    char text[200];
};

/* Where a layout file says what, for messages about it: 1-based lines, 0 where it does not. */
struct layout_lines {
    unsigned memory; /* what RAM follows from: maxmem=, else memory= */
    unsigned phys_bits, cmos_low_ram, fill;
    unsigned vcpus;           /* vcpus= or maxvcpus=, the larger */
    unsigned e820;            /* bed_e820 */
    unsigned entry[E820_MAX]; /* its entries, in the order of layout.e820 */

    /* What xl knows and the bed does not do, and keys that nobody knows; the first ones of them. */
    unsigned nr_notes;
    struct layout_note note[LAYOUT_NOTES_MAX];
};

/* What the toolstack and (for HVM) hvmloader make of a layout, for one image. */
struct guest_memory {
    uint64_t mmio_start;  /* gpa where the hole below 4 GiB begins */
    uint64_t pci_start;   /* HVM: where hvmloader lets BARs lie, at most mmio_start; they end at FC000000 */
    struct span pci_high; /* and above 4 GiB; empty when none lies there */
    unsigned nr_rdms;     /* what of layout.rdm the guest is told */
    struct span rdm[RDM_MAX];
    uint64_t low_end;      /* end of populated RAM below 4 GiB, after stealing */
    uint64_t high_end;     /* end of populated RAM above 4 GiB, or 0 */
    uint64_t built_low;    /* end of what the builder populated below 4 GiB */
    uint64_t built_end;    /* end of what the builder populated above 4 GiB, before anything was stolen, or 0 */
    uint64_t stolen_pages; /* taken from the top of RAM for the image and the tables */
    uint64_t cmos_low_ram; /* bytes: what CMOS 34/35 (and 30/31) say; HVM only */
    unsigned acpi_pages;   /* pages of ACPI tables from FC001000 */
    struct span image;     /* where the image lies: below 4 GiB (HVM), from 1 MiB (PVH) */
    struct e820_map e820;  /* what the firmware is told */
};

/* The layout that `hvmbed run` uses when none is given: a 1 GiB HVM guest with enough slack. */
void layout_default(struct layout *l);

/*
 * Reads an xl.cfg guest file with Xen's own parser. False with @d filled when it cannot be read or asks for
 * something that no guest can have. Keys that do not concern the layout are ignored.
 */
bool layout_read(const char *path, struct layout *l, struct diag *d);
/* The same, and fills @at (which may be NULL) with the lines. */
bool layout_read_lines(const char *path, struct layout *l, struct layout_lines *at, struct diag *d);
/* The same of a text in memory, which messages call @name. */
bool layout_read_text(const char *name, const char *text, struct layout *l, struct layout_lines *at, struct diag *d);

/* False with @d when the image does not fit or no RAM is where firmware must have it. */
bool layout_resolve(const struct layout *l, uint64_t image_size, struct guest_memory *g, struct diag *d);

/* "xvda", "hdb", "sda1"; and the number of xvda, xvdb … */
void layout_disk_name(uint32_t vdev, char out[DISK_NAME_SIZE]);
uint32_t layout_disk_xvd(unsigned i);

/*
 * Where hvmloader puts the OpRegion of an Intel graphics device: the first pages that it takes below its shared info
 * (X:hvmloader/pci.c:pci_setup, util.c:mem_hole_alloc).
 */
#define IGD_OPREGION_START 0xFDFFC000ULL
#define IGD_OPREGION_END 0xFDFFF000ULL

/* The pages that hvmloader sets aside for the log of a TPM 2.0; empty for others. */
struct span tpm_log_area(const struct layout *l);

/* The top of what a plan must cover: 4 GiB, or the end of what was high RAM at first, or of what the E820 claims there. */
uint64_t guest_top(const struct guest_memory *g);

/* Is the guest's Xen this version or a newer one? */
static inline bool layout_xen_since(const struct layout *l, unsigned major, unsigned minor)
{
    return l->xen_major > major || (l->xen_major == major && l->xen_minor >= minor);
}

#endif
