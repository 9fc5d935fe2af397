/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/sandbox.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY (8ull << 30)
#define REPORT (1ull << 30)
#define CPU_SECONDS 7200u
/* Unicorn reserves 1 GiB for each engine's translated code, malloc 64 MiB a thread; a case has a few of them. */
#define HEADROOM (16ull << 30)

void sandbox_init(struct sandbox *s)
{
    *s = (struct sandbox){.memory = MEMORY, .report = REPORT, .cpu_seconds = CPU_SECONDS};
}

bool sandbox_set(struct sandbox *s, const char *value)
{
    s->off = strcmp(value, "no") == 0;
    return s->off || strcmp(value, "yes") == 0;
}

static bool read_amount(const char *v, uint64_t *n)
{
    static const char units[] = "KMG";
    char *end;
    if (*v < '0' || *v > '9')
        return false;
    *n = strtoull(v, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    const unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    if (*n == 0 || *n > UINT64_MAX >> (shift + 1) || (*end != '\0' && (unit == NULL || end[1] != '\0')))
        return false;
    *n <<= shift;
    return true;
}

bool sandbox_limit(struct sandbox *s, const char *value)
{
    const struct {
        const char *name;
        uint64_t *to, most;
    } limits[] = {
        {"memory=", &s->memory, UINT64_MAX}, {"report=", &s->report, UINT64_MAX}, {"cpu=", &s->cpu_seconds, 1u << 30}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (strncmp(value, limits[i].name, strlen(limits[i].name)) == 0)
            return read_amount(value + strlen(limits[i].name), limits[i].to) && *limits[i].to <= limits[i].most;
    return false;
}

bool sandbox_open(struct sandbox *s, struct diag *d)
{
    int error = 0;
    s->setup.cpu_seconds = (unsigned)s->cpu_seconds;
    s->setup.file_bytes = s->report;
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
    p->memory = s->off ? 0 : s->memory;
}
