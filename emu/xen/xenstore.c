/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys: X:tools/libs/light/libxl_create.c, libxl_dm.c, libxl_dom.c. Server: X:tools/xenstore/xenstored_{core,domain}.c. */
#include "xen/xenstore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

#define HEADER sizeof(struct xsd_sockmsg)
_Static_assert(sizeof(struct xsd_sockmsg) == 16, "xsd_sockmsg");
_Static_assert(XENSTORE_REQUEST_MAX == 16 + XENSTORE_PAYLOAD_MAX, "XENSTORE_REQUEST_MAX");
_Static_assert(sizeof(struct xenstore_domain_interface) <= PAGE_SIZE, "the ring is one page");

#define REQ_AT offsetof(struct xenstore_domain_interface, req)
#define RSP_AT offsetof(struct xenstore_domain_interface, rsp)
#define REQ_CONS offsetof(struct xenstore_domain_interface, req_cons)
#define REQ_PROD offsetof(struct xenstore_domain_interface, req_prod)
#define RSP_CONS offsetof(struct xenstore_domain_interface, rsp_cons)
#define RSP_PROD offsetof(struct xenstore_domain_interface, rsp_prod)
#define FEATURES offsetof(struct xenstore_domain_interface, server_features)
#define CONNECTION offsetof(struct xenstore_domain_interface, connection)
#define ERROR offsetof(struct xenstore_domain_interface, error)

/* --- keys -------------------------------------------------------------------------------------------------- */

static bool acpi(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%d", l->acpi);
    return true;
}

static bool acpi_s3(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%d", l->dev.acpi_s3);
    return true;
}

static bool acpi_s4(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%d", l->dev.acpi_s4);
    return true;
}

/* Not libxl's but XAPI's, which has TPMs for its guests. */
static bool tpm_version(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%u", l->tpm_version);
    return l->tpm_version != 0;
}

/* libxl_dom.c:libxl__build_post; as chance has it. */
static bool generation_id(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%" PRIu64 ":%" PRIu64, BED_GENERATION_ID_LOW, BED_GENERATION_ID_HIGH);
    return l->genid;
}

/* libxl_create.c: not written when the hole is smaller than hvmloader's own. */
static bool mmio_hole(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%" PRIu64, l->mmio_hole);
    return l->mmio_hole != 0 && l->mmio_hole <= 4 * GIB && 4 * GIB - l->mmio_hole <= HVM_BELOW_4G_MMIO_START;
}

static const struct key {
    const char *path;
    unsigned since; /* Xen 4.x */
    const char *value;
    bool (*make)(const struct layout *l, char *value); /* what depends on the layout, or NULL */
} keys[] = {
    {"hvmloader/bios", 0, "ovmf", NULL},
    {"hvmloader/allow-memory-relocate", 0, "0", NULL},
    {"hvmloader/pci/xen-platform-pci-bar-uc", 21, "1", NULL},
    {"platform/acpi", 0, NULL, acpi},
    {"platform/acpi_s3", 0, NULL, acpi_s3},
    {"platform/acpi_s4", 0, NULL, acpi_s4},
    {"platform/acpi_laptop_slate", 0, "0", NULL},
    {"platform/generation-id", 0, NULL, generation_id},
    {"platform/mmio_hole_size", 0, NULL, mmio_hole},
    {"platform/tpm_version", 0, NULL, tpm_version},
    {"platform/device-model", 0, "qemu_xen", NULL},
};

/* X:xenstored_core.c:canonicalize: what does not begin with a slash is the domain's own. */
static const char *own_part(const char *path)
{
    char home[32];
    const int n = snprintf(home, sizeof home, "/local/domain/%u/", BED_DOMID);
    return strncmp(path, home, (size_t)n) == 0 ? path + n : path;
}

bool xenstore_value(const struct layout *l, const char *path, char value[XENSTORE_VALUE_MAX])
{
    const char *const own = own_part(path);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct key *k = &keys[i];
        if (strcmp(k->path, own) != 0)
            continue;
        if (l->xen_major <= 4 && l->xen_minor < k->since)
            return false;
        if (k->make != NULL)
            return k->make(l, value);
        (void)snprintf(value, XENSTORE_VALUE_MAX, "%s", k->value);
        return true;
    }
    return false;
}

