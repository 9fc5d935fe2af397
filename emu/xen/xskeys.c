/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libxl has written for the guest when it starts: X:tools/libs/light/libxl_{create,dm,dom,console}.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/private.h"

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

/* libxl_dom.c:libxl__build_post, in KiB. */
static bool static_max(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%llu", l->maxmem / KIB);
    return true;
}

static bool target(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%llu", (l->memory - l->videoram) / KIB);
    return true;
}

static bool videoram(const struct layout *l, char *value)
{
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%llu", l->videoram / KIB);
    return true;
}

/* Whose a node is. What nothing is said about has what its parent has. */
enum rights { AS_PARENT, GUEST_READS, GUEST_OWNS };

static const struct key {
    const char *path; /* below the domain's own */
    unsigned since;   /* Xen 4.x */
    bool hvm;         /* not for PVH */
    enum rights rights;
    const char *value;
    bool (*make)(const struct layout *l, char *value); /* what depends on the layout, or NULL */
} keys[] = {
    {"vm", 0, false, AS_PARENT, "/vm/" BED_UUID, NULL},
    {"name", 0, false, AS_PARENT, "hvmbed", NULL},
    {"cpu", 0, false, GUEST_READS, "", NULL},
    {"memory", 0, false, GUEST_READS, "", NULL},
    {"device", 0, false, GUEST_READS, "", NULL},
    {"device/suspend/event-channel", 0, false, GUEST_OWNS, "", NULL},
    {"control", 0, false, GUEST_READS, "", NULL},
    {"hvmloader", 0, true, GUEST_READS, "", NULL},
    {"control/shutdown", 0, false, GUEST_OWNS, "", NULL},
    {"control/feature-poweroff", 0, false, GUEST_OWNS, "", NULL},
    {"control/feature-reboot", 0, false, GUEST_OWNS, "", NULL},
    {"control/feature-suspend", 0, false, GUEST_OWNS, "", NULL},
    {"control/feature-s3", 0, true, GUEST_OWNS, "", NULL},
    {"control/feature-s4", 0, true, GUEST_OWNS, "", NULL},
    {"control/sysrq", 0, false, GUEST_OWNS, "", NULL},
    {"data", 0, false, GUEST_OWNS, "", NULL},
    {"drivers", 0, false, GUEST_OWNS, "", NULL},
    {"feature", 0, false, GUEST_OWNS, "", NULL},
    {"attr", 0, false, GUEST_OWNS, "", NULL},
    {"error", 0, false, GUEST_OWNS, "", NULL},
    {"control/platform-feature-multiprocessor-suspend", 0, false, AS_PARENT, "1", NULL},
    {"control/platform-feature-xs_reset_watches", 0, false, AS_PARENT, "1", NULL},
    {"hvmloader/bios", 0, true, AS_PARENT, "ovmf", NULL},
    {"hvmloader/allow-memory-relocate", 0, true, AS_PARENT, "0", NULL},
    {"hvmloader/pci/xen-platform-pci-bar-uc", 21, true, AS_PARENT, "1", NULL},
    {"platform", 0, false, AS_PARENT, "", NULL},
    {"platform/acpi", 0, true, AS_PARENT, NULL, acpi},
    {"platform/acpi_s3", 0, true, AS_PARENT, NULL, acpi_s3},
    {"platform/acpi_s4", 0, true, AS_PARENT, NULL, acpi_s4},
    {"platform/acpi_laptop_slate", 0, true, AS_PARENT, "0", NULL},
    {"platform/generation-id", 0, true, AS_PARENT, NULL, generation_id},
    {"platform/mmio_hole_size", 0, true, AS_PARENT, NULL, mmio_hole},
    {"platform/tpm_version", 0, true, AS_PARENT, NULL, tpm_version},
    {"platform/device-model", 0, true, AS_PARENT, "qemu_xen", NULL},
    {"memory/static-max", 0, false, AS_PARENT, NULL, static_max},
    {"memory/target", 0, false, AS_PARENT, NULL, target},
    {"memory/videoram", 0, false, AS_PARENT, NULL, videoram},
    {"domid", 0, false, AS_PARENT, "1", NULL},
    {"store/port", 0, false, AS_PARENT, "1", NULL},
    {"store/ring-ref", 0, false, AS_PARENT, "1044476", NULL}, /* SPECIAL_XENSTORE_PFN */
    {"console", 0, false, GUEST_READS, "", NULL},
    {"console/backend", 0, false, AS_PARENT, "/local/domain/0/backend/console/1/0", NULL},
    {"console/backend-id", 0, false, AS_PARENT, "0", NULL},
    {"console/limit", 0, false, AS_PARENT, "1048576", NULL},
    {"console/type", 0, false, AS_PARENT, "xenconsoled", NULL},
    {"console/output", 0, false, AS_PARENT, "pty", NULL},
    {"console/tty", 0, false, AS_PARENT, "", NULL},
    {"console/port", 0, false, AS_PARENT, "2", NULL},
    {"console/ring-ref", 0, false, AS_PARENT, "1044479", NULL}, /* SPECIAL_CONSOLE_PFN */
};
_Static_assert(BED_DOMID == 1 && EVTCHN_STORE == 1 && EVTCHN_CONSOLE == 2 && SPECIAL_XENSTORE_PFN == 1044476 &&
                   SPECIAL_CONSOLE_PFN == 1044479,
               "the table's numbers");

