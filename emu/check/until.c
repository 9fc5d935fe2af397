/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/until.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    enum until_kind kind;
    const char *driver, *people;
} table[] = {
    {"handoff", UNTIL_HANDOFF, "", "the DXE hand-off"},
    {"dxe-core", UNTIL_HANDOFF, "", "the DXE hand-off"},
    {"bds", UNTIL_BDS, "", "BDS"},
    {"shell", UNTIL_DRIVER, "Shell", "the shell"},
    {"ready-to-boot", UNTIL_READY_TO_BOOT, "", "ready to boot"},
    {"exit-boot-services", UNTIL_EXIT_BOOT_SERVICES, "", "ExitBootServices"},
    {"end", UNTIL_END, "", "the end"},
};
#define NR (sizeof table / sizeof table[0])
#define DRIVER "driver:"

bool until_parse(const char *text, struct until *out)
{
    const size_t n = strlen(DRIVER);
    *out = (struct until){.kind = UNTIL_DRIVER};
    if (strncmp(text, DRIVER, n) == 0)
        return text[n] != '\0' && snprintf(out->driver, sizeof out->driver, "%s", text + n) < (int)sizeof out->driver;
    for (size_t i = 0; i < NR; i++)
        if (strcmp(text, table[i].name) == 0) {
            out->kind = table[i].kind;
            (void)snprintf(out->driver, sizeof out->driver, "%s", table[i].driver);
            return true;
        }
    return false;
}

void until_format(const struct until *u, char *out, unsigned room)
{
    for (size_t i = 0; i < NR; i++)
        if (u->kind == table[i].kind && strcmp(u->driver, table[i].driver) == 0) {
            (void)snprintf(out, room, "%s", table[i].people);
            return;
        }
    (void)snprintf(out, room, "the start of %s", u->driver);
}

void until_name(const struct until *u, char *out, unsigned room)
{
    for (size_t i = 0; i < NR; i++)
        if (u->kind == table[i].kind && strcmp(u->driver, table[i].driver) == 0) {
            (void)snprintf(out, room, "%s", table[i].name);
            return;
        }
    (void)snprintf(out, room, DRIVER "%s", u->driver);
}
