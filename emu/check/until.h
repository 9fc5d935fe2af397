/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a boot is to go. */
#ifndef HVMBED_CHECK_UNTIL_H
#define HVMBED_CHECK_UNTIL_H

#include <stdbool.h>

enum until_kind {
    UNTIL_HANDOFF,            /* DXE is about to begin */
    UNTIL_DRIVER,             /* a driver is started */
    UNTIL_BDS,                /* the DXE core calls the BDS protocol */
    UNTIL_READY_TO_BOOT,      /* the event is signalled */
    UNTIL_EXIT_BOOT_SERVICES, /* the service is called */
    UNTIL_END,                /* as far as it goes */
};

struct until {
    enum until_kind kind;
    char driver[64]; /* its name, or its file's GUID */
};

#define UNTIL_HELP "handoff|bds|shell|ready-to-boot|exit-boot-services|end|driver:NAME"
/* False when @text is none of them. */
bool until_parse(const char *text, struct until *out);
/* "BDS", "the start of Shell": for people. @room bytes. */
void until_format(const struct until *u, char *out, unsigned room);
/* What until_parse() makes @u of. @room bytes, 80 are enough. */
void until_name(const struct until *u, char *out, unsigned room);

#endif
