/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What xenstored's clients may do, and may not: nodes, rights, watches, transactions, quotas. */
#include "xen/private.h"
#include "xen_kit.h"

struct reply {
    uint32_t type, tx;
    char body[4097];
    size_t n;
};

/* Runs a request as the server does, without the ring: *@r is the first message, further ones stay in the store. */
static void ask_tx(struct domain *m, uint32_t tx, uint32_t type, const void *body, size_t n, struct reply *r)
{
    struct xenstore *const s = &m->x.store;
    put_le32(s->in, type);
    put_le32(s->in + 4, 42);
    put_le32(s->in + 8, tx);
    put_le32(s->in + 12, (uint32_t)n);
    memcpy(s->in + 16, body, n);
    s->out_used = s->out_done = 0;
    xenstore_request(&m->x);
    assert_in_range(s->out_used, 16, XENSTORE_OUT_MAX);
    memset(r, 0, sizeof *r);
    r->type = le32(s->out);
    r->tx = le32(s->out + 8);
    r->n = le32(s->out + 12);
    memcpy(r->body, s->out + 16, r->n);
    s->out_done = 16 + r->n;
}

/* The next event, "path token", or "". */
static const char *next_event(struct domain *m)
{
    static char text[8192];
    struct xenstore *const s = &m->x.store;
    text[0] = '\0';
    if (s->out_done == s->out_used)
        return text;
    const uint8_t *h = s->out + s->out_done;
    assert_int_equal(le32(h), XS_WATCH_EVENT);
    assert_int_equal(le32(h + 4), 0);
    const size_t n = le32(h + 12);
    const char *path = (const char *)h + 16;
    (void)snprintf(text, sizeof text, "%s %s", path, path + strlen(path) + 1);
    assert_int_equal(strlen(text) + 1, n);
    s->out_done += 16 + n;
    return text;
}

#define OK "OK\0"
static void check(struct domain *m, uint32_t tx, uint32_t type, const char *body, size_t n, const char *want,
                  size_t size)
{
    struct reply r;
    ask_tx(m, tx, type, body, n, &r);
    if (r.n != size || memcmp(r.body, want, size) != 0)
        fail_msg("request %u of \"%s\": \"%s\" and not \"%s\"", type, body, r.body, want);
    assert_int_equal(r.tx, tx);
}
/* Literals; a body's own zero counts, an answer's only where it is written. */
#define ASK(tx, type, body, want) check(&m, tx, type, body, sizeof(body), want, sizeof(want) - 1)
#define ASK_RAW(tx, type, body, want) check(&m, tx, type, body, sizeof(body) - 1, want, sizeof(want) - 1)
#define FAILS(tx, type, body, error) ASK(tx, type, body, error "\0")
#define EVENT(text) assert_string_equal(next_event(&m), text)

