/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/gnttab.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/le.h"
#include "xen/private.h"

#define ENTRY_SIZE sizeof(struct grant_entry_v1)
#define ENTRIES (PAGE_SIZE / ENTRY_SIZE)
#define FLAGS offsetof(struct grant_entry_v1, flags)
#define DOMID offsetof(struct grant_entry_v1, domid)
#define FRAME offsetof(struct grant_entry_v1, frame)
_Static_assert(sizeof(struct grant_entry_v1) == 8, "grant_entry_v1");

static bool grow(struct xen *x, uint64_t nr)
{
    struct gnttab *const t = &x->gnttab;
    while (t->nr < nr) {
        uint8_t *const page = t->nr < GNTTAB_FRAMES_MAX ? calloc(1, PAGE_SIZE) : NULL;
        if (page == NULL)
            return false;
        t->gpa[t->nr] = XEN_UNMAPPED;
        t->frame[t->nr++] = page;
    }
    return true;
}

static void seed(struct xen *x, unsigned ref, uint64_t gfn)
{
    uint8_t *const e = x->gnttab.frame[0] + ref * ENTRY_SIZE;
    put_le16(e + FLAGS, GTF_permit_access);
    put_le16(e + DOMID, 0);
    put_le32(e + FRAME, (uint32_t)gfn);
}

/* The toolstack lets domain 0 have the store's page and the console's (X:tools/libs/guest/xg_dom_boot.c). */
bool gnttab_init(struct xen *x)
{
    if (!grow(x, 1))
        return false;
    seed(x, GNTTAB_RESERVED_CONSOLE, x->param[HVM_PARAM_CONSOLE_PFN]);
    seed(x, GNTTAB_RESERVED_XENSTORE, x->param[HVM_PARAM_STORE_PFN]);
    return true;
}

void gnttab_exit(struct xen *x)
{
    for (unsigned i = 0; i < x->gnttab.nr; i++)
        free(x->gnttab.frame[i]);
    x->gnttab.nr = 0;
}

bool gnttab_at(const struct xen *x, uint64_t gpa, uint64_t *idx)
{
    for (unsigned i = 0; i < x->gnttab.nr; i++)
        if (x->gnttab.gpa[i] == gpa) {
            *idx = i;
            return true;
        }
    return false;
}

int64_t gnttab_map(struct xen *x, uint64_t idx, uint64_t gfn)
{
    struct gnttab *const t = &x->gnttab;
    /* XENMAPIDX_grant_table_status: only version 2 has such pages. */
    if (idx >= GNTTAB_FRAMES_MAX) {
        xen_refuse(x, "there is no page %#" PRIx64 " of the grant table", idx);
        return -XEN_EINVAL;
    }
    return grow(x, idx + 1) ? p2m_map_xens(x, t->frame[idx], &t->gpa[idx], gfn, "grant table") : -XEN_ENOMEM;
}

static uint8_t *entry(struct xen *x, uint32_t ref)
{
    return ref / ENTRIES < x->gnttab.nr ? x->gnttab.frame[ref / ENTRIES] + ref % ENTRIES * ENTRY_SIZE : NULL;
}

uint8_t *gnttab_begin(struct xen *x, uint32_t ref, bool write, uint64_t *gpa, const char **why)
{
    uint8_t *const e = entry(x, ref);
    const uint16_t flags = e != NULL ? le16(e + FLAGS) : 0;
    uint8_t *page = NULL;
    uint64_t unused;
    if (e == NULL || (flags & GTF_type_mask) != GTF_permit_access) {
        *why = "it grants nothing";
    } else if (le16(e + DOMID) != 0) {
        *why = "it is not for domain 0";
    } else if (write && (flags & GTF_readonly) != 0) {
        *why = "it is only for reading";
    } else {
        *gpa = (uint64_t)le32(e + FRAME) << PAGE_SHIFT;
        page = *gpa != x->shared_info_gpa && !gnttab_at(x, *gpa, &unused) ? memory_hva(x->memory, *gpa) : NULL;
        *why = "no RAM is where it points to";
    }
    if (page != NULL)
        put_le16(e + FLAGS, flags | GTF_reading | (write ? GTF_writing : 0));
    return page;
}

void gnttab_end(struct xen *x, uint32_t ref)
{
    uint8_t *const e = entry(x, ref);
    if (e != NULL)
        put_le16(e + FLAGS, le16(e + FLAGS) & (uint16_t) ~(GTF_reading | GTF_writing));
}

