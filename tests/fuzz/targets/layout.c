/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest file, and everything that is worked out of it before a boot. */
#include "../fuzz.h"

#include "base/span.h"
#include "layout/layout.h"
#include "layout/lint.h"

/* As a file where only that can hold the bytes. */
static bool read_layout(const uint8_t *bytes, size_t n, struct layout *l, struct layout_lines *lines, struct diag *d)
{
    char path[64];
    int fd;
    if (n == 0 || memchr(bytes, '\0', n) != NULL) {
        fuzz_file(bytes, n, path, &fd);
        const bool ok = layout_read_lines(path, l, lines, d);
        (void)close(fd);
        return ok;
    }
    char *text = malloc(n + 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes, n);
    text[n] = '\0';
    const bool ok = layout_read_text("guest.cfg", text, l, lines, d);
    free(text);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct layout l;
    static struct layout_lines lines;
    static struct guest_memory g;
    static struct lint lint;
    struct diag d = {0};
    if (read_layout(bytes, n, &l, &lines, &d) && layout_resolve(&l, 2 * MIB, &g, &d)) {
        const struct lint_input in = {.layout = &l, .guest = &g};
        lint_init(&lint);
        lint_run(&lint, &in);
    }
    return 0;
}
