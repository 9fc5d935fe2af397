/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text forms in which people meet an E820 table, each once: how a line of it is read, how the whole is written.
 * Pure.
 */
#ifndef HVMBED_LAYOUT_E820_TEXT_H
#define HVMBED_LAYOUT_E820_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/span.h"
#include "layout/e820.h"

#define E820_ORIGIN_SIZE 16

enum e820_line_kind {
    E820_LINE_OTHER,  /* nothing of this form */
    E820_LINE_HEADER, /* announces a table */
    E820_LINE_ENTRY,
    E820_LINE_HIDDEN, /* an entry whose addresses the kernel keeps from its reader */
    E820_LINE_BAD,    /* begins as an entry and is none */
};

struct e820_line {
    struct span at; /* of an entry, end after the last byte */
    uint32_t type;
    int index;                     /* the number that the line gives itself, or -1 */
    const char *why;               /* of a bad line: static text */
    char origin[E820_ORIGIN_SIZE]; /* "d1": whose line it is, in a log of several guests; "" when it does not say */
};

struct e820_format {
    const char *name;  /* for --format */
    const char *whose; /* for people: "hvmloader's" */
    const char *looks; /* what to look for */
    bool bare;         /* lines begin at column 1: no prefix, and an indented line is something else */
    enum e820_line_kind (*line)(const char *s, struct e820_line *l);
    /* False with @d when the form cannot say what is in the table. */
    bool (*write)(const struct e820_map *m, FILE *out, struct diag *d);
};

#define E820_NR_FORMATS 4
extern const struct e820_format e820_formats[E820_NR_FORMATS];

/* NULL when there is none of that name. */
const struct e820_format *e820_format_find(const char *name);

/*
 * What line @s of a log is, in @only's form or in any when that is NULL, under prefixes of syslog, of the kernel, of
 * Xen's console and of time stamps. @l->origin is filled whatever it is. *f is not touched for E820_LINE_OTHER.
 */
enum e820_line_kind e820_text_line(const char *s, const struct e820_format *only, const struct e820_format **f,
                                   struct e820_line *l);

#endif
