/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manual: hvmbed(1), one hvmbed-VERB(1) for each verb, hvmbed-layout(5) and hvmbed-rules(7), made of the tables that
 * the program itself goes by, and of docs/man (prose.h). Pure.
 */
#ifndef HVMBED_MANUAL_PAGES_H
#define HVMBED_MANUAL_PAGES_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"
#include "manual/prose.h"

#define PAGE_NAME_MAX 64

struct page {
    char name[PAGE_NAME_MAX]; /* "hvmbed-layout-show" */
    const char *section;      /* "1" */
    const struct option_verb *verb;
    void (*write)(const struct page *page, struct prose *p, FILE *out);
};

/* The @i-th page; false behind the last. */
bool page_get(size_t i, struct page *page);

/* The writers; page_get() knows which is whose. */
void page_write_program(const struct page *page, struct prose *p, FILE *out);
void page_write_verb(const struct page *page, struct prose *p, FILE *out);
void page_write_rules(const struct page *page, struct prose *p, FILE *out);
void page_write_layout(const struct page *page, struct prose *p, FILE *out);

/* What pages have in common: the sections of their own and of the prose, in the usual order; EXIT STATUS if there is none. */
void page_sections(struct prose *p, bool exits, FILE *out);
/* SEE ALSO: what stands in @also, and the prose's. */
void page_see(struct prose *p, const char *const *also, FILE *out);
/* "hvmbed-layout-show" of a verb. */
void page_verb_name(const struct option_verb *v, char name[PAGE_NAME_MAX]);

#endif
