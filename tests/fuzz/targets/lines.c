/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DWARF line number programs. */
#include "../fuzz.h"

#include "debug/line_program.h"

static void on_sequence(void *self, const struct line_row *row, size_t nr, uint64_t end)
{
    uint64_t *sum = self;
    for (size_t i = 0; i < nr; i++)
        *sum += row[i].address + row[i].line + end;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint64_t sum = 0;
    uint8_t *p = fuzz_copy(bytes, n);
    (void)line_program_read(p, n, 0, on_sequence, &sum);
    free(p);
    return 0;
}