/* --- HYPERVISOR_grant_table_op, as far as a guest asks about itself ------------------------------------------- */

static const struct abi_field setup_dom = ABI_FIELD(struct gnttab_setup_table, dom, 0, 2);
static const struct abi_field setup_nr = ABI_FIELD(struct gnttab_setup_table, nr_frames, 4, 4);
static const struct abi_field setup_list = ABI_FIELD(struct gnttab_setup_table, frame_list, 12, 4);
#define SETUP_STATUS offsetof(struct gnttab_setup_table, status)
_Static_assert(sizeof(struct gnttab_setup_table) == 24 && SETUP_STATUS == 8, "gnttab_setup_table");
_Static_assert(sizeof(struct gnttab_query_size) == 16, "gnttab_query_size: the same for both callers");
_Static_assert(sizeof(struct gnttab_get_version) == 8, "gnttab_get_version: the same for both callers");
#define COMPAT_SETUP_TABLE_SIZE 16u
#define ARG_MAX 24u

static bool own(uint64_t domid)
{
    return domid == DOMID_SELF || domid == BED_DOMID;
}

static int64_t do_setup(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    const uint64_t nr = xen_field(c, arg, setup_nr), list = xen_field(c, arg, setup_list);
    int16_t status = GNTST_okay;
    if (!own(xen_field(c, arg, setup_dom)))
        status = GNTST_permission_denied;
    else if (nr > GNTTAB_FRAMES_MAX || !grow(x, nr))
        status = GNTST_general_error;
    for (uint64_t i = 0; status == GNTST_okay && i < nr; i++) {
        uint8_t gfn[8];
        const size_t width = c->compat ? 4 : 8;
        const uint64_t gpa = x->gnttab.gpa[i];
        put_le64(gfn, gpa == XEN_UNMAPPED ? UINT64_MAX : gpa >> PAGE_SHIFT);
        if (!xen_copy_out(x, list + i * width, gfn, width))
            return -XEN_EFAULT;
    }
    put_le16(arg + SETUP_STATUS, (uint16_t)status);
    return 0;
}

static int64_t do_query(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)c;
    const int16_t status = own(le16(arg)) ? GNTST_okay : GNTST_bad_domain;
    put_le32(arg + offsetof(struct gnttab_query_size, nr_frames), status == GNTST_okay ? x->gnttab.nr : 0);
    put_le32(arg + offsetof(struct gnttab_query_size, max_nr_frames), status == GNTST_okay ? GNTTAB_FRAMES_MAX : 0);
    put_le16(arg + offsetof(struct gnttab_query_size, status), (uint16_t)status);
    return 0;
}

/* As with gnttab=max-ver:1. */
static int64_t do_set_version(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)x;
    (void)c;
    const uint32_t wanted = le32(arg);
    put_le32(arg, 1);
    return wanted == 1 ? 0 : wanted == 2 ? -XEN_ENOSYS : -XEN_EINVAL;
}

static int64_t do_get_version(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)x;
    (void)c;
    if (!own(le16(arg)))
        return -XEN_ESRCH;
    put_le32(arg + offsetof(struct gnttab_get_version, version), 1);
    return 0;
}

static const struct {
    uint8_t cmd, size, compat_size;
    int64_t (*run)(struct xen *x, const struct hypercall *c, uint8_t *arg);
} table[] = {
    {GNTTABOP_setup_table, ARG_MAX, COMPAT_SETUP_TABLE_SIZE, do_setup},
    {GNTTABOP_query_size, 16, 16, do_query},
    {GNTTABOP_set_version, 4, 4, do_set_version},
    {GNTTABOP_get_version, 8, 8, do_get_version},
};

/* arg: command, array, count. These commands take arrays of one, the versions' none at all. */
int64_t xen_grant_table_op(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[ARG_MAX];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].cmd != (uint32_t)c->arg[0])
            continue;
        const size_t size = c->compat ? table[i].compat_size : table[i].size;
        if ((uint32_t)c->arg[2] != 1)
            return -XEN_EINVAL;
        if (!xen_copy_in(x, c->arg[1], arg, size))
            return -XEN_EFAULT;
        const int64_t rc = table[i].run(x, c, arg);
        return xen_copy_out(x, c->arg[1], arg, size) ? rc : -XEN_EFAULT;
    }
    return -XEN_ENOSYS;
}
