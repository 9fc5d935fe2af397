/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A HOB list, anywhere in memory that holds nothing else. */
#include "../fuzz.h"

#include "hob/hob.h"

#define BASE 0x810000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct fuzz_memory b = {bytes, n, BASE};
    const struct hob_reader r = {fuzz_memory_read, &b};
    struct hob_list l = {0};
    char text[HOB_TEXT_SIZE], attributes[HOB_ATTRIBUTES_SIZE];
    (void)hob_is_handoff(&r, BASE);
    if (hob_list_read(&r, BASE, LIMIT_HOBS_DEFAULT, &l))
        for (size_t i = 0; i < l.nr; i++) {
            hob_format(&l.h[i], text);
            hob_attributes_format(l.h[i].attributes, attributes);
        }
    hob_list_free(&l);
    return 0;
}
