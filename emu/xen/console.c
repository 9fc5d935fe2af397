/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X:tools/console/daemon/io.c:buffer_append, handle_tty_read. */
#include "xen/console.h"

#include "base/le.h"
#include "xen/private.h"

#define IN_AT offsetof(struct xencons_interface, in)
#define OUT_AT offsetof(struct xencons_interface, out)
#define IN_CONS offsetof(struct xencons_interface, in_cons)
#define IN_PROD offsetof(struct xencons_interface, in_prod)
#define OUT_CONS offsetof(struct xencons_interface, out_cons)
#define OUT_PROD offsetof(struct xencons_interface, out_prod)
#define IN_SIZE sizeof(((struct xencons_interface *)0)->in)
#define OUT_SIZE sizeof(((struct xencons_interface *)0)->out)
_Static_assert(sizeof(struct xencons_interface) <= PAGE_SIZE, "the rings are one page");

static uint8_t *ring_page(struct xen *x)
{
    const uint64_t gfn = x->param[HVM_PARAM_CONSOLE_PFN];
    return gfn < xen_gfn_end(x) ? memory_hva(x->memory, gfn << PAGE_SHIFT) : NULL;
}

void console_serve(struct xen *x, bool compat)
{
    uint8_t *const page = ring_page(x);
    if (page == NULL)
        return;
    uint32_t cons = le32(page + OUT_CONS);
    const uint32_t prod = le32(page + OUT_PROD), n = prod - cons;
    if (n > OUT_SIZE) /* it is left as it is, for ever */
        xen_complain(x, "console: the output ring's indices are further apart than it is long");
    if (n == 0 || n > OUT_SIZE)
        return;
    for (; cons != prod; cons++)
        bytelog_add(&x->console.log, page + OUT_AT + cons % OUT_SIZE, 1, (size_t)limit(x->limits, LIMIT_LOG));
    put_le32(page + OUT_CONS, cons);
    evtchn_raise(x, EVTCHN_CONSOLE, compat);
}

size_t console_type(struct xen *x, const void *bytes, size_t n)
{
    uint8_t *const page = ring_page(x);
    if (page == NULL)
        return 0;
    uint32_t prod = le32(page + IN_PROD);
    const uint32_t have = prod - le32(page + IN_CONS);
    size_t done = 0;
    for (; have <= IN_SIZE && done < n && have + done < IN_SIZE; done++, prod++)
        page[IN_AT + prod % IN_SIZE] = ((const uint8_t *)bytes)[done];
    put_le32(page + IN_PROD, prod);
    if (done != 0)
        evtchn_raise(x, EVTCHN_CONSOLE, false);
    return done;
}

void console_exit(struct xen *x)
{
    bytelog_free(&x->console.log);
}

const char *console_log(const struct xen *x, size_t *length, bool *truncated)
{
    return bytelog_text(&x->console.log, length, truncated);
}