static void nodes(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    ASK(0, XS_DIRECTORY, "device", "suspend\0");
    ASK(0, XS_DIRECTORY, "device/suspend", "event-channel\0");
    ASK(0, XS_DIRECTORY, "device/suspend/event-channel", "");
    FAILS(0, XS_DIRECTORY, "device/vbd", "ENOENT");
    FAILS(0, XS_DIRECTORY, "/", "EACCES");
    FAILS(0, XS_DIRECTORY, "/local/domain/0", "EACCES");
    ASK(0, XS_GET_PERMS, "device", "n0\0r1\0");
    ASK(0, XS_GET_PERMS, "data", "n1\0");

    ASK_RAW(0, XS_WRITE, "data/a/b\0value", OK);
    ASK(0, XS_READ, "data/a/b", "value");
    ASK(0, XS_READ, "data/a", "");
    ASK(0, XS_READ, "/local/domain/1/data/a/b", "value");
    ASK(0, XS_GET_PERMS, "data/a", "n1\0");
    ASK_RAW(0, XS_WRITE, "data/a/b\0", OK); /* empty */
    ASK(0, XS_READ, "data/a/b", "");
    ASK(0, XS_MKDIR, "data/a", OK); /* is there */
    ASK(0, XS_MKDIR, "data/c", OK);
    ASK(0, XS_DIRECTORY, "data", "a\0c\0");
    ASK(0, XS_RM, "data/a", OK);
    FAILS(0, XS_READ, "data/a/b", "ENOENT");
    ASK(0, XS_DIRECTORY, "data", "c\0");
    ASK(0, XS_RM, "data/a", OK); /* its parent is there */
    FAILS(0, XS_RM, "data/a/b", "ENOENT");
    FAILS(0, XS_RM, "/", "EACCES");
    FAILS(0, XS_RM, "device", "EACCES");
    FAILS(0, XS_MKDIR, "device/mine", "EACCES");
    FAILS(0, XS_WRITE, "name\0other", "EACCES");
    FAILS(0, XS_WRITE, "/local/domain/0/x", "EACCES");
    FAILS(0, XS_WRITE, "data//x", "EINVAL");
    ASK_RAW(0, XS_WRITE, "no zero", "EINVAL\0");
    FAILS(0, XS_READ, "@releaseDomain", "EINVAL");

    FAILS(0, XS_SET_PERMS, "data\0n0", "EPERM");
    FAILS(0, XS_SET_PERMS, "device\0n0", "EACCES");
    FAILS(0, XS_SET_PERMS, "data", "EINVAL");
    FAILS(0, XS_SET_PERMS, "data\0x1", "EINVAL");
    FAILS(0, XS_SET_PERMS, "data\0n", "EINVAL");
    FAILS(0, XS_SET_PERMS, "data\0n99999", "EINVAL");
    FAILS(0, XS_SET_PERMS, "data\0n1\0r1\0r2\0r3\0r4\0r5\0r6\0r7\0r8", "ENOSPC");
    ASK(0, XS_SET_PERMS, "data\0n1\0b0", OK);
    ASK(0, XS_GET_PERMS, "data", "n1\0b0\0");

    ASK(0, XS_GET_DOMAIN_PATH, "7", "/local/domain/7\0");
    ASK(0, XS_IS_DOMAIN_INTRODUCED, "1", "T\0");
    ASK(0, XS_IS_DOMAIN_INTRODUCED, "3", "F\0");
    FAILS(0, XS_IS_DOMAIN_INTRODUCED, "x", "EINVAL");
    domain_exit(&m);
}

static void watches(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    ASK(0, XS_WATCH, "data\0T1", OK);
    EVENT("data T1");
    EVENT("");
    ASK(0, XS_WATCH, "/local/domain/1/data/x/y\0T2", OK);
    EVENT("/local/domain/1/data/x/y T2");
    FAILS(0, XS_WATCH, "data\0T1", "EEXIST");
    FAILS(0, XS_WATCH, "data", "EINVAL");
    FAILS(0, XS_WATCH, "data\0a\0b", "EINVAL");
    FAILS(0, XS_WATCH, "da ta\0a", "EINVAL");
    ASK(0, XS_WATCH, "@releaseDomain\0T3", OK);
    EVENT("@releaseDomain T3");
    struct reply r; /* events come before the answer to what caused them */
    ask_tx(&m, 0, XS_WRITE, "data/x/y/z\0001", 12, &r);
    ask_tx(&m, 0, XS_WRITE, "data/x/y/z\0002", 12, &r);
    assert_int_equal(r.type, XS_WATCH_EVENT);
    assert_string_equal(r.body, "data/x/y/z");
    ask_tx(&m, 0, XS_RM, "data/x", 7, &r);
    assert_int_equal(r.type, XS_WATCH_EVENT);
    assert_string_equal(r.body, "data/x");
    EVENT("/local/domain/1/data/x/y T2");
    ask_tx(&m, 0, XS_READ, "name", 5, &r);
    assert_true(xenstore_write(&m.x, "/local/domain/1/data/back", "4"));
    EVENT("data/back T1");
    assert_true(xenstore_write(&m.x, "/local/domain/0/data/back", "4"));
    EVENT("");
    FAILS(0, XS_UNWATCH, "data\0T2", "ENOENT");
    ASK(0, XS_UNWATCH, "data\0T1", OK);
    assert_int_equal(m.x.store.nr_watches, 2);
    ASK(0, XS_RESET_WATCHES, "", OK);
    assert_int_equal(m.x.store.nr_watches, 0);
    ask_tx(&m, 0, XS_WRITE, "data/x\0002", 8, &r);
    EVENT("");
    domain_exit(&m);
}

