/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk's store and states. Keys: X:tools/libs/light/libxl_disk.c:device_disk_add, libxl_device.c; then Linux
 * drivers/block/xen-blkback/xenbus.c: xen_blkbk_probe, connect, frontend_changed.
 */
#include "xen/vbd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/private.h"
#include "xen/vbd_ring.h"

#define BACK "/local/domain/0/backend/vbd/1"
#define FRONT XENSTORE_HOME "/device/vbd"
#define BACKEND BACK "/%u"
#define FRONTEND FRONT "/%u"

static const struct xs_perm frontend_owns[2] = {{BED_DOMID, 0}, {0, XS_CAN_READ}};

static bool put(struct xs_tree *t, const char *dir, unsigned vdev, const char *key, const char *value)
{
    char path[XENSTORE_KEY_MAX];
    int n = snprintf(path, sizeof path, "%s/%u/%s", dir, vdev, key);
    return n > 0 && xenstore_put(t, path, NULL, 0, value);
}

/* What libxl writes, up to the backend's first look at it. */
static bool fill(struct xen *x, const struct vbd *v, const char *name)
{
    char back[XENSTORE_KEY_MAX], front[XENSTORE_KEY_MAX], number[16], dev[16];
    const char *const slash = strrchr(name, '/');
    (void)snprintf(back, sizeof back, BACKEND, v->vdev);
    (void)snprintf(front, sizeof front, FRONTEND, v->vdev);
    (void)snprintf(number, sizeof number, "%u", v->vdev);
    (void)snprintf(dev, sizeof dev, "xvd%c", 'a' + (char)(v->vdev >> 4 & 15));
    const struct {
        const char *dir, *key, *value;
    } keys[] = {
        {FRONT, "backend", back},
        {FRONT, "backend-id", "0"},
        {FRONT, "state", "1"},
        {FRONT, "virtual-device", number},
        {FRONT, "device-type", "disk"},
        {BACK, "frontend", front},
        {BACK, "params", slash != NULL ? slash + 1 : name}, /* wherever it lies: the guest sees the same */
        {BACK, "script", "/etc/xen/scripts/block"},
        {BACK, "frontend-id", "1"},
        {BACK, "online", "1"},
        {BACK, "removable", "0"},
        {BACK, "bootable", "1"},
        {BACK, "dev", dev},
        {BACK, "type", "phy"},
        {BACK, "mode", v->read_only ? "r" : "w"},
        {BACK, "device-type", "disk"},
        {BACK, "discard-enable", "0"},
        {BACK, "feature-max-indirect-segments", "0"},
        {BACK, "max-ring-page-order", "0"},
        {BACK, "state", "2"}, /* InitWait */
    };
    struct xs_tree *const t = xenstore_tree(x);
    bool ok =
        t != NULL && xenstore_put(t, front, frontend_owns, 2, "") && xenstore_put(t, back, xenstore_guest_reads, 2, "");
    for (size_t i = 0; ok && i < sizeof keys / sizeof keys[0]; i++)
        ok = put(t, keys[i].dir, v->vdev, keys[i].key, keys[i].value);
    return ok;
}

bool vbd_attach(struct xen *x, struct disk *disk, unsigned vdev, bool read_only, const char *name)
{
    bool ok = x->nr_vbds < VBDS_MAX;
    for (unsigned i = 0; i < x->nr_vbds; i++)
        ok = ok && x->vbd[i].vdev != vdev;
    struct vbd v = {.disk = disk,
                    .vdev = vdev,
                    .read_only = read_only,
                    .frontend = XenbusStateInitialising,
                    .backend = XenbusStateInitWait};
    if (!ok || !fill(x, &v, name))
        return false;
    disk_limit(disk, limit(x->limits, LIMIT_DISK));
    x->vbd[x->nr_vbds++] = v;
    return true;
}

void vbd_exit(struct xen *x)
{
    for (unsigned i = 0; i < x->nr_vbds; i++)
        disk_close(x->vbd[i].disk);
    x->nr_vbds = 0;
}

/* --- the store while the guest runs ---------------------------------------------------------------------------- */

static void tell(struct xen *x, const struct vbd *v, const char *key, uint64_t value)
{
    char path[XENSTORE_KEY_MAX], text[24];
    (void)snprintf(path, sizeof path, BACKEND "/%s", v->vdev, key);
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    (void)xenstore_write(x, path, text);
}

