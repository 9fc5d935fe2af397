/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware volumes and their files: PI specification 1.7, volume 3. Pure, bounded. */
#ifndef HVMBED_IMAGE_FV_H
#define HVMBED_IMAGE_FV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guid {
    uint8_t b[16]; /* as stored: mixed endian */
};
#define GUID_TEXT_SIZE 37
void guid_format(const struct guid *g, char out[GUID_TEXT_SIZE]); /* "EE4E5898-3914-4259-9D6E-DC7BD79403CF" */
bool guid_equal(const struct guid *a, const struct guid *b);

/* A volume found in a buffer. */
struct fv {
    size_t offset; /* in the buffer */
    uint64_t length;
    uint16_t header_length;
    struct guid fs; /* file system GUID: FFS2, FFS3, or NV data */
    bool checksum_ok;
};
/* Finds the next volume at or after @from ('_FVH' at +40, sane lengths, 8-byte aligned); false when there is none. */
bool fv_next(const uint8_t *buf, size_t size, size_t from, struct fv *out);
/* Is its file system one with files (FFS2, FFS3)? */
bool fv_has_files(const struct fv *fv);
/* Does it hold variables? */
bool fv_has_variables(const struct fv *fv);

/* A file in a volume. */
struct ffs_file {
    size_t offset;        /* of its header, in the buffer */
    uint32_t size;        /* with header */
    uint32_t header_size; /* 24, or 32 for FFS3 large files */
    uint8_t type;         /* EFI_FV_FILETYPE_* */
    struct guid name;
    char ui[64];      /* name from its user-interface section, or "" */
    size_t pe_offset; /* of its PE32 or TE section's body in the buffer, 0 when none */
    uint32_t pe_size;
};
/* Iterates: *@cursor starts 0. False at the end. Damaged files end the walk. */
bool ffs_next(const uint8_t *buf, size_t size, const struct fv *fv, size_t *cursor, struct ffs_file *out);
/* Offset in the volume of the first file; the volume's length when there is none. @volume has fv->length bytes. */
size_t ffs_first(const uint8_t *volume, const struct fv *fv);

#endif
