/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One case from the start to its report: this firmware in this guest, booted, judged, written down. */
#ifndef HVMBED_MATRIX_TRIAL_H
#define HVMBED_MATRIX_TRIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "boot/case.h"
#include "cache/cache.h"
#include "check/monitor.h"
#include "compare/compare.h"
#include "report/report.h"

/* Somebody who looks on at a boot, or holds it. Of boots that follow it, to explain it, nothing is told. */
struct trial_visitor {
    bool (*begins)(void *self, struct monitor *mon, struct diag *d); /* the machine stands at its first instruction */
    bool (*ended)(void *self,
                  struct monitor *mon); /* it is still there, the verdict complete; false: ask nothing more */
    void *self;
    struct monitor *monitor; /* to be used for the boot; NULL: one of the trial's own */
};

/* How to boot, whatever the case. */
struct trial_options {
    struct boot_choice choice;
    struct monitor_options monitor; /* but for the image, which is the case's; symbols are the caller's */
    bool unchecked;
    bool no_why; /* findings do not lead to further boots that tell who wrote what they are about */
    uint64_t fill[COMPARE_FILLS_MAX];
    unsigned nr_fills;                   /* 0: the layout's; with several, a boot with each, compared */
    const struct trial_visitor *visitor; /* NULL: none. Not with several fills */
    const struct cache *cache;           /* not owned: what images unpack to; NULL: nothing is kept */
};

struct trial {
    struct boot_case boot;
    struct machine machine;
    struct verdict verdict;
    struct compare_result compared;
    struct lzma_memo unpacked; /* each of its boots unpacks the same */
    struct symbols *symbols;   /* not owned */
};

/*
 * Plans it, and boots it. @t is all zero before the first; @im outlives it. False with @d when that cannot be.
 * trial_free() in any case.
 */
bool trial_prepare(struct trial *t, const struct layout *l, const struct image *im, const struct trial_options *o,
                   struct diag *d);
bool trial_boot(struct trial *t, const struct trial_options *o, struct diag *d);
/* Address space that a trial reserves at most for its guests, in bytes, whose memory ends at @top. */
uint64_t trial_address_space(uint64_t top, const struct trial_options *o);
/* What a report of it is made of, once it was booted: it points into @t and @version. */
void trial_input(const struct trial *t, char version[ENGINE_VERSION_SIZE], struct report_input *in);
void trial_free(struct trial *t);

#endif
