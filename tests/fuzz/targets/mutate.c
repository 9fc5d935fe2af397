/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout made of bytes as other fuzzers do: it can be resolved, and written and read it is the same again. */
#include "../fuzz.h"

#include "base/span.h"
#include "fuzz/mutate.h"
#include "layout/settle.h"
#include "layout/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct layout seed[2], l, back;
    static struct guest_memory g;
    struct diag d = {0};
    struct feed in = {bytes, n};
    const uint64_t how = feed(&in, 1);
    const struct mutate_options o = {.hostile = (how & 1) != 0, .hvm = true, .pvh = true, .image_size = 2 * MIB};
    layout_default(&seed[0]);
    layout_default(&seed[1]);
    seed[1].type = GUEST_PVH;
    if (!layout_settle(&seed[1]))
        abort();
    layout_of_bytes(in.p, in.n, seed, 2, &o, &l);
    if (!layout_resolve(&l, o.image_size, &g, &d))
        abort();
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    layout_write(&l, out);
    d.message[0] = '\0';
    if (fclose(out) != 0 || !layout_read_text("again", text, &back, NULL, &d) || !layout_same(&l, &back)) {
        (void)fprintf(stderr, "%s\nof:\n%s", d.message, text);
        abort();
    }
    free(text);
    return 0;
}