static void transactions(void **state)
{
    (void)state;
    struct domain m;
    struct reply r;
    domain_init(&m, GUEST_HVM, 256);
    ASK(0, XS_WATCH, "data\0T", OK);
    ASK(0, XS_TRANSACTION_START, "", "1\0");
    FAILS(1, XS_TRANSACTION_START, "", "EBUSY");
    ASK_RAW(1, XS_WRITE, "data/a\0001", OK);
    EVENT("");
    ASK(1, XS_READ, "data/a", "1");
    FAILS(0, XS_READ, "data/a", "ENOENT");
    ASK_RAW(0, XS_READ, "data/a\0", "ENOENT\0");
    FAILS(1, XS_WATCH, "data\0U", "EINVAL");
    FAILS(1, XS_TRANSACTION_END, "X", "EINVAL");
    ask_tx(&m, 1, XS_TRANSACTION_END, "T", 2, &r);
    assert_int_equal(r.type, XS_WATCH_EVENT);
    assert_string_equal(r.body, "data/a");
    ASK(0, XS_READ, "data/a", "1");
    FAILS(1, XS_TRANSACTION_END, "T", "ENOENT");
    FAILS(0, XS_TRANSACTION_END, "T", "ENOENT");

    ASK(0, XS_TRANSACTION_START, "", "2\0");
    ASK(2, XS_RM, "data/a", OK);
    ASK(0, XS_READ, "data/a", "1");
    ASK(2, XS_TRANSACTION_END, "F", OK);
    ASK(0, XS_READ, "data/a", "1");

    ASK(0, XS_TRANSACTION_START, "", "3\0");
    ASK(3, XS_RM, "data/a", OK);
    ask_tx(&m, 0, XS_WRITE, "data/b\0002", 8, &r);
    FAILS(3, XS_TRANSACTION_END, "T", "EAGAIN");
    ASK(0, XS_READ, "data/a", "1");

    ASK(0, XS_TRANSACTION_START, "", "4\0");
    ASK(4, XS_RM, "data/a", OK);
    ask_tx(&m, 4, XS_TRANSACTION_END, "T", 2, &r);
    assert_string_equal(r.body, "data/a");
    FAILS(0, XS_READ, "data/a", "ENOENT");

    for (unsigned i = 0; i < XENSTORE_TRANSACTIONS_MAX; i++) {
        ask_tx(&m, 0, XS_TRANSACTION_START, "", 1, &r);
        assert_int_equal(r.type, XS_TRANSACTION_START);
    }
    assert_false(limits_any(&m.x.met));
    FAILS(0, XS_TRANSACTION_START, "", "ENOSPC");
    assert_int_equal(m.x.met.at[LIMIT_TRANSACTIONS], XENSTORE_TRANSACTIONS_MAX);
    domain_exit(&m);
}

static void same_tree(const struct xs_tree *a, const struct xs_tree *b)
{
    assert_int_equal(a->nr, b->nr);
    for (size_t i = 0; i < a->nr; i++) {
        const struct xs_node *const n = &a->node[i], *const o = &b->node[i];
        assert_string_equal(n->path, o->path);
        assert_int_equal(n->length, o->length);
        assert_int_equal(n->size, o->size);
        assert_true(n->size == 0 || memcmp(n->value, o->value, n->size) == 0);
        assert_int_equal(n->nr_perms, o->nr_perms);
        for (unsigned k = 0; k < n->nr_perms; k++) {
            assert_int_equal(n->perm[k].domid, o->perm[k].domid);
            assert_int_equal(n->perm[k].can, o->perm[k].can);
        }
    }
}

/* Nobody sees when the nodes are made: there is nothing until a request comes, and then it is what a guest starts with. */
static void made_when_asked_for(void **state)
{
    (void)state;
    static const struct {
        enum guest_type type;
        unsigned xen_minor, vcpus, first; /* whose request the first is */
    } cases[] = {
        {GUEST_HVM, 17, 1, XS_READ},      {GUEST_HVM, 21, 3, XS_DIRECTORY},         {GUEST_PVH, 17, 128, XS_GET_PERMS},
        {GUEST_HVM, 17, 2, XS_INTRODUCE}, {GUEST_PVH, 21, 2, XS_RESET_WATCHES},     {GUEST_HVM, 17, 2, XS_WATCH},
        {GUEST_HVM, 17, 1, 0xFFFF},       {GUEST_HVM, 17, 2, XS_TRANSACTION_START},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct domain m = {0};
        struct reply r;
        struct xs_tree once;
        guest_init(&m.t, cases[i].type, 256, 0, AMPLE, 2);
        m.t.l.xen_minor = cases[i].xen_minor;
        m.t.l.vcpus = cases[i].vcpus;
        domain_start(&m);
        assert_true(xstree_init(&once) && xenstore_fill(&once, &m.t.l));
        assert_int_equal(m.x.store.tree.nr, 0);
        assert_int_equal(m.x.store.generation, 0);
        ask_tx(&m, 0, cases[i].first, "/\0token", sizeof "/\0token", &r);
        same_tree(&m.x.store.tree, &once);
        assert_int_equal(m.x.store.generation, 0);
        ASK(0, XS_READ, "domid", "1");
        same_tree(&m.x.store.tree, &once);
        xstree_free(&once);
        domain_exit(&m);
    }
}

