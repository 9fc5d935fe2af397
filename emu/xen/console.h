/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenconsoled as one domain sees it: the ring behind HVM_PARAM_CONSOLE_PFN (<xen/io/console.h>), which is hostile. */
#ifndef HVMBED_XEN_CONSOLE_H
#define HVMBED_XEN_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytelog.h"

struct xen;

struct pv_console {
    struct bytelog log; /* what the guest wrote */
};

/* The guest has notified it: takes what is in the ring, and notifies it in turn. @compat: see evtchn_raise(). */
void console_serve(struct xen *x, bool compat);
void console_exit(struct xen *x);
/* Somebody types: how many of the @n bytes the ring had room for. Outside the engine's run. */
size_t console_type(struct xen *x, const void *bytes, size_t n);
/* What the guest wrote so far: bytes, at most LIMIT_LOG, NUL-terminated. */
const char *console_log(const struct xen *x, size_t *length, bool *truncated);

#endif
