/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_DEBUG_INTERNAL_H
#define HVMBED_DEBUG_INTERNAL_H

#include <elfutils/libdw.h>
#include <gelf.h>

#include "debug/debugfile.h"

struct debug_file {
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    bool dwarf_tried;
    Dwarf *dwarf;
    Dwarf_CFI *frame, *eh_frame; /* .debug_frame belongs to @dwarf */
};

/* Its DWARF, read at the first call; NULL when there is none. */
Dwarf *debug_file_dwarf(struct debug_file *f);

#endif
