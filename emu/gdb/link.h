/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to the debugger: a TCP or Unix socket with one client. The only file here that knows sockets. */
#ifndef HVMBED_GDB_LINK_H
#define HVMBED_GDB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct gdb_link;

/*
 * ":PORT", "HOST:PORT" ("[::1]:PORT"), or a path with a '/' in it. An address that other machines reach is refused
 * unless @anywhere. NULL with @d.
 */
struct gdb_link *gdb_listen(const char *where, bool anywhere, struct diag *d);
/* A client that is connected already, at @fd, which is owned from then on. NULL: out of memory. */
struct gdb_link *gdb_link_adopt(int fd);
/* What a client is to be told: "127.0.0.1:1234", or the path. */
const char *gdb_link_name(const struct gdb_link *l);
/*
 * Waits for a client that says something which can be the protocol's first byte; others are sent away. From then on
 * nobody else can connect. False with @d.
 */
bool gdb_accept(struct gdb_link *l, struct diag *d);

/* The next byte; -1 when the client is gone. */
int gdb_read(struct gdb_link *l);
/* Is there one already? */
bool gdb_ready(struct gdb_link *l);
/* False: the client is gone. */
bool gdb_write(struct gdb_link *l, const char *bytes, size_t n);
void gdb_hang_up(struct gdb_link *l);
void gdb_link_close(struct gdb_link *l); /* NULL is fine */

#endif
