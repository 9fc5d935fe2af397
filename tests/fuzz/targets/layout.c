/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest file, and everything that is worked out of it before a boot. */
#include "../fuzz.h"

#include "base/span.h"
#include "layout/layout.h"
#include "layout/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct layout l;
    static struct layout_lines lines;
    static struct guest_memory g;
    static struct lint lint;
    char path[64];
    int fd;
    struct diag d = {0};
    fuzz_file(bytes, n, path, &fd);
    if (layout_read_lines(path, &l, &lines, &d) && layout_resolve(&l, 2 * MIB, &g, &d)) {
        const struct lint_input in = {.layout = &l, .guest = &g};
        lint_init(&lint);
        lint_run(&lint, &in);
    }
    (void)close(fd);
    return 0;
}
