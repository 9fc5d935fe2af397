/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout out of a log that shows an E820 table. Pure: text in, layout out. */
#ifndef HVMBED_LAYOUT_IMPORT_H
#define HVMBED_LAYOUT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/diag.h"
#include "layout/e820_text.h"
#include "layout/layout.h"

struct import_options {
    const char *name;                 /* of the log, for messages */
    const struct e820_format *format; /* NULL: whichever the log has */
    bool as_given;                    /* whether @as counts; otherwise the log says */
    enum guest_type as;
};

#define IMPORT_NOTES 8

/* What was found out. */
struct import {
    struct layout layout;             /* has_e820; what the log does not say is as in layout_default() */
    const struct e820_format *format; /* in which form the table was */
    char origin[E820_ORIGIN_SIZE];    /* whose it was: "d1", or "" */
    unsigned line;                    /* where it begins */
    unsigned tables;                  /* how many the log has */
    bool xen_found, phys_found, vcpus_found;
    unsigned nr_notes;
    struct {
        bool doubt; /* the user should look at it */
        char text[240];
    } notes[IMPORT_NOTES];
};

/* False with @d when there is no table, or one that layout_read() would not take; the line is the log's. */
bool import_log(const char *text, size_t n, const struct import_options *o, struct import *r, struct diag *d);

/* As a layout file. @name is the log's, for the comment. */
void import_write(const struct import *r, const char *name, FILE *out);

#endif