/* --- requests ---------------------------------------------------------------------------------------------- */

static void answer(struct xenstore *s, uint32_t type, const char *text, size_t n)
{
    memcpy(s->out, s->in, HEADER); /* the request's req_id and tx_id */
    put_le32(s->out + offsetof(struct xsd_sockmsg, type), type);
    put_le32(s->out + offsetof(struct xsd_sockmsg, len), (uint32_t)n);
    memcpy(s->out + HEADER, text, n);
    s->out_used = HEADER + n;
    s->out_done = 0;
    s->requests++;
}

static void refuse(struct xenstore *s, const char *error)
{
    answer(s, XS_ERROR, error, strlen(error) + 1);
    s->errors++;
}

/* X:xenstored_core.c:onearg, is_valid_nodename: one string with its zero, made of the characters that a path has. */
static bool valid_path(const char *path, size_t n)
{
    if (n == 0 || n > XENSTORE_ABS_PATH_MAX || memchr(path, '\0', n) != path + n - 1)
        return false;
    if (n > 2 && path[n - 2] == '/')
        return false;
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/_@";
    return strspn(path, chars) == n - 1 && strstr(path, "//") == NULL;
}

static uint32_t in_header(const struct xenstore *s, size_t at)
{
    return le32(s->in + at);
}

/* The error, or NULL and the value. */
static const char *read_key(const struct xenstore *s, const struct layout *l, char value[XENSTORE_VALUE_MAX])
{
    const char *const path = (const char *)s->in + HEADER;
    if (in_header(s, offsetof(struct xsd_sockmsg, type)) != XS_READ)
        return "ENOSYS"; /* nothing before the operating system does more than read */
    const bool transaction = in_header(s, offsetof(struct xsd_sockmsg, tx_id)) != 0; /* none was ever begun */
    if (!transaction && !valid_path(path, in_header(s, offsetof(struct xsd_sockmsg, len))))
        return "EINVAL";
    return transaction || !xenstore_value(l, path, value) ? "ENOENT" : NULL;
}

static void process(struct xen *x)
{
    struct xenstore *const s = &x->store;
    char value[XENSTORE_VALUE_MAX];
    const char *const error = read_key(s, x->layout, value);
    if (error != NULL)
        refuse(s, error);
    else
        answer(s, XS_READ, value, strlen(value));
    s->in_used = 0;
}

/* --- the ring ---------------------------------------------------------------------------------------------- */

/* X:xenstored_core.c:ignore_connection. */
static void give_up(struct xenstore *s, uint8_t *page, uint32_t error, const char *why)
{
    s->dead = true;
    s->why = why;
    put_le32(page + ERROR, error);
}

