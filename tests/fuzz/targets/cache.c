/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What images unpack to, as a file: a header with the right sum, size and hash before any data. */
#include "../fuzz.h"

#include <string.h>

#include <zlib.h>

#include "base/le.h"
#include "cache/entry.h"

#define HEADER 64u
#define SUM_AT 12u
#define ROOM_AT 24u

static const uint8_t packed[1] = {'p'};

/* Bytes of a whole file whose data are @p. The first two say how much they promise. */
static uint8_t *file_of(const uint8_t *p, size_t n, size_t *size, size_t *room)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, size);
    if (f == NULL || !entry_write(f, packed, sizeof packed, p, 0) || fclose(f) != 0)
        abort();
    uint8_t *file = realloc(text, HEADER + n);
    if (file == NULL)
        abort();
    *room = n < 2 ? 0 : le16(p);
    *size = HEADER + (n < 2 ? 0 : n - 2);
    memcpy(file + HEADER, p + (n < 2 ? 0 : 2), *size - HEADER);
    file[ROOM_AT] = (uint8_t)*room;
    file[ROOM_AT + 1] = (uint8_t)(*room >> 8);
    const uint32_t sum = (uint32_t)crc32(0, file + SUM_AT + 4, (uInt)(*size - SUM_AT - 4));
    for (unsigned i = 0; i < 4; i++)
        file[SUM_AT + i] = (uint8_t)(sum >> 8 * i);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    size_t size, room;
    uint8_t *p = fuzz_copy(bytes, n);
    if (entry_wrong(p, n) == NULL) /* as it is */
        free(entry_read(p, n, packed, sizeof packed, (size_t)le64(p + ROOM_AT) & 0xFFFFF));
    uint8_t *file = file_of(p, n, &size, &room);
    if (entry_wrong(file, size) != NULL)
        abort();
    uint8_t *got = entry_read(file, size, packed, sizeof packed, room);
    for (size_t i = 0, sum = 0; got != NULL && i < room; i++) /* all of it is there */
        sum += got[i];
    free(got);
    free(file);
    free(p);
    return 0;
}
