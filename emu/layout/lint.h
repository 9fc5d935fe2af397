/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong or suspicious in a layout that can be read: one table of checks, as in dtc. Every check has a layout
 * that trips it and a near miss in tests/unit/test_lint.c, and a row in docs/lint.md. Pure.
 */
#ifndef HVMBED_LAYOUT_LINT_H
#define HVMBED_LAYOUT_LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "layout/layout.h"

enum lint_severity { LINT_OFF, LINT_NOTE, LINT_WARNING, LINT_ERROR };
const char *lint_severity_name(enum lint_severity s); /* "off", "note", "warning", "error" */

enum lint_id {
    LINT_E820_WRAP,
    LINT_E820_OVERLAP,
    LINT_E820_UNSORTED,
    LINT_PVH_UNSORTED,
    LINT_E820_TYPE,
    LINT_E820_OVER_16,
    LINT_E820_FULL,
    LINT_PHYS_BITS,
    LINT_PHYS_BITS_OVER_48,
    LINT_RAM_UNALIGNED,
    LINT_RAM_OVER_DEVICE,
    LINT_RAM_IN_HOLE,
    LINT_RAM_UNPOPULATED,
    LINT_RAM_UNDECLARED,
    LINT_LOST_PAGE,
    LINT_SPECIAL_UNDECLARED,
    LINT_ACPI_UNDECLARED,
    LINT_ACPI_TYPE,
    LINT_CMOS_ABOVE_RAM,
    LINT_CMOS_BELOW_RAM,
    LINT_CMOS_ROUNDING,
    LINT_WORK_AREA,
    LINT_PEI_MEMORY,
    LINT_PEI_CAP,
    LINT_PEI_NOT_RAM,
    LINT_FILL,
    LINT_VCPUS_OVER_64,
    LINT_UNKNOWN_KEY,
    LINT_NOT_HONOURED,
    LINT_IMAGE_SIZE,
    LINT_PVH_NO_ENTRY,
    LINT_PVH_ELF_SHORT,
    LINT_COUNT
};

/* What a check needs to know of a firmware; layout/ knows no images. */
struct lint_firmware {
    const char *file;
    uint64_t size;
    bool pvh;            /* it has the ELF header and note of a PVH kernel */
    uint32_t pvh_filesz; /* how much of it that header has Xen load */
};

struct lint_input {
    const struct layout *layout;
    const struct layout_lines *at; /* NULL: no lines are known */
    const struct guest_memory *guest;
    const struct lint_firmware *firmware; /* NULL: none given; checks of it are left out */
};

struct lint; /* below */

/* What must hold for a check to make sense; otherwise it is left out. */
enum lint_for { LINT_HVM = 1, LINT_PVH = 2, LINT_BOTH = LINT_HVM | LINT_PVH, LINT_NEEDS_FIRMWARE = 4 };

#define LINT_MAX_AFTER 4
struct lint_check {
    enum lint_id id;
    enum lint_severity severity;
    const char *name; /* "e820-overlap" … stable: scripts use it */
    const char *help; /* what it looks for, no trailing stop */
    void (*run)(struct lint *o);
    unsigned applies; /* enum lint_for */
    unsigned nr_after;
    enum lint_id after[LINT_MAX_AFTER]; /* left out when one of these found something: earlier in the table */
};

extern const struct lint_check lint_checks[LINT_COUNT];
const struct lint_check *lint_find(const char *name);

#define LINT_PER_CHECK 8 /* findings kept of one check; the rest is only counted */

struct lint_finding {
    enum lint_id id;
    enum lint_severity severity;
    const char *file; /* the layout's or the firmware's, as the input names them */
    unsigned line;    /* 0: none known */
    char message[320];
};

/* Settings and result. Large: not for the stack of a small thread. */
struct lint {
    enum lint_severity severity[LINT_COUNT]; /* the caller may change these after lint_init() */

    unsigned nr;
    struct lint_finding found[LINT_COUNT * LINT_PER_CHECK];
    unsigned hits[LINT_COUNT]; /* all, also of checks that are off */
    enum lint_severity worst;

    const struct lint_input *in; /* while it runs */
    enum lint_id now;
};

void lint_init(struct lint *o);
/* Runs every check in the order of the table and leaves what they found in @o; earlier findings are forgotten. */
void lint_run(struct lint *o, const struct lint_input *in);

/* What DxeIpl builds page tables of, in bytes. */
uint64_t lint_table_bytes(const struct layout *l);

#endif
