/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest for the tests of emu/dev and emu/xen: its layout, and a hand-off's plan of it. */
#ifndef HVMBED_TESTS_GUEST_KIT_H
#define HVMBED_TESTS_GUEST_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "base/span.h"
#include "layout/layout.h"
#include "layout/plan.h"
#include "xen/handoff.h"

#define AMPLE 1000000u /* slack pages: hvmloader need not steal any */

struct guest {
    struct layout l;
    struct guest_memory g;
};

static inline void guest_init(struct guest *t, enum guest_type type, uint64_t mib, uint64_t video_mib, uint64_t slack,
                              uint64_t image_mib)
{
    struct diag d = {0};
    layout_default(&t->l);
    t->l.type = type;
    t->l.memory = t->l.maxmem = mib * MIB;
    t->l.videoram = video_mib * MIB;
    t->l.slack_pages = slack;
    if (!layout_resolve(&t->l, image_mib * MIB, &t->g, &d))
        fail_msg("%s", d.message);
}

/* An image whose bytes tell their own place, with a PVH header that covers it. */
static inline void guest_image(struct image *im, uint64_t mib)
{
    *im = (struct image){.size = (size_t)(mib * MIB)};
    im->bytes = malloc(im->size);
    assert_non_null(im->bytes);
    for (size_t i = 0; i < im->size; i += 4)
        put_le32(im->bytes + i, (uint32_t)(i ^ 0xA5000000u));
    im->pvh = (struct pvh_header){.present = true,
                                  .entry = (uint32_t)(MIB + im->size - 0x30),
                                  .load_paddr = (uint32_t)MIB,
                                  .filesz = (uint32_t)im->size,
                                  .memsz = (uint32_t)im->size};
}

static inline void guest_plan(const struct guest *t, struct plan *p, struct cpu_entry *entry)
{
    static struct image of_size[65]; /* the plan borrows their bytes */
    struct diag d = {0};
    const uint64_t mib = span_size(t->g.image) / MIB;
    struct image *im = &of_size[mib < 64 ? mib : 64];
    if (im->bytes == NULL)
        guest_image(im, mib);
    plan_init(p, guest_top(&t->g));
    if (!handoff_for(t->l.type)->plan(&t->l, &t->g, im, p, entry, &d) || !plan_seal(p, &d))
        fail_msg("%s", d.message);
}

/* @n bytes of a sealed plan at @gpa; 0 where there is no content. */
static inline void plan_copy(const struct plan *p, uint64_t gpa, void *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct plan_range *r = plan_find(p, gpa + i);
        assert_non_null(r);
        uint64_t at = gpa + i - r->at.start;
        ((uint8_t *)out)[i] = r->bytes != NULL && at < r->nbytes ? r->bytes[at] : 0;
    }
}

static inline uint8_t byte_sum(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;
    while (n-- > 0)
        sum = (uint8_t)(sum + *p++);
    return sum;
}

#endif
