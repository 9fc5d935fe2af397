/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PE32+/TE headers of loaded modules, as far as naming an address needs. Pure. */
#ifndef HVMBED_IMAGE_PE_H
#define HVMBED_IMAGE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pe_info {
    bool te;                /* a TE image: RVAs are off by the stripped size */
    uint16_t machine;       /* 0x8664, 0x14c … */
    uint32_t size_of_image; /* bytes from the header in memory */
    uint32_t entry_rva;     /* from the header's first byte in memory */
    uint64_t image_base;    /* preferred; after relocation the loader writes the real one */
    const char *path;       /* of that entry, in the image's bytes and ending in NUL there; NULL when there is none */
    uint32_t code_at;       /* the section that the entry point lies in: from the header's first byte in memory, */
    uint32_t code_raw;      /* and from its first byte in the file; */
    uint32_t code_size;     /* bytes there are in the file; 0 when no section has it */
    char name[64];          /* module name from the CodeView/NB10 debug entry ("PeiCore", "XenPlatformPei"), or "" */
};

/* @p points to a possible header ('MZ' or 'VZ'), @avail bytes are readable. */
bool pe_parse(const uint8_t *p, size_t avail, struct pe_info *out);

#endif
