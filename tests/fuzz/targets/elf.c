/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF twice: a first stage such as hvmloader, and the header that OvmfXen carries. */
#include "../fuzz.h"

#include "image/loader.h"
#include "image/pvh.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct loader l;
    struct pvh_header pvh;
    struct diag d = {0};
    uint8_t *p = fuzz_copy(bytes, n);
    (void)pvh_parse(p, n, &pvh);
    memset(&l, 0, sizeof l);
    if (loader_from_bytes("loader", p, n, &l, &d))
        for (size_t i = 0; i < l.nr_segments; i++)
            if (l.segment[i].offset > l.size || l.segment[i].filesz > l.size - l.segment[i].offset)
                abort();
    loader_free(&l);
    return 0;
}
