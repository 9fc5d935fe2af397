/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes a finding is about. */
#include <stdlib.h>

#include "why/internal.h"

/* What is larger was not made by one write. */
#define BYTES_MAX PAGE_SIZE

static struct span asked(const struct finding *f)
{
    const struct span none = {0, 0};
    if (f->phase == PHASE_LOADER)
        return none;
    if (f->pointer.known && f->pointer.in_memory)
        return (struct span){f->pointer.gpa, f->pointer.gpa + f->pointer.size};
    return f->rule == RULE_XEN_MAPPING || span_size(f->bytes) <= BYTES_MAX ? f->bytes : none;
}

/* There it is wrong that something was written at all. */
static bool is_about_place(enum rule_id r)
{
    return r == RULE_BYTES_CHANGED || r == RULE_LOW_MEMORY || r == RULE_DESCRIPTOR_TABLES;
}

bool questions(struct verdict *v, struct targets *all)
{
    for (size_t i = 0; i < v->findings.nr && all->nr < TARGETS_MAX; i++) {
        struct finding *f = &v->findings.f[i];
        const struct span at = asked(f);
        if (span_size(at) == 0)
            continue;
        f->writer = calloc(1, sizeof *f->writer);
        if (f->writer == NULL)
            return false;
        f->writer->at = at;
        f->writer->mapping = f->rule == RULE_XEN_MAPPING;
        all->t[all->nr++] =
            (struct target){.w = f->writer, .before = {f->blocks, UINT64_MAX}, .in_place = is_about_place(f->rule)};
    }
    return true;
}
