/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of a firmware's code has run: blocks, by module and offset, of one boot or of many. The engine tells each block
 * once, when it is translated, so collecting costs nothing where code runs again.
 */
#ifndef HVMBED_COVER_COVERAGE_H
#define HVMBED_COVER_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "check/monitor.h"
#include "image/image.h"

/* From its module's first byte. */
struct cover_block {
    uint32_t offset, size; /* bytes */
};

/* A module of one image, wherever it ran: in place and shadowed are the same. */
struct cover_module {
    char *path; /* "OVMF.fd/GUID/PeiCore.efi"; the image's own for code outside all modules */
    uint8_t image[HASH_SIZE];
    uint64_t base; /* gva where it was first seen */
    uint32_t size, entry;
    char *debug;             /* the .debug file that it was made of, or NULL */
    struct debug_file *file; /* the same, open: the symbols' own, which must outlive this; NULL: to be opened */
    uint64_t link_base;      /* address of its first byte in there */
    struct cover_block *block;
    size_t nr, room, sorted; /* the first @sorted are in order, each once */
};

#define COVER_NO_MODULE SIZE_MAX

struct coverage {
    struct cover_module *module; /* in order of first execution */
    size_t nr, room;
    bool lost; /* out of memory: something is missing */
    /* of the run that is under way */
    const struct image *image;
    struct module seen; /* the last block's, */
    size_t seen_at;     /* and which one that is here; COVER_NO_MODULE */
};

/* @c starts as zero. Blocks are those of @im from now on; @im must outlive the run. */
void coverage_begin(struct coverage *c, const struct image *im);
/* monitor_options.ran, with @self the coverage. */
void coverage_ran(void *self, struct monitor *mon, const struct engine_block *b);
/* All that is in @from, into @to. */
void coverage_merge(struct coverage *to, struct coverage *from);
/* Brings all modules' blocks in order, each once. */
void coverage_sort(struct coverage *c);
void coverage_free(struct coverage *c);

struct cover_format {
    const char *name, *suffix; /* "lcov", ".info" */
    bool needs_symbols;
    /* False with @d. @c is in order. */
    bool (*write)(const struct coverage *c, FILE *out, struct diag *d);
};
/* By name; or, with @name NULL, by the ending of @path (the first format when none fits). NULL: no such name. */
const struct cover_format *cover_format_find(const char *name, const char *path);
/* False with @d. */
bool cover_write(struct coverage *c, const struct cover_format *f, FILE *out, struct diag *d);

bool cover_write_drcov(const struct coverage *c, FILE *out, struct diag *d);
bool cover_write_lcov(const struct coverage *c, FILE *out, struct diag *d);

#endif
