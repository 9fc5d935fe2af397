/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches and transactions: X:tools/xenstore/xenstored_{watch,transaction}.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/xsrequest.h"

#define HEADER sizeof(struct xsd_sockmsg)

static void event(struct xenstore *s, const struct xs_watch *w, const char *path)
{
    uint8_t in[HEADER], body[XENSTORE_PAYLOAD_MAX];
    const size_t home = sizeof XENSTORE_HOME;
    const char *const name = w->relative && strlen(path) > home ? path + home : path;
    const size_t a = strlen(name) + 1, b = strlen(w->token) + 1;
    if (a + b > XENSTORE_PAYLOAD_MAX)
        return;
    memcpy(body, name, a);
    memcpy(body + a, w->token, b);
    memcpy(in, s->in, HEADER);
    memset(s->in, 0, HEADER); /* it answers nothing */
    xs_say(s, XS_WATCH_EVENT, body, a + b);
    memcpy(s->in, in, HEADER);
}

/* @exact: of what lies below a node that is removed only itself is told. A guest hears of what it may read. */
static void tell(struct xenstore *s, const char *path, bool exact)
{
    const struct xs_node *n = xstree_find(&s->tree, path);
    if (n == NULL)
        n = xstree_above(&s->tree, path);
    if ((xstree_can(n, BED_DOMID) & XS_CAN_READ) == 0)
        return;
    for (unsigned i = 0; i < s->nr_watches; i++)
        if (exact ? strcmp(path, s->watch[i].path) == 0 : xstree_below(path, s->watch[i].path))
            event(s, &s->watch[i], path);
}

void xs_tell(struct xenstore *s, const char *path)
{
    tell(s, path, false);
}

/* What @before has and @s does not: the topmost nodes as such, what was below them to those who watch just that. */
void xs_tell_removed(struct xenstore *s, const struct xs_tree *before)
{
    for (size_t i = 0; i < before->nr; i++) {
        const char *const path = before->node[i].path;
        if (xstree_find(&s->tree, path) != NULL)
            continue;
        const struct xs_node *const parent = xstree_above(before, path);
        tell(s, path, xstree_find(&s->tree, parent->path) == NULL);
    }
}

static int find_watch(const struct xenstore *s, const char *path, const char *token)
{
    for (unsigned i = 0; i < s->nr_watches; i++)
        if (strcmp(s->watch[i].path, path) == 0 && strcmp(s->watch[i].token, token) == 0)
            return (int)i;
    return -1;
}

/* A node's name, and the client's word for the watch. */
static const char *two_strings(const struct xs_request *r, char path[XS_PATH_ROOM], const char **token)
{
    const char *const end = memchr(r->body, '\0', r->n);
    if (end == NULL || end + 1 >= r->body + r->n || r->body[r->n - 1] != '\0')
        return "EINVAL";
    *token = end + 1;
    return strlen(*token) + 1 == r->n - (size_t)(*token - r->body) && xs_absolute(r->body, true, path) ? NULL
                                                                                                       : "EINVAL";
}

static void drop_watch(struct xs_watch *w)
{
    free(w->path);
    free(w->token);
}

const char *xs_do_watch(struct xs_request *r)
{
    struct xenstore *const s = &r->x->store;
    char path[XS_PATH_ROOM];
    const char *token;
    const char *const error = two_strings(r, path, &token);
    if (error != NULL || find_watch(s, path, token) >= 0)
        return error != NULL ? error : "EEXIST";
    if (s->nr_watches == XENSTORE_WATCHES_MAX) {
        limit_reach(&r->x->met, LIMIT_WATCHES, r->x->limits, true);
        return "E2BIG";
    }
    const struct xs_watch w = {strdup(path), strdup(token), r->body[0] != '/' && r->body[0] != '@'};
    if (w.path == NULL || w.token == NULL) {
        free(w.path);
        free(w.token);
        return "ENOMEM";
    }
    s->watch[s->nr_watches++] = w;
    (void)xs_acknowledge(r);
    event(s, &w, path); /* once at first, whatever is there */
    return NULL;
}

const char *xs_do_unwatch(struct xs_request *r)
{
    struct xenstore *const s = &r->x->store;
    char path[XS_PATH_ROOM];
    const char *token;
    const char *const error = two_strings(r, path, &token);
    const int i = error == NULL ? find_watch(s, path, token) : -1;
    if (i < 0)
        return error != NULL ? error : "ENOENT";
    drop_watch(&s->watch[i]);
    s->nr_watches--;
    memmove(&s->watch[i], &s->watch[i + 1], (s->nr_watches - (unsigned)i) * sizeof s->watch[0]);
    return xs_acknowledge(r);
}

void xenstore_forget_client(struct xenstore *s)
{
    for (unsigned i = 0; i < s->nr_watches; i++)
        drop_watch(&s->watch[i]);
    s->nr_watches = 0;
    for (unsigned i = 0; i < XENSTORE_TRANSACTIONS_MAX; i++) {
        xstree_free(&s->transaction[i].tree);
        s->transaction[i].id = 0;
    }
}

struct xs_transaction *xs_transaction_find(struct xenstore *s, uint32_t id)
{
    for (unsigned i = 0; i < XENSTORE_TRANSACTIONS_MAX; i++)
        if (s->transaction[i].id == id)
            return &s->transaction[i];
    return NULL;
}

const char *xs_do_transaction_start(struct xs_request *r)
{
    struct xenstore *const s = &r->x->store;
    struct xs_transaction *const t = xs_transaction_find(s, 0);
    char text[16];
    if (r->in != NULL)
        return "EBUSY";
    if (t == NULL) {
        limit_reach(&r->x->met, LIMIT_TRANSACTIONS, r->x->limits, true);
        return "ENOSPC";
    }
    if (!xstree_copy(&t->tree, &s->tree))
        return "ENOMEM";
    do
        s->last_transaction++;
    while (s->last_transaction == 0 || xs_transaction_find(s, s->last_transaction) != NULL);
    t->id = s->last_transaction;
    t->generation = s->generation;
    return xs_answer(r, text, (size_t)snprintf(text, sizeof text, "%" PRIu32, t->id) + 1);
}

static void commit(struct xenstore *s, struct xs_transaction *t)
{
    struct xs_tree before = s->tree;
    s->tree = t->tree;
    t->tree = (struct xs_tree){0};
    s->generation++;
    s->changed = true;
    for (size_t i = 0; i < s->tree.nr; i++)
        if (s->tree.node[i].touched) {
            s->tree.node[i].touched = false;
            xs_tell(s, s->tree.node[i].path);
        }
    xs_tell_removed(s, &before);
    xstree_free(&before);
}

/* xenstored looks whether a node was changed that the transaction has used; here, whether any was. */
const char *xs_do_transaction_end(struct xs_request *r)
{
    struct xenstore *const s = &r->x->store;
    if (r->n != 2 || r->body[1] != '\0' || (r->body[0] != 'T' && r->body[0] != 'F'))
        return "EINVAL";
    if (r->in == NULL)
        return "ENOENT";
    const bool keep = r->body[0] == 'T', late = r->in->generation != s->generation;
    if (keep && !late)
        commit(s, r->in);
    xstree_free(&r->in->tree);
    r->in->id = 0;
    return keep && late ? "EAGAIN" : xs_acknowledge(r);
}
