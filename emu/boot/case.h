/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One boot to be done: this firmware, in this guest, handed over like this. What every verb that boots starts from. */
#ifndef HVMBED_BOOT_CASE_H
#define HVMBED_BOOT_CASE_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/held.h"
#include "image/image.h"
#include "image/loader.h"
#include "layout/layout.h"
#include "layout/plan.h"
#include "machine/machine.h"
#include "xen/handoff.h"

/* First stages that many boots share, each read once. All zero at first. */
#define FIRST_STAGES_MAX 16
#define XEN_VERSIONS 100 /* "4.0" to "4.99": layout/bedkeys.c */
struct first_stages {
    struct loader loader[FIRST_STAGES_MAX];
    size_t nr;
    /* Where that of a Xen version lies, looked up once. */
    struct stage_place {
        unsigned major, minor;
        bool own;       /* it is of just this version */
        char path[512]; /* "" for none */
    } place[XEN_VERSIONS];
    size_t nr_places;
};
void first_stages_free(struct first_stages *s);

/* How the user wants it handed over; NULL where nothing was said. */
struct boot_choice {
    const char *handoff;         /* a name of handoff_find() */
    const char *hvmloader;       /* a file */
    struct first_stages *stages; /* not owned; NULL: each case reads its own */
    const char *disk[VBDS_MAX];  /* raw images: xvda, xvdb … */
    unsigned nr_disks;
    const struct limits *limits; /* not owned: what a guest may make grow; NULL: the defaults */
    struct held *held;           /* not owned: disks that were opened before; NULL: each boot opens its own */
};

struct boot_case {
    const struct image *image; /* not owned */
    struct layout layout;
    const struct handoff *handoff;
    struct loader loader; /* no bytes where nothing runs before the firmware */
    bool loader_shared;   /* its bytes are those of choice.stages */
    struct guest_memory guest;
    struct plan plan;
    struct cpu_entry entry;
    struct boot_choice choice;
    bool unchecked; /* the plan's rights are not enforced; may be set before power is on */
};

/* As the user says; else the real hvmloader where it is there and can serve @l; else by the guest's type. */
const struct handoff *boot_handoff(const struct boot_choice *choice, const struct layout *l);

/* The first stage that boots @l, out of the choice's stages, where it is put first. NULL with @d. */
const struct loader *boot_first_stage(const struct boot_choice *choice, const struct layout *l, struct diag *d);

/* Where the address space of the guest @l ends; 0 when it cannot be built. */
uint64_t boot_top(const struct layout *l, uint64_t image_size);
/* Opens the disks of a boot of @l, into the choice's held files. What cannot be opened is told by that boot. */
bool boot_hold_disks(const struct boot_choice *choice, const struct layout *l, struct diag *d);

/* Looks for the first stages of all Xen versions and reads them, into the choice's. False with @d. */
bool boot_hold_stages(const struct boot_choice *choice, struct diag *d);

/*
 * Plans the boot of @im in the guest @l; @im must outlive the case. False with @d when this cannot be. boot_case_free()
 * in any case, of a case that was all zero before.
 */
bool boot_case_prepare(struct boot_case *c, const struct layout *l, const struct image *im,
                       const struct boot_choice *choice, struct diag *d);
void boot_case_free(struct boot_case *c);

/* A machine of layout @l (the case's own, or it with another fill) that is ready to run. False with @d. */
bool boot_case_power_on(const struct boot_case *c, const struct layout *l, struct machine *m, struct diag *d);

#endif
