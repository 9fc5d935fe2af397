/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections of firmware files: PI 1.7 volume 3, section 3.2.5. Pure, bounded. */
#ifndef HVMBED_IMAGE_SECTION_H
#define HVMBED_IMAGE_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/fv.h"

enum section_type {
    SECTION_COMPRESSION = 0x01,
    SECTION_GUID_DEFINED = 0x02,
    SECTION_DISPOSABLE = 0x03,
    SECTION_PE32 = 0x10,
    SECTION_PIC = 0x11,
    SECTION_TE = 0x12,
    SECTION_DXE_DEPEX = 0x13,
    SECTION_VERSION = 0x14,
    SECTION_UI = 0x15,
    SECTION_FV_IMAGE = 0x17,
    SECTION_FREEFORM = 0x18,
    SECTION_RAW = 0x19,
    SECTION_PEI_DEPEX = 0x1b,
    SECTION_MM_DEPEX = 0x1c,
};

struct section {
    uint8_t type;
    size_t offset, size; /* in the stream, with the header */
    size_t body;         /* offset in the stream of what follows all headers; up to offset + size */
    bool has_guid;       /* GUID-defined and free-form ones */
    struct guid guid;
    bool processing_required; /* GUID-defined: without its tool the body cannot be read */
    uint8_t compression;      /* compression sections: 0 none, 1 standard (EFI or Tiano) */
    uint32_t unpacked_size;   /* compression sections: as the header says */
};

/*
 * Iterates over the @size bytes of a stream of sections: *@cursor starts 0. False at the end, with *@damaged telling
 * whether a header there claims what cannot be.
 */
bool section_next(const uint8_t *stream, size_t size, size_t *cursor, struct section *out, bool *damaged);

/* UCS-2 to printable ASCII; stops at the first unit that is not. */
void section_text(const uint8_t *p, size_t n, char *out, size_t room);

#endif
