/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules: one table, one line each. Every rule has a ROM that breaks it, a near miss, and a line in the manual. */
#ifndef HVMBED_CHECK_RULE_H
#define HVMBED_CHECK_RULE_H

#include <stddef.h>

enum severity {
    SEVERITY_NOTE,    /* worth knowing; never changes the exit code */
    SEVERITY_WARNING, /* suspicious; does not change the exit code unless -E */
    SEVERITY_ERROR,   /* a finding: exit 1 */
};
const char *severity_name(enum severity s); /* "note", "warning", "error" */

/* What happens to an access that breaks the rule. */
enum consequence {
    GO_ON_THROUGH, /* the access takes place, as on real hardware; the boot goes on */
    GO_ON_DROPPED, /* the access is kept from happening; the boot goes on */
    STOP,          /* going on makes no sense */
};

enum rule_id {
    RULE_WRITE_RESERVED,
    RULE_WRITE_PRESERVED,
    RULE_WRITE_IMAGE,
    RULE_WRITE_LIVE,
    RULE_WRITE_UNPOPULATED,
    RULE_READ_RESERVED,
    RULE_READ_UNPOPULATED,
    RULE_READ_NULL,
    RULE_WRITE_NULL,
    RULE_EXEC_NULL,
    RULE_EXEC_LOW,
    RULE_EXEC_UNKNOWN,
    RULE_EXEC_UNPOPULATED,
    RULE_BAR_OVER_RAM,
    RULE_HYPERCALL_REFUSED,
    RULE_XENSTORE_RING,
    RULE_PV_RING,
    RULE_IMAGE_NOT_LOADED,
    RULE_EXCEPTION,
    RULE_TRIPLE_FAULT,
    RULE_DEAD_LOOP,
    RULE_HALT,
    RULE_SHUTDOWN,
    /* Looked at once, at the hand-off. */
    RULE_HOB_LIST,
    RULE_HOB_RAM,
    RULE_HOB_RAM_MISSING,
    RULE_HOB_VGA,
    RULE_HOB_RESERVED_MISSING,
    RULE_HOB_OVERLAP,
    RULE_HOB_ALLOCATION,
    RULE_HOB_ALLOCATION_OVERLAP,
    RULE_HOB_MEMORY,
    RULE_HOB_STACK,
    RULE_HOB_CPU,
    RULE_HOB_CPU_NARROW,
    RULE_HOB_VOLUME,
    RULE_HOB_XEN,
    RULE_HYPERCALL_PAGE,
    RULE_BUS_CLOCK,
    RULE_XEN_MAPPING,
    RULE_PAGE_TABLES,
    RULE_DESCRIPTOR_TABLES,
    RULE_INTERRUPTS,
    RULE_BYTES_CHANGED,
    RULE_LOW_MEMORY,
    /* Looked at once each, at ready to boot and when boot services are left. */
    RULE_GCD_LIST,
    RULE_GCD_RAM,
    RULE_GCD_MMIO,
    RULE_MAP_LIST,
    RULE_MAP_OVERLAP,
    RULE_MAP_RAM,
    RULE_MAP_RAM_MISSING,
    RULE_MAP_VGA,
    RULE_MAP_RUNTIME,
    RULE_PROCESSOR_TABLES,
    RULE_PAGE_ATTRIBUTES,
    RULE_SYSTEM_TABLE,
    RULE_MEMORY_ATTRIBUTES,
    RULE_ACPI_TABLES,
    RULE_ACPI_LOST,
    RULE_SMBIOS_TABLES,
    RULE_UNINITIALISED_FLOW,
    RULE_UNINITIALISED_HOB,
    RULE_COUNT
};

struct rule {
    enum rule_id id;
    const char *name; /* "write-reserved" … stable: scripts use it */
    enum severity severity;
    enum consequence then;
    const char *title; /* "write to reserved memory" */
    const char *help;  /* one sentence: why it matters and what usually causes it */
};

extern const struct rule rules[RULE_COUNT];
const struct rule *rule_find(const char *name);

#endif
