/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip. */
#include "../fuzz.h"

#include "image/inflate.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct diag d = {0};
    size_t size = 0;
    uint8_t *p = fuzz_copy(bytes, n);
    uint8_t *out = gzip_is(p, n) ? gzip_inflate("file", p, n, LIMIT, &size, &d) : NULL;
    if (out != NULL && size > LIMIT)
        abort();
    free(out);
    free(p);
    return 0;
}
