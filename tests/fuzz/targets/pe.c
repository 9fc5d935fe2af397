/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PE32+ and TE headers. */
#include "../fuzz.h"

#include "image/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t *p = fuzz_copy(bytes, n);
    struct pe_info pe;
    if (pe_parse(p, n, &pe) &&
        (memchr(pe.name, '\0', sizeof pe.name) == NULL || (pe.path != NULL && strlen(pe.path) > n)))
        abort();
    free(p);
    return 0;
}
