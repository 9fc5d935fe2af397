/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The .debug files below a folder: an edk2 Build tree, or a folder of them. */
#ifndef HVMBED_DEBUG_FOLDER_H
#define HVMBED_DEBUG_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct folder {
    char **path; /* owned, in a fixed order */
    size_t nr;
    bool cut; /* there was more than is looked at */
};

/* Bounded in depth and number; what cannot be read is left out. Links to folders are not followed. */
void folder_scan(const char *dir, struct folder *out);
void folder_free(struct folder *f);
/* The file's name without folder and ".debug", in @out. */
void folder_module_name(const char *path, char *out, size_t room);

#endif
