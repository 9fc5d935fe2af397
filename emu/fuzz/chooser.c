/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/chooser.h"

void chooser_seed(struct chooser *c, uint64_t seed)
{
    *c = (struct chooser){.state = seed};
}

void chooser_bytes(struct chooser *c, const uint8_t *bytes, size_t n)
{
    static const uint8_t nothing;
    *c = (struct chooser){.bytes = bytes != NULL ? bytes : &nothing, .n = bytes != NULL ? n : 0};
}

/* SplitMix64: public domain, Sebastiano Vigna. */
static uint64_t generate(struct chooser *c)
{
    uint64_t z = c->state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static uint64_t take(struct chooser *c, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes && c->at < c->n; i++)
        v |= (uint64_t)c->bytes[c->at++] << (8 * i);
    return v;
}

uint64_t choose_u64(struct chooser *c)
{
    return c->bytes == NULL ? generate(c) : take(c, 8);
}

uint64_t choose(struct chooser *c, uint64_t n)
{
    unsigned bytes = 1;
    if (n <= 1)
        return 0;
    if (c->bytes == NULL)
        return generate(c) % n;
    while (bytes < 8 && (n - 1) >> (8 * bytes) != 0)
        bytes++;
    return take(c, bytes) % n;
}