/* Domain 0 may come first. */
static void made_when_written(void **state)
{
    (void)state;
    struct domain m;
    struct xs_tree once;
    domain_init(&m, GUEST_HVM, 256);
    assert_true(xstree_init(&once) && xenstore_fill(&once, &m.t.l));
    assert_true(xenstore_put(&once, "/local/domain/1/data/back", NULL, 0, "4"));
    assert_true(xenstore_write(&m.x, "/local/domain/1/data/back", "4"));
    same_tree(&m.x.store.tree, &once);
    assert_true(xenstore_begin(&m.x)); /* it starts anew */
    assert_int_equal(m.x.store.tree.nr, 0);
    FAILS(0, XS_READ, "data/back", "ENOENT");
    xstree_free(&once);
    domain_exit(&m);
}

static void quotas(void **state)
{
    (void)state;
    struct domain m;
    struct reply r;
    char body[4096];
    domain_init(&m, GUEST_HVM, 256);
    const size_t mine = xstree_owned(xenstore_tree(&m.x), BED_DOMID);
    size_t n = 0;
    do {
        const int size = snprintf(body, sizeof body, "data/n%zu", n);
        ask_tx(&m, 0, XS_MKDIR, body, (size_t)size + 1, &r);
        n += r.type == XS_MKDIR;
        assert_int_equal(limits_any(&m.x.met), r.type != XS_MKDIR);
    } while (r.type == XS_MKDIR && n < 5000);
    assert_string_equal(r.body, "ENOSPC");
    assert_int_equal(m.x.met.at[LIMIT_XENSTORE], XENSTORE_NODES_MAX);
    assert_int_equal(mine + n, XENSTORE_NODES_MAX);
    FAILS(0, XS_DIRECTORY, "data", "E2BIG");
    ASK(0, XS_RM, "data", OK);
    ASK(0, XS_MKDIR, "error/x", OK);
    memcpy(body, "error/x", 8);
    memset(body + 8, 'v', sizeof body - 8);
    ask_tx(&m, 0, XS_WRITE, body, 8 + XENSTORE_NODE_SIZE_MAX, &r);
    assert_int_equal(r.type, XS_WRITE);
    ask_tx(&m, 0, XS_READ, "error/x", 8, &r);
    assert_int_equal(r.n, XENSTORE_NODE_SIZE_MAX);
    ask_tx(&m, 0, XS_WRITE, body, 9 + XENSTORE_NODE_SIZE_MAX, &r);
    assert_string_equal(r.body, "ENOSPC");

    memset(body, 'a', sizeof body); /* the longest name, and the next one */
    memcpy(body, "error/", 6);
    body[2048] = '\0';
    ask_tx(&m, 0, XS_MKDIR, body, 2049, &r);
    assert_int_equal(r.type, XS_MKDIR);
    body[2048] = 'a';
    body[2049] = '\0';
    ask_tx(&m, 0, XS_MKDIR, body, 2050, &r);
    assert_string_equal(r.body, "EINVAL");
    for (size_t i = 6; i < 2048; i++) /* and the deepest one: more nodes than it may have */
        body[i] = i % 2 == 0 ? 'd' : '/';
    body[2047] = '\0';
    ask_tx(&m, 0, XS_MKDIR, body, 2048, &r);
    assert_string_equal(r.body, "ENOSPC");

    for (unsigned i = 0; i < XENSTORE_WATCHES_MAX; i++) {
        const int size = snprintf(body, sizeof body, "error%cT%u", 0, i);
        ask_tx(&m, 0, XS_WATCH, body, (size_t)size + 1, &r);
        assert_int_equal(r.type, XS_WATCH);
    }
    assert_int_equal(m.x.met.at[LIMIT_WATCHES], 0);
    FAILS(0, XS_WATCH, "error\0T", "E2BIG");
    assert_int_equal(m.x.met.at[LIMIT_WATCHES], XENSTORE_WATCHES_MAX);
    domain_exit(&m);
}

