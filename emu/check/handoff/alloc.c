/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocations: inside RAM, and each for one owner. */
#include "check/handoff/handoff.h"

/* EfiMemoryMappedIO and EfiMemoryMappedIOPortSpace: not RAM by their nature. */
static bool is_mmio(const struct hob *h)
{
    return h->kind == 11 || h->kind == 12;
}

void check_hob_allocation(struct view *v)
{
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (!hob_is_allocation(h) || is_mmio(h))
            continue;
        if (hob_ram_around(v, h->range) == NULL)
            handoff_tell(v, RULE_HOB_ALLOCATION, h, h->range, "no HOB declares all of it as RAM");
        else if (h->range.start % PAGE_SIZE != 0 || h->range.end % PAGE_SIZE != 0)
            handoff_tell(v, RULE_HOB_ALLOCATION, h, h->range, "it is not whole pages");
    }
}

/*
 * A module's or the stack's HOB repeats the range that was allocated for it: E:MdeModulePkg/Core/DxeIplPeim, and
 * E:MdePkg/Library/PeiHobLib:BuildModuleHob.
 */
static bool is_repeat(const struct hob *a, const struct hob *b)
{
    static const struct guid none;
    return a->range.start == b->range.start && a->range.end == b->range.end &&
           guid_equal(&a->guid, &none) != guid_equal(&b->guid, &none);
}

void check_hob_allocation_overlap(struct view *v)
{
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *a = &v->hobs->h[i];
        for (size_t j = i + 1; hob_is_allocation(a) && j < v->hobs->nr; j++) {
            const struct hob *b = &v->hobs->h[j];
            if (!hob_is_allocation(b) || !span_overlaps(a->range, b->range) || is_repeat(a, b))
                continue;
            char first[HOB_LABEL_SIZE];
            hob_label(v, a, first);
            handoff_tell(v, RULE_HOB_ALLOCATION_OVERLAP, b, b->range, "overlaps %s", first);
        }
    }
}
