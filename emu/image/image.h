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

/* Whose firmware it is, as far as the bytes tell that need no unpacking. */
enum image_flavour {
    FLAVOUR_OTHER,   /* no firmware that Xen could boot */
    FLAVOUR_FLAT,    /* a reset vector and no firmware volume */
    FLAVOUR_UEFI,    /* firmware volumes; nothing tells the platform */
    FLAVOUR_OVMF,    /* OvmfPkg's reset vector: OvmfPkgX64 and its sisters */
    FLAVOUR_OVMFXEN, /* the Xen reset vector */
    FLAVOUR_CLOUDHV, /* the Xen reset vector too, but no Xen code */
    FLAVOUR_VARS,    /* variables alone */
    FLAVOUR_NOT_X86, /* firmware volumes with code for another machine */
    FLAVOUR_SEABIOS,
};

enum image_answer { ANSWER_UNKNOWN, ANSWER_YES, ANSWER_DOUBTFUL, ANSWER_NO };

struct image_boot {
    enum image_answer answer;
    char why[512]; /* "" for a plain yes */
};

/* Which firmware this is, and what it can boot on Xen. Filled by flavour_classify; see verdict.h. */
struct image_verdict {
    enum image_flavour flavour;
    char label[160]; /* "OvmfXen, X64, RELEASE, LZMA" */
    char told_by[256];
    unsigned since;             /* 202111: not older than edk2-stable202111; 0 when nothing tells */
    struct image_boot hvm, pvh; /* under hvmloader; straight from Xen */
};

struct image {
    char path[256];
    uint8_t *bytes; /* owned */
    size_t size;    /* after decompression */
    bool gzip;      /* the file was compressed */
    enum image_kind kind;
    struct pvh_header pvh;
    uint8_t sha256[HASH_SIZE]; /* of the (decompressed) bytes */
    struct image_verdict verdict;
};

/*
 * Reads a file (plain or gzip) and classifies it. False with @d, which says what file to give instead, when it cannot
 * be booted on Xen at all: empty, a directory, too large, OVMF_CODE.fd, OVMF_VARS.fd, not a whole number of MiB,
 * no reset vector.
 */
bool image_load(const char *path, struct image *im, struct diag *d);
/* The same classification for bytes in memory; takes ownership of @bytes (malloc'ed) even on failure. */
bool image_from_bytes(const char *name, uint8_t *bytes, size_t size, struct image *im, struct diag *d);
/*
 * Reads whatever file it is: what image_load would refuse has its reason in the verdict. False with @d when it cannot
 * be read or unpacked at all.
 */
bool image_inspect(const char *path, struct image *im, struct diag *d);
void image_free(struct image *im);

#endif