/* Another limit than xenstored's. */
static void fewer_nodes(void **state)
{
    (void)state;
    struct domain m;
    struct limits few = {.max = {0}};
    domain_init(&m, GUEST_HVM, 256);
    few.max[LIMIT_XENSTORE] = xstree_owned(xenstore_tree(&m.x), BED_DOMID) + 2;
    m.x.limits = &few;
    ASK(0, XS_MKDIR, "data/a", OK);
    ASK(0, XS_WRITE, "data/b\0v", OK);
    assert_false(limits_any(&m.x.met));
    FAILS(0, XS_MKDIR, "data/c", "ENOSPC");
    assert_int_equal(m.x.met.at[LIMIT_XENSTORE], few.max[LIMIT_XENSTORE]);
    ASK(0, XS_RM, "data/a", OK);
    ASK(0, XS_MKDIR, "data/c", OK);
    domain_exit(&m);
}

/* A client that never reads what it asked for costs no more than it may. */
static void flood(void **state)
{
    (void)state;
    struct domain m;
    struct reply r;
    char body[4096];
    domain_init(&m, GUEST_HVM, 256);
    for (unsigned i = 0; i < 900; i++) {
        const int size = snprintf(body, sizeof body, "data/a/n%u", i);
        ask_tx(&m, 0, XS_MKDIR, body, (size_t)size + 1, &r);
    }
    for (unsigned i = 0; i < XENSTORE_WATCHES_MAX; i++) {
        memset(body, 'T', sizeof body);
        (void)snprintf(body, 16, "data/a/n%u", i % 3);
        (void)snprintf(body + strlen(body) + 1, 16, "%08u", i);
        body[strlen(body) + 9] = 'T';
        body[4000] = '\0';
        ask_tx(&m, 0, XS_WATCH, body, 4001, &r);
        assert_int_equal(r.type, XS_WATCH);
    }
    struct xenstore *const s = &m.x.store;
    for (unsigned i = 0; i < 6 && !s->out_lost; i++) {
        assert_true(xenstore_write(&m.x, "/local/domain/1/data/a/n0", "x"));
        assert_true(xenstore_write(&m.x, "/local/domain/1/data/a/n1", "x"));
        assert_true(xenstore_write(&m.x, "/local/domain/1/data/a/n2", "x"));
    }
    assert_true(s->out_lost);
    assert_in_range(s->out_used, 1, XENSTORE_OUT_MAX);
    domain_exit(&m);
}

static void noise(void **state)
{
    (void)state;
    struct domain m;
    struct reply r;
    uint32_t seed = 7;
    static const char *const words[] = {"data", "data/a", "data/a/b", "/",  "device",  "",
                                        "T",    "F",      "1",        "n1", "error/x", "\0"};
    domain_init(&m, GUEST_HVM, 256);
    for (unsigned i = 0; i < 20000; i++) {
        char body[256] = {0};
        size_t n = 0;
        for (unsigned k = 0; k < 3; k++) {
            seed = seed * 1664525 + 1013904223;
            const char *w = words[(seed >> 16) % (sizeof words / sizeof words[0])];
            (void)snprintf(body + n, sizeof body - n, "%s", w);
            n += strlen(w) + (seed >> 30 != 0);
        }
        ask_tx(&m, (seed >> 8) % 3 == 0 ? (seed >> 10) % 12 : 0, (seed >> 20) % 24, body, n, &r);
    }
    assert_in_range(xstree_owned(xenstore_tree(&m.x), BED_DOMID), 1, XENSTORE_NODES_MAX);
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes),
        cmocka_unit_test(watches),
        cmocka_unit_test(transactions),
        cmocka_unit_test(made_when_asked_for),
        cmocka_unit_test(made_when_written),
        cmocka_unit_test(quotas),
        cmocka_unit_test(fewer_nodes),
        cmocka_unit_test(flood),
        cmocka_unit_test(noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
