/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every key means that is honoured: hvmbed-layout(5) is made of it, and docs/layouts.md says the same (the unit test
 * looks, and that no key is missing). Pure.
 */
#ifndef HVMBED_LAYOUT_KEY_DOCS_H
#define HVMBED_LAYOUT_KEY_DOCS_H

#include <stddef.h>

struct key_doc {
    const char *keys; /* "vcpus, maxvcpus" */
    const char *meaning;
    const char *fallback; /* what holds without it; NULL: nothing can be said */
};

/* End with NULL keys; in the order of docs/layouts.md. */
extern const struct key_doc xl_key_docs[];
extern const struct key_doc bed_key_docs[];
/* Those that are honoured or not as the value or the guest is; what xlkeys.c cannot say. */
extern const struct key_doc partly_key_docs[];

/* All of the bed's keys; NULL behind the last. (bedkeys.c) */
const char *bed_key_name(size_t i);

#endif
