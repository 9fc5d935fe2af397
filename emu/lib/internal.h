/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bed, for the files of this folder. */
#ifndef HVMBED_LIB_INTERNAL_H
#define HVMBED_LIB_INTERNAL_H

#include "base/diag.h"
#include "check/fingerprint.h"
#include "cli/boot_options.h"
#include "lib/hvmbed.h"
#include "matrix/trial.h"

struct hvmbed_finding {
    const struct finding *f;
    char fingerprint[FINGERPRINT_SIZE];
};

struct hvmbed {
    struct image image; /* size 0: none yet */
    struct layout layout;
    bool has_layout;
    struct layout_lines lines;
    struct boot_options options;
    char **kept; /* the values of options, which point to them; owned, as the strings are */
    size_t nr_kept;
    struct trial trial; /* the last boot */
    bool booted;
    struct hvmbed_finding *finding; /* owned; as many as the verdict has */
    char error[sizeof(((struct diag *)0)->file) + sizeof(((struct diag *)0)->message) + 16];
};

/* Puts what @d says into the bed's error, and returns false. */
bool bed_fail(struct hvmbed *bed, const struct diag *d);
/* Forgets the last boot. */
void bed_forget(struct hvmbed *bed);

#endif
