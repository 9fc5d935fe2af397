/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client asks of the store: X:tools/xenstore/xenstored_{core,domain}.c, of Xen 4.17. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "xen/xsrequest.h"

#define HEADER sizeof(struct xsd_sockmsg)
_Static_assert(sizeof(struct xsd_sockmsg) == 16, "xsd_sockmsg");
_Static_assert(XENSTORE_REQUEST_MAX == 16 + XENSTORE_PAYLOAD_MAX, "XENSTORE_REQUEST_MAX");

void xs_say(struct xenstore *s, uint32_t type, const void *body, size_t n)
{
    const size_t end = s->out_used + HEADER + n;
    if (end > s->out_room && end <= XENSTORE_OUT_MAX) {
        uint8_t *grown = realloc(s->out, 2 * end);
        s->out = grown != NULL ? grown : s->out;
        s->out_room = grown != NULL ? 2 * end : s->out_room;
    }
    s->out_lost = s->out_lost || end > XENSTORE_OUT_MAX || end > s->out_room;
    if (s->out_lost)
        return;
    uint8_t *const h = s->out + s->out_used;
    memcpy(h, s->in, HEADER); /* the request's req_id and tx_id */
    put_le32(h + offsetof(struct xsd_sockmsg, type), type);
    put_le32(h + offsetof(struct xsd_sockmsg, len), (uint32_t)n);
    memcpy(h + HEADER, body, n);
    s->out_used = end;
}

const char *xs_answer(const struct xs_request *r, const void *body, size_t n)
{
    if (n > XENSTORE_PAYLOAD_MAX)
        return "E2BIG";
    xs_say(&r->x->store, r->type, body, n);
    return NULL;
}

const char *xs_acknowledge(const struct xs_request *r)
{
    return xs_answer(r, "OK", sizeof "OK");
}

/* X:xenstored_core.c:canonicalize, is_valid_nodename. */
bool xs_absolute(const char *name, bool special, char path[XS_PATH_ROOM])
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/_@";
    const size_t n = strlen(name);
    if (n == 0 || n > XENSTORE_ABS_PATH_MAX)
        return false;
    (void)snprintf(path, XS_PATH_ROOM, "%s%s", name[0] == '/' || name[0] == '@' ? "" : XENSTORE_HOME "/", name);
    const size_t all = strlen(path);
    const size_t home = strncmp(path, XENSTORE_HOME "/", sizeof XENSTORE_HOME) == 0 ? sizeof XENSTORE_HOME : 0;
    if (all > home + XENSTORE_REL_PATH_MAX || (path[0] == '@' && !special) || (all > 1 && path[all - 1] == '/'))
        return false;
    return strspn(path, chars) == all && strstr(path, "//") == NULL;
}

/* --- domains --------------------------------------------------------------------------------------------------- */

static bool domain_number(const struct xs_request *r, unsigned long *domid)
{
    char *end;
    if (r->n < 2 || memchr(r->body, '\0', r->n) != r->body + r->n - 1)
        return false;
    *domid = strtoul(r->body, &end, 10);
    return *end == '\0';
}

static const char *do_domain_path(struct xs_request *r)
{
    char text[40];
    unsigned long domid;
    if (!domain_number(r, &domid))
        return "EINVAL";
    return xs_answer(r, text, (size_t)snprintf(text, sizeof text, "/local/domain/%lu", domid) + 1);
}

static const char *do_is_introduced(struct xs_request *r)
{
    unsigned long domid;
    if (!domain_number(r, &domid))
        return "EINVAL";
    return xs_answer(r, domid == 0 || domid == BED_DOMID ? "T" : "F", 2);
}

static const char *do_privileged(struct xs_request *r)
{
    (void)r;
    return "EACCES";
}

static const char *do_reset_watches(struct xs_request *r)
{
    xenstore_forget_client(&r->x->store);
    return xs_acknowledge(r);
}

/* --- requests -------------------------------------------------------------------------------------------------- */

static const struct {
    uint16_t type;
    bool outside; /* of transactions only */
    const char *(*run)(struct xs_request *r);
} table[] = {
    {XS_CONTROL, false, do_privileged},
    {XS_DIRECTORY, false, xs_do_directory},
    {XS_READ, false, xs_do_read},
    {XS_GET_PERMS, false, xs_do_get_perms},
    {XS_WATCH, true, xs_do_watch},
    {XS_UNWATCH, true, xs_do_unwatch},
    {XS_TRANSACTION_START, false, xs_do_transaction_start},
    {XS_TRANSACTION_END, false, xs_do_transaction_end},
    {XS_INTRODUCE, false, do_privileged},
    {XS_RELEASE, false, do_privileged},
    {XS_GET_DOMAIN_PATH, false, do_domain_path},
    {XS_WRITE, false, xs_do_write},
    {XS_MKDIR, false, xs_do_mkdir},
    {XS_RM, false, xs_do_rm},
    {XS_SET_PERMS, false, xs_do_set_perms},
    {XS_IS_DOMAIN_INTRODUCED, false, do_is_introduced},
    {XS_RESUME, false, do_privileged},
    {XS_SET_TARGET, false, do_privileged},
    {XS_RESET_WATCHES, true, do_reset_watches},
};

/* The error, or NULL when it is answered. */
static const char *run(struct xs_request *r, uint32_t id)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].type != r->type)
            continue;
        if (id != 0 && table[i].outside)
            return "EINVAL";
        if (id != 0 && r->in == NULL)
            return table[i].run == do_privileged ? "EACCES" : "ENOENT";
        return table[i].run(r);
    }
    return "ENOSYS";
}

void xenstore_request(struct xen *x)
{
    struct xenstore *const s = &x->store;
    const uint32_t id = le32(s->in + offsetof(struct xsd_sockmsg, tx_id));
    struct xs_request r = {
        .x = x,
        .type = le32(s->in + offsetof(struct xsd_sockmsg, type)),
        .in = id != 0 ? xs_transaction_find(s, id) : NULL,
        .body = (const char *)s->in + HEADER,
        .n = le32(s->in + offsetof(struct xsd_sockmsg, len)),
    };
    r.tree = r.in != NULL ? &r.in->tree : xenstore_tree(x);
    const char *const error = r.tree != NULL ? run(&r, id) : "ENOMEM";
    if (error != NULL) {
        xs_say(s, XS_ERROR, error, strlen(error) + 1);
        s->errors++;
    }
    s->requests++;
}