/* X:xenstored_core.c:canonicalize: what does not begin with a slash is the domain's own. */
static const char *own_part(const char *path)
{
    return strncmp(path, XENSTORE_HOME "/", sizeof XENSTORE_HOME) == 0 ? path + sizeof XENSTORE_HOME : path;
}

static bool key_value(const struct key *k, const struct layout *l, char value[XENSTORE_VALUE_MAX])
{
    if ((l->xen_major <= 4 && l->xen_minor < k->since) || (k->hvm && l->type != GUEST_HVM))
        return false;
    if (k->make != NULL)
        return k->make(l, value);
    (void)snprintf(value, XENSTORE_VALUE_MAX, "%s", k->value);
    return true;
}

bool xenstore_value(const struct layout *l, const char *path, char value[XENSTORE_VALUE_MAX])
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i].path, own_part(path)) == 0)
            return key_value(&keys[i], l, value);
    return false;
}

bool xenstore_put(struct xs_tree *t, const char *path, const struct xs_perm *perm, unsigned nr, const char *value)
{
    struct xs_node *const n = xstree_make(t, path, 0);
    if (n == NULL || !xstree_set(n, value, strlen(value)))
        return false;
    if (nr != 0)
        memcpy(n->perm, perm, nr * sizeof *perm);
    n->nr_perms = nr != 0 ? nr : n->nr_perms;
    return true;
}

const struct xs_perm xenstore_guest_reads[2] = {{0, 0}, {BED_DOMID, XS_CAN_READ}};
static const struct xs_perm guest_owns[1] = {{BED_DOMID, 0}};

bool xenstore_fill(struct xs_tree *t, const struct layout *l)
{
    char path[XENSTORE_KEY_MAX], value[XENSTORE_VALUE_MAX];
    bool ok = xenstore_put(t, XENSTORE_HOME, xenstore_guest_reads, 2, "") &&
              xenstore_put(t, "/vm/" BED_UUID, xenstore_guest_reads, 2, "") &&
              xenstore_put(t, "/vm/" BED_UUID "/uuid", NULL, 0, BED_UUID) &&
              xenstore_put(t, "/vm/" BED_UUID "/name", NULL, 0, "hvmbed");
    for (size_t i = 0; ok && i < sizeof keys / sizeof keys[0]; i++) {
        const struct key *const k = &keys[i];
        if (!key_value(k, l, value))
            continue;
        (void)snprintf(path, sizeof path, XENSTORE_HOME "/%s", k->path);
        ok = xenstore_put(t, path, k->rights == GUEST_READS ? xenstore_guest_reads : guest_owns,
                          k->rights == GUEST_READS ? 2 : k->rights == GUEST_OWNS, value);
    }
    for (unsigned i = 0; ok && i < l->vcpus; i++) {
        (void)snprintf(path, sizeof path, XENSTORE_HOME "/cpu/%u/availability", i);
        ok = xenstore_put(t, path, NULL, 0, "online");
    }
    return ok;
}
