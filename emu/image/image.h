/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A firmware image: its bytes, and what they tell. Parsers of hostile bytes: pure, bounded, never trusting a length. */
#ifndef HVMBED_IMAGE_IMAGE_H
#define HVMBED_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "image/hash.h"

#define IMAGE_MAX_SIZE (64u << 20) /* an FD larger than this is refused (also after gunzip) */

/* The PVH entry, from the ELF header that OvmfXen carries (E:OvmfPkg/Include/Fdf/XenElfHeader.fdf.inc). */
struct pvh_header {
    bool present;
    uint32_t entry;         /* XEN_ELFNOTE_PHYS32_ENTRY */
    uint32_t load_paddr;    /* PT_LOAD */
    uint32_t filesz, memsz; /* the header's claim: may be more or less than the image has (a 4 MiB FD says 2 MiB) */
};

enum image_kind {
    IMAGE_OVMF,      /* a bootable FD: reset vector at its end */
    IMAGE_OVMF_CODE, /* code only (OVMF_CODE.fd): no variable store; refused unless a whole number of MiB */
    IMAGE_OVMF_VARS, /* variable store only: nothing to run */
    IMAGE_UNKNOWN,   /* a flat image with a reset vector and no FV (a test ROM) */
};

struct image {
    char path[256];
    uint8_t *bytes; /* owned */
    size_t size;    /* after decompression */
    bool gzip;      /* the file was compressed */
    enum image_kind kind;
    struct pvh_header pvh;
    uint8_t sha256[HASH_SIZE]; /* of the (decompressed) bytes */
};

/*
 * Reads a file (plain or gzip) and classifies it. False with @d, which says what file to give instead, when it cannot
 * be booted on Xen at all: empty, a directory, too large, OVMF_CODE.fd, OVMF_VARS.fd, not a whole number of MiB,
 * no reset vector.
 */
bool image_load(const char *path, struct image *im, struct diag *d);
/* The same classification for bytes in memory; takes ownership of @bytes (malloc'ed) even on failure. */
bool image_from_bytes(const char *name, uint8_t *bytes, size_t size, struct image *im, struct diag *d);
void image_free(struct image *im);

#endif