/* How many bytes lie between the indices; more than the ring holds is nonsense (xenstored_domain.c:check_indexes). */
static bool ring_fill(const uint8_t *page, size_t cons, size_t prod, uint32_t *n)
{
    *n = le32(page + prod) - le32(page + cons);
    return *n <= XENSTORE_RING_SIZE;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Takes up to @n bytes out of the request ring. False: the ring is broken. */
static bool take(uint8_t *page, uint8_t *dst, size_t n, size_t *got)
{
    uint32_t have;
    *got = 0;
    if (!ring_fill(page, REQ_CONS, REQ_PROD, &have))
        return false;
    for (*got = 0; *got < smaller(n, have);) {
        const uint32_t at = le32(page + REQ_CONS);
        const size_t i = MASK_XENSTORE_IDX(at);
        const size_t piece = smaller(smaller(n, have) - *got, XENSTORE_RING_SIZE - i);
        memcpy(dst + *got, page + REQ_AT + i, piece);
        put_le32(page + REQ_CONS, at + (uint32_t)piece);
        *got += piece;
    }
    return true;
}

/* Puts as much of the answer into the ring as fits. */
static bool give(struct xenstore *s, uint8_t *page, size_t *given)
{
    uint32_t have;
    *given = 0;
    if (!ring_fill(page, RSP_CONS, RSP_PROD, &have))
        return false;
    const size_t n = smaller(s->out_used - s->out_done, XENSTORE_RING_SIZE - have);
    while (*given < n) {
        const uint32_t at = le32(page + RSP_PROD);
        const size_t i = MASK_XENSTORE_IDX(at);
        const size_t piece = smaller(n - *given, XENSTORE_RING_SIZE - i);
        memcpy(page + RSP_AT + i, s->out + s->out_done, piece);
        put_le32(page + RSP_PROD, at + (uint32_t)piece);
        s->out_done += piece;
        *given += piece;
    }
    return true;
}

/* Header first, then what it announces. True in *@whole when the request has come whole. */
static bool receive(struct xenstore *s, uint8_t *page, size_t *got, bool *whole)
{
    *got = 0;
    *whole = false;
    size_t want = HEADER;
    for (int part = 0; part < 2; part++) {
        size_t n = 0;
        if (s->in_used < want && !take(page, s->in + s->in_used, want - s->in_used, &n)) {
            give_up(s, page, XENSTORE_ERROR_RINGIDX, "the request ring's indices are further apart than it is long");
            return false;
        }
        s->in_used += n;
        *got += n;
        if (s->in_used < want)
            return true;
        const uint32_t len = in_header(s, offsetof(struct xsd_sockmsg, len));
        if (len > XENSTORE_PAYLOAD_MAX) {
            give_up(s, page, XENSTORE_ERROR_PROTO, "a request announces more than 4096 bytes");
            return false;
        }
        want = HEADER + len;
    }
    *whole = true;
    return true;
}

static void forget(struct xenstore *s)
{
    s->dead = false;
    s->in_used = s->out_used = s->out_done = 0;
}

/* X:tools/ocaml/xenstored/connection.ml:do_reconnect; xs_ring_stubs.c:ml_interface_close. */
static bool reconnect(struct xenstore *s, uint8_t *page)
{
    if ((s->features & XENSTORE_SERVER_FEATURE_RECONNECTION) == 0 || le32(page + CONNECTION) != XENSTORE_RECONNECT)
        return false;
    forget(s);
    for (size_t at = REQ_CONS; at <= RSP_PROD; at += 4)
        put_le32(page + at, 0);
    put_le32(page + ERROR, XENSTORE_ERROR_NONE);
    put_le32(page + CONNECTION, XENSTORE_CONNECTED);
    return true;
}

static uint8_t *ring_page(struct xen *x)
{
    const uint64_t gfn = x->param[HVM_PARAM_STORE_PFN];
    return gfn < xen_gfn_end(x) ? memory_hva(x->memory, gfn << PAGE_SHIFT) : NULL;
}

bool xenstore_serve(struct xen *x, bool compat)
{
    (void)compat;
    struct xenstore *const s = &x->store;
    uint8_t *const page = s->on ? ring_page(x) : NULL;
    if (page == NULL)
        return false;
    bool moved = reconnect(s, page);
    for (bool more = !s->dead; more;) {
        size_t got = 0, given = 0;
        bool whole = false;
        /* One answer at a time: as long as it does not fit, no request is read. */
        if (s->out_done == s->out_used && !receive(s, page, &got, &whole))
            break;
        if (whole)
            process(x);
        if (s->out_done < s->out_used && !give(s, page, &given)) {
            give_up(s, page, XENSTORE_ERROR_RINGIDX, "the answer ring's indices are further apart than it is long");
            break;
        }
        more = got != 0 || given != 0;
        moved = moved || more;
    }
    return moved;
}

bool xenstore_begin(struct xen *x)
{
    struct xenstore *const s = &x->store;
    forget(s);
    s->on = true;
    uint8_t *const page = ring_page(x);
    if (page != NULL)
        put_le32(page + FEATURES, s->features);
    return page != NULL;
}
