/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What well-known GUIDs are called. Pure. */
#ifndef HVMBED_IMAGE_GUID_NAMES_H
#define HVMBED_IMAGE_GUID_NAMES_H

#include <stdbool.h>

#include "image/fv.h"

/* A GUID as a register format prints it: GUID(0xEE4E5898, 0x3914, 0x4259, 0x9D, 0x6E, ...). */
#define GUID(a, b, c, ...)                                                                                        \
    {                                                                                                             \
        {                                                                                                         \
            (a) & 0xff, (a) >> 8 & 0xff, (a) >> 16 & 0xff, (a) >> 24 & 0xff, (b)&0xff, (b) >> 8 & 0xff, (c)&0xff, \
                (c) >> 8 & 0xff, __VA_ARGS__                                                                      \
        }                                                                                                         \
    }

/* edk2's name ("gEfiPcdProtocolGuid"; for OVMF's volumes the name in its .fdf: "PEIFV"), NULL when it is not known. */
const char *guid_name(const struct guid *g);
/* The GUID of one of those names; NULL when it is not known. */
const struct guid *guid_named(const char *name);
/* The reverse of guid_format, in either case; false when @text is no GUID. */
bool guid_parse(const char *text, struct guid *out);

#endif
