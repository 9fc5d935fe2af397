/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a mutation's decisions come from: a seeded generator, or the bytes that another fuzzer gives (as libFuzzer's
 * FuzzedDataProvider), so that both drive the same code. When the bytes are used up every choice is 0.
 */
#ifndef HVMBED_FUZZ_CHOOSER_H
#define HVMBED_FUZZ_CHOOSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chooser {
    uint64_t state;       /* of the generator */
    const uint8_t *bytes; /* NULL: the generator's */
    size_t n, at;
};

void chooser_seed(struct chooser *c, uint64_t seed);
/* @bytes must outlive @c. */
void chooser_bytes(struct chooser *c, const uint8_t *bytes, size_t n);

uint64_t choose_u64(struct chooser *c);
/* From 0 to @n - 1, and 0 when @n is 0; of bytes it takes as few as can say it. */
uint64_t choose(struct chooser *c, uint64_t n);
/* True in @n of 100 cases. */
static inline bool choose_percent(struct chooser *c, unsigned n)
{
    return choose(c, 100) < n;
}
/* Are there decisions left to be made? */
static inline bool chooser_has_more(const struct chooser *c)
{
    return c->bytes == NULL || c->at < c->n;
}

#endif
