/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for what a run is made of, the same in every format. Pure. */
#ifndef HVMBED_REPORT_DECODE_H
#define HVMBED_REPORT_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"
#include "image/image.h"
#include "layout/layout.h"

const char *verdict_word(int exit_code);        /* "PASS", "FAIL", "INCONCLUSIVE", "DEFECT" */
const char *access_name(enum access_kind a);    /* "read", "write", "execute"; "none" */
const char *image_kind_name(enum image_kind k); /* "ovmf", "ovmf-code", "ovmf-vars", "flat" */
const char *guest_type_name(enum guest_type t); /* "hvm", "pvh" */
const char *cpu_vendor_name(enum cpu_vendor v); /* "intel", "amd" */
const char *vector_mnemonic(unsigned vector);   /* "#PF"; "#?" when the architecture has none */
const char *vector_title(unsigned vector);      /* "page fault" */
const char *walk_level_name(unsigned level);    /* 4 "PML4E" … 1 "PTE" */

#define DECODE_TEXT_SIZE 128
/* The bits of an exception's error code in words: "write, not present, supervisor". */
void decode_error_code(unsigned vector, uint32_t code, char out[DECODE_TEXT_SIZE]);
/* The flag bits of a page-table entry: "P RW US A D PS". */
void decode_page_entry(unsigned level, uint64_t entry, char out[DECODE_TEXT_SIZE]);

/* The last component of a path: a report must not depend on where the file lay. */
const char *path_last(const char *path);
/* "hvm-1g" for ".../hvm-1g.cfg", "default layout" for none. */
void layout_label(const struct layout *l, char *out, size_t room);

#endif
