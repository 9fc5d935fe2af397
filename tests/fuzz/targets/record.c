/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case's result, as a process that may have run wild hands it back: read, written again, and the same bytes. */
#include "../fuzz.h"

#include "matrix/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct case_result r;
    uint8_t *p = fuzz_copy(bytes, n);
    memset(&r, 0, sizeof r);
    if (record_read(p, n, &r)) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        if (out == NULL || !record_write(&r, out) || fclose(out) != 0 || size != n || memcmp(text, p, n) != 0)
            abort();
        free(text);
    }
    case_result_free(&r);
    free(p);
    return 0;
}
