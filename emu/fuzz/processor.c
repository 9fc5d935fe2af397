/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/processor.h"

#include <string.h>

bool processor_same(const struct layout *a, const struct layout *b)
{
    return a->type == b->type && a->fill == b->fill && a->vcpus == b->vcpus && a->vendor == b->vendor &&
           a->nested == b->nested && a->nr_cpuid == b->nr_cpuid &&
           memcmp(a->cpuid, b->cpuid, a->nr_cpuid * sizeof a->cpuid[0]) == 0;
}

void processor_take(struct layout *l, const struct layout *from)
{
    l->fill = from->fill;
    l->vcpus = from->vcpus;
    l->vendor = from->vendor;
    l->nested = from->nested;
    l->nr_cpuid = from->nr_cpuid;
    memcpy(l->cpuid, from->cpuid, sizeof l->cpuid);
}
