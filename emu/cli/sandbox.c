/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/sandbox.h"

#include <stdlib.h>
#include <string.h>

/* Unicorn reserves 1 GiB for each engine's translated code, malloc 64 MiB a thread; a case has a few of them. */
#define HEADROOM (16ull << 30)

void sandbox_init(struct sandbox *s)
{
    *s = (struct sandbox){.off = false};
}

bool sandbox_set(struct sandbox *s, const char *value)
{
    s->off = strcmp(value, "no") == 0;
    return s->off || strcmp(value, "yes") == 0;
}

bool sandbox_limit(struct sandbox *s, const char *value)
{
    struct diag wrong = {0};
    if (!limits_set(&s->limits, value, LIMIT_OF_GUEST | LIMIT_OF_IMAGE | LIMIT_OF_PROCESS, &wrong) &&
        s->wrong.message[0] == '\0')
        s->wrong = wrong;
    return true;
}

bool sandbox_open(struct sandbox *s, struct diag *d)
{
    int error = 0;
    if (s->wrong.message[0] != '\0')
        return diag_fail(d, "", 0, "%s", s->wrong.message);
    s->setup.cpu_seconds = (unsigned)limit(&s->limits, LIMIT_CPU);
    s->setup.file_bytes = limit(&s->limits, LIMIT_REPORT);
    s->setup.address_space = HEADROOM;
    if (s->off) {
        (void)snprintf(s->says, sizeof s->says, "off");
        return !s->required || diag_fail(d, "", 0, "--require-sandbox and --sandbox no exclude each other");
    }
    if (!cage_probe(&s->setup, &s->state, &error))
        return diag_fail(d, "", 0, "cannot try the sandbox: %s", strerror(error));
    char missing[CAGE_TEXT_SIZE];
    cage_missing(&s->state, missing);
    (void)snprintf(s->says, sizeof s->says, "%s%s", missing[0] != '\0' ? "without " : "whole", missing);
    return missing[0] == '\0' || !s->required ||
           diag_fail(d, "", 0, "--require-sandbox: this system does not give a part of the sandbox: %s", missing);
}

const struct cage_setup *sandbox_cage(struct sandbox *s, uint64_t address_space)
{
    s->setup.address_space = HEADROOM + address_space;
    return s->off ? NULL : &s->setup;
}

void sandbox_apply(struct sandbox *s, uint64_t address_space, struct pool_setup *p)
{
    p->cage = sandbox_cage(s, address_space);
    p->cage_missing = s->state.missing;
    p->memory = s->off ? 0 : limit(&s->limits, LIMIT_MEMORY);
}