static void enter(struct xen *x, struct vbd *v, unsigned state)
{
    if (v->backend == state)
        return;
    v->backend = state;
    tell(x, v, "state", state);
}

/* What the frontend wrote, as text; false when it is not there, or no such text. */
static bool frontend_text(const struct xen *x, const struct vbd *v, const char *key, char text[32])
{
    char path[XENSTORE_KEY_MAX];
    (void)snprintf(path, sizeof path, FRONTEND "/%s", v->vdev, key);
    const struct xs_node *const n = xstree_find(&x->store.tree, path);
    if (n == NULL || n->size >= 32)
        return false;
    if (n->size != 0)
        memcpy(text, n->value, n->size);
    text[n->size] = '\0';
    return true;
}

static bool frontend_number(const struct xen *x, const struct vbd *v, const char *key, uint32_t *number)
{
    char text[32], *end;
    if (!frontend_text(x, v, key, text) || text[0] < '0' || text[0] > '9')
        return false;
    const unsigned long long value = strtoull(text, &end, 10);
    *number = (uint32_t)value;
    return *end == '\0' && value <= UINT32_MAX;
}

static void disconnect(struct xen *x, struct vbd *v)
{
    if (v->layout == NULL)
        return;
    gnttab_end(x, v->ring_ref);
    evtchn_unbind(x, v->port);
    v->layout = NULL;
    v->broken = false;
}

/* The name of what is wrong, or NULL. */
static const char *map_ring(struct xen *x, struct vbd *v)
{
    char protocol[32];
    const char *why = NULL;
    if (!frontend_number(x, v, "ring-ref", &v->ring_ref))
        return "there is no ring-ref";
    if (!frontend_number(x, v, "event-channel", &v->port))
        return "there is no event-channel";
    if (!frontend_text(x, v, "protocol", protocol))
        protocol[0] = '\0';
    const struct vbd_layout *const l = vbd_layout_find(protocol);
    if (l == NULL)
        return "its protocol is unknown";
    if (gnttab_begin(x, v->ring_ref, true, &v->ring, &why) == NULL)
        return why;
    if (!evtchn_bind(x, v->port, END_DISK, (unsigned)(v - x->vbd))) {
        gnttab_end(x, v->ring_ref);
        return "its event channel is not open for domain 0";
    }
    v->layout = l;
    v->req = v->rsp = 0;
    return NULL;
}

static void connect(struct xen *x, struct vbd *v)
{
    if (v->backend == XenbusStateConnected)
        return;
    disconnect(x, v);
    const char *const why = map_ring(x, v);
    if (why != NULL) {
        xen_complain(x, "vbd %u: cannot connect to its ring: %s", v->vdev, why);
        enter(x, v, XenbusStateClosing); /* xenbus_dev_fatal */
        return;
    }
    tell(x, v, "feature-flush-cache", 1);
    tell(x, v, "feature-discard", 0);
    tell(x, v, "feature-barrier", 0);
    tell(x, v, "sectors", disk_sectors(v->disk));
    tell(x, v, "info", v->read_only ? VDISK_READONLY : 0);
    tell(x, v, "sector-size", DISK_SECTOR);
    tell(x, v, "physical-sector-size", DISK_SECTOR);
    enter(x, v, XenbusStateConnected);
}

static void follow(struct xen *x, struct vbd *v)
{
    switch (v->frontend) {
    case XenbusStateInitialising:
        if (v->backend == XenbusStateClosed)
            enter(x, v, XenbusStateInitWait);
        break;
    case XenbusStateInitialised:
    case XenbusStateConnected:
        connect(x, v);
        break;
    case XenbusStateClosing:
        enter(x, v, XenbusStateClosing);
        break;
    case XenbusStateClosed:
        disconnect(x, v);
        enter(x, v, XenbusStateClosed);
        break;
    default:
        break;
    }
}

void vbd_look(struct xen *x)
{
    for (unsigned i = 0; i < x->nr_vbds; i++) {
        struct vbd *const v = &x->vbd[i];
        uint32_t state = XenbusStateUnknown; /* as if the frontend were gone */
        (void)frontend_number(x, v, "state", &state);
        if (state == v->frontend)
            continue;
        v->frontend = state;
        follow(x, v);
    }
}
