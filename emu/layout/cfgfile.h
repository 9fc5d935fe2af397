/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's configuration file, parsed by libxlutil, with the line of every key: libxlutil knows the lines but tells
 * them only in its messages, and it cannot list the keys. Pure: its messages are caught, not printed.
 */
#ifndef HVMBED_LAYOUT_CFGFILE_H
#define HVMBED_LAYOUT_CFGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <libxlutil.h>

#include "base/diag.h"

#define CFG_MAX_SIZE (1u << 20) /* bytes; a guest file has some hundreds */

struct cfgfile {
    const char *path; /* the caller's */
    char *text;       /* NUL-terminated copy of the file, without NUL bytes inside */
    size_t size;
    XLU_Config *xlu;
    FILE *report; /* where libxlutil writes its messages: to @said */
    char *said;
    size_t said_size, heard; /* bytes written, and how many of them were taken */
};

/* False with @d when the file cannot be read or parsed; cfg_close() is needed only after true. */
bool cfg_open(struct cfgfile *f, const char *path, struct diag *d);
/* The same of a text in memory; @name is what messages call it, and must live as long. */
bool cfg_open_text(struct cfgfile *f, const char *name, const char *text, struct diag *d);
void cfg_close(struct cfgfile *f);

/*
 * Steps over the keys in the order of the file. @at is the position, 0 at first; @line and @key tell what was found.
 * A key longer than @n is cut.
 */
bool cfg_next_key(const struct cfgfile *f, size_t *at, unsigned *line, char *key, size_t n);

/* The line of the assignment that counts (the last one), 0 when there is none. */
unsigned cfg_line(const struct cfgfile *f, const char *key);

/* The value of @key is in @value, or *value is NULL when the key is absent. False with @d when it is a list. */
bool cfg_string(struct cfgfile *f, const char *key, const char **value, struct diag *d);
/* The same for xl's numbers; @value keeps what it has when the key is absent. */
bool cfg_long(struct cfgfile *f, const char *key, long *value, struct diag *d);
/* The same for lists; *list is NULL when the key is absent. */
bool cfg_list(struct cfgfile *f, const char *key, XLU_ConfigList **list, int *nr, struct diag *d);
/* Is the key there, and a list? */
bool cfg_is_list(const struct cfgfile *f, const char *key);
/* One string of a list and its line. */
bool cfg_item(struct cfgfile *f, const char *key, XLU_ConfigList *list, int i, const char **value, unsigned *line,
              struct diag *d);

/* Fills @d for @key and returns false. */
bool cfg_fail(const struct cfgfile *f, const char *key, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
