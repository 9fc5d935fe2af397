/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that answer a client of the store. What runs a request returns its error, or NULL once answered. */
#ifndef HVMBED_XEN_XSREQUEST_H
#define HVMBED_XEN_XSREQUEST_H

#include "xen/private.h"

#define XS_PATH_ROOM (sizeof XENSTORE_HOME + XENSTORE_ABS_PATH_MAX + 1)

struct xs_request {
    struct xen *x;
    uint32_t type;
    struct xs_transaction *in; /* NULL: none */
    struct xs_tree *tree;      /* the store's, or the transaction's */
    const char *body;
    size_t n;
};

/* A message for the client, with the header of what it asked. */
void xs_say(struct xenstore *s, uint32_t type, const void *body, size_t n);
const char *xs_answer(const struct xs_request *r, const void *body, size_t n);
const char *xs_acknowledge(const struct xs_request *r);
/* The whole name that @name stands for; false: there are no such names. @special: those with an @ are good, too. */
bool xs_absolute(const char *name, bool special, char path[XS_PATH_ROOM]);

/* Those who watch hear of a node that was changed, and of what @before has and the store has no longer. */
void xs_tell(struct xenstore *s, const char *path);
void xs_tell_removed(struct xenstore *s, const struct xs_tree *before);

const char *xs_do_read(struct xs_request *r);
const char *xs_do_directory(struct xs_request *r);
const char *xs_do_write(struct xs_request *r);
const char *xs_do_mkdir(struct xs_request *r);
const char *xs_do_rm(struct xs_request *r);
const char *xs_do_get_perms(struct xs_request *r);
const char *xs_do_set_perms(struct xs_request *r);
const char *xs_do_watch(struct xs_request *r);
const char *xs_do_unwatch(struct xs_request *r);
const char *xs_do_transaction_start(struct xs_request *r);
const char *xs_do_transaction_end(struct xs_request *r);
struct xs_transaction *xs_transaction_find(struct xenstore *s, uint32_t id);

#endif
