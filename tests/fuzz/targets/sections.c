/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of sections, guided ones among them, a dependency expression, and packed bytes. */
#include "../fuzz.h"

#include "image/depex.h"
#include "image/lzma.h"
#include "image/section.h"

#define ROOM_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t *p = fuzz_copy(bytes, n);
    struct section s;
    bool damaged;
    char text[DEPEX_TEXT_SIZE];
    for (size_t cursor = 0; section_next(p, n, &cursor, &s, &damaged);) {
        section_text(p + s.body, s.offset + s.size - s.body, text, sizeof text);
        (void)depex_format(p + s.body, s.offset + s.size - s.body, text);
    }
    (void)depex_format(p, n, text);
    const uint64_t room = lzma_promised_size(p, n);
    if (room != 0 && room <= ROOM_MAX) {
        uint8_t *out = malloc(room);
        if (out != NULL)
            (void)lzma_unpack(p, n, out, room);
        free(out);
    }
    free(p);
    return 0;
}
