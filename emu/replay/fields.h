/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plain members of a case file as tables: what writes, reads and compares them goes by these. Private to this folder. */
#ifndef HVMBED_REPLAY_FIELDS_H
#define HVMBED_REPLAY_FIELDS_H

#include "replay/saved.h"

enum field_kind {
    FIELD_TEXT,    /* any text */
    FIELD_WORD,    /* letters, digits, '-', '.', '_', ':', at least one */
    FIELD_DIGITS,  /* hexadecimal digits, just as many as there is room for */
    FIELD_COUNT,   /* a JSON integer, not negative */
    FIELD_ADDRESS, /* "0x…" */
};

struct field {
    const char *name; /* its key */
    enum field_kind kind;
    size_t offset, room; /* room: of a text, with its zero */
    enum difference_kind differs;
};
extern const struct field file_fields[], finding_fields[], verdict_fields[]; /* each ends with a NULL name */

static inline const char *field_text(const void *of, const struct field *f)
{
    return (const char *)of + f->offset;
}
static inline uint64_t field_number(const void *of, const struct field *f)
{
    return *(const uint64_t *)(const void *)((const char *)of + f->offset);
}
static inline bool field_is_text(const struct field *f)
{
    return f->kind <= FIELD_DIGITS;
}

#endif
