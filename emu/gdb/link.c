/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct gdb_link {
    int listener, client; /* -1: none */
    char name[160];
    char path[108]; /* of a Unix socket, to be removed; "" */
    uint8_t in[4096];
    size_t at, n;
};

const char *gdb_link_name(const struct gdb_link *l)
{
    return l->name;
}

/* --- listening -------------------------------------------------------------------------------------------------- */

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
    return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static void name_link(struct gdb_link *l)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    char host[80] = "?", port[16] = "?";
    if (getsockname(l->listener, (struct sockaddr *)&a, &n) == 0)
        (void)getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    (void)snprintf(l->name, sizeof l->name, a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static bool listen_tcp(struct gdb_link *l, const struct addrinfo *a)
{
    const int one = 1;
    l->listener = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->listener < 0)
        return false;
    (void)setsockopt(l->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    return bind(l->listener, a->ai_addr, a->ai_addrlen) == 0 && listen(l->listener, 1) == 0;
}

/* "HOST:PORT" taken apart; false when it is not. */
static bool split(const char *where, char host[64], const char **port)
{
    const char *colon = strrchr(where, ':');
    if (colon == NULL || colon[1] == '\0')
        return false;
    size_t n = (size_t)(colon - where);
    if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
        where++;
        n -= 2;
    }
    if (n >= 64)
        return false;
    memcpy(host, where, n);
    host[n] = '\0';
    *port = colon + 1;
    return true;
}

static bool open_tcp(struct gdb_link *l, const char *where, bool anywhere, struct diag *d)
{
    char host[64];
    const char *port;
    struct addrinfo *a = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    if (!split(where, host, &port))
        return diag_fail(d, where, 0, "--gdb needs :PORT, HOST:PORT or a path with a '/' in it");
    const int error = getaddrinfo(host[0] != '\0' ? host : "127.0.0.1", port, &hints, &a);
    if (error != 0)
        return diag_fail(d, where, 0, "%s", gai_strerror(error));
    bool ok = anywhere || is_loopback(a->ai_addr);
    if (!ok)
        (void)diag_fail(d, where, 0,
                        "whoever can connect controls the guest and reads its memory: only this machine's own "
                        "addresses, unless --gdb-anywhere is given");
    else if (!(ok = listen_tcp(l, a)))
        (void)diag_fail(d, where, 0, "cannot listen: %s", strerror(errno));
    freeaddrinfo(a);
    if (ok)
        name_link(l);
    return ok;
}

static bool open_unix(struct gdb_link *l, const char *path, struct diag *d)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return diag_fail(d, path, 0, "a socket's path has fewer than %zu bytes", sizeof a.sun_path);
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    l->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const mode_t before = umask(0077);
    const bool bound = l->listener >= 0 && bind(l->listener, (struct sockaddr *)&a, sizeof a) == 0;
    const int error = errno;
    (void)umask(before);
    if (!bound && error == EADDRINUSE)
        return diag_fail(d, path, 0, "something is there already: remove it, or name another path");
    if (!bound)
        return diag_fail(d, path, 0, "cannot listen: %s", strerror(error));
    (void)snprintf(l->path, sizeof l->path, "%s", path);
    (void)snprintf(l->name, sizeof l->name, "%s", path);
    return listen(l->listener, 1) == 0 || diag_fail(d, path, 0, "cannot listen: %s", strerror(errno));
}

struct gdb_link *gdb_listen(const char *where, bool anywhere, struct diag *d)
{
    struct gdb_link *l = calloc(1, sizeof *l);
    if (l == NULL) {
        (void)diag_fail(d, "", 0, "out of memory");
        return NULL;
    }
    l->listener = l->client = -1;
    if (strchr(where, '/') != NULL ? open_unix(l, where, d) : open_tcp(l, where, anywhere, d))
        return l;
    gdb_link_close(l);
    return NULL;
}

struct gdb_link *gdb_link_adopt(int fd)
{
    struct gdb_link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->listener = -1;
    l->client = fd;
    return l;
}

static void stop_listening(struct gdb_link *l)
{
    if (l->listener >= 0)
        (void)close(l->listener);
    if (l->path[0] != '\0')
        (void)unlink(l->path);
    l->listener = -1;
    l->path[0] = '\0';
}

void gdb_link_close(struct gdb_link *l)
{
    if (l == NULL)
        return;
    gdb_hang_up(l);
    stop_listening(l);
    free(l);
}

/* --- the client ------------------------------------------------------------------------------------------------- */

/* A browser that was told to ask this port would say something else. */
static bool speaks(struct gdb_link *l)
{
    const int first = gdb_read(l);
    if (first != '+' && first != '-' && first != '$' && first != 3)
        return false;
    l->at--;
    return true;
}

bool gdb_accept(struct gdb_link *l, struct diag *d)
{
    const int one = 1;
    while (l->client < 0) {
        l->client = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
        if (l->client < 0 && errno != EINTR && errno != ECONNABORTED)
            return diag_fail(d, l->name, 0, "cannot wait for gdb: %s", strerror(errno));
        if (l->client >= 0 && !speaks(l))
            gdb_hang_up(l);
    }
    (void)setsockopt(l->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    stop_listening(l);
    return true;
}

void gdb_hang_up(struct gdb_link *l)
{
    if (l->client >= 0)
        (void)close(l->client);
    l->client = -1;
    l->at = l->n = 0;
}

int gdb_read(struct gdb_link *l)
{
    if (l->at == l->n) {
        ssize_t got;
        do
            got = l->client >= 0 ? recv(l->client, l->in, sizeof l->in, 0) : 0;
        while (got < 0 && errno == EINTR);
        if (got <= 0)
            return -1;
        l->at = 0;
        l->n = (size_t)got;
    }
    return l->in[l->at++];
}

bool gdb_ready(struct gdb_link *l)
{
    struct pollfd p = {.fd = l->client, .events = POLLIN};
    return l->at < l->n || (l->client >= 0 && poll(&p, 1, 0) > 0);
}

bool gdb_write(struct gdb_link *l, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t sent = l->client >= 0 ? send(l->client, bytes, n, MSG_NOSIGNAL) : -1;
        if (sent < 0 && l->client >= 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}
