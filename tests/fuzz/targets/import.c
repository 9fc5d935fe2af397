/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log with an E820 table in it. */
#include "../fuzz.h"

#include "layout/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct import r;
    struct diag d = {0};
    const struct import_options o = {.name = "log", .as_given = n % 2 != 0, .as = n % 4 < 2 ? GUEST_HVM : GUEST_PVH};
    uint8_t *text = fuzz_copy(bytes, n);
    memset(&r, 0, sizeof r);
    if (import_log((const char *)text, n, &o, &r, &d)) {
        FILE *out = fopen("/dev/null", "w");
        import_write(&r, "log", out);
        (void)fclose(out);
    }
    free(text);
    return 0;
}
