/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, firmware and timers: X:xl_parse.c:parse_config_data, X:libxl_create.c, libxl_dm.c, libxl_x86.c. */
#include <string.h>

#include "layout/keys.h"

/* --- what boots the guest */

/* Values of a key that are not what this program boots. */
static const struct refusal {
    const char *key, *value; /* NULL: any but 0 */
    bool fatal;              /* xl itself, or the machine, would be another */
    enum guest_type type;
    const char *say;
} refusals[] = {
    {"device_model_version", "qemu-xen-traditional", true, GUEST_HVM,
     "it boots ROMBIOS, never OVMF; remove the key, or say \"qemu-xen\""},
    {"bios", "rombios", true, GUEST_HVM, "qemu-xen does not boot it; say bios=\"ovmf\""},
    {"firmware", "rombios", true, GUEST_HVM, "qemu-xen does not boot it; say firmware=\"ovmf\""},
    {"bios", "seabios", false, GUEST_HVM, "OVMF is booted all the same; under Xen, say bios=\"ovmf\""},
    {"firmware", "seabios", false, GUEST_HVM, "OVMF is booted all the same; under Xen, say firmware=\"ovmf\""},
    {"firmware", "bios", false, GUEST_HVM, "OVMF is booted all the same; under Xen, say firmware=\"ovmf\""},
    {"pvshim", NULL, true, GUEST_PVH, "Xen's PV shim would be booted, not OVMF; remove it"},
};

static const struct name_value bioses[] = {{"rombios", 0}, {"seabios", 0}, {"ovmf", 0}, NAMES_END};

static bool read_firmware(struct draft *t, struct diag *d)
{
    unsigned none = 0;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *r = &refusals[i];
        const char *s = NULL;
        if (r->type != t->l.type || !draft_given(t, r->key) || !cfg_string(t->f, r->key, &s, d))
            continue;
        if (r->value != NULL && strcmp(r->value, s) != 0)
            continue;
        if (r->fatal)
            return cfg_fail(t->f, r->key, d, "%s=\"%.60s\": %s", r->key, s, r->say);
        draft_note(t, r->key, "%s=\"%.60s\": %s", r->key, s, r->say);
    }
    if (t->l.type == GUEST_PVH)
        return true;
    static const struct name_value models[] = {{"qemu-xen", 0}, NAMES_END};
    return draft_choice(t, "bios", bioses, false, &none, d) &&
           draft_choice(t, "device_model_version", models, false, &none, d);
}

/* --- network cards */

/* The value of @key in "key=value,key=value", up to a comma; NULL when it is not there. */
static const char *option(const char *s, const char *key, size_t *n)
{
    const size_t len = strlen(key);
    for (; *s != '\0'; s += strcspn(s, ",")) {
        s += strspn(s, ", \t");
        if (strncmp(s, key, len) == 0 && s[len] == '=') {
            s += len + 1;
            *n = strcspn(s, ",");
            return s;
        }
    }
    return NULL;
}

static bool is(const char *s, size_t n, const char *word)
{
    return s != NULL && strlen(word) == n && strncmp(s, word, n) == 0;
}

static void add_nic(struct draft *t, const char *spec)
{
    struct guest_devices *dev = &t->l.dev;
    size_t n = 0;
    const char *type = option(spec, "type", &n);
    if (is(type, n, "vif")) /* paravirtual alone */
        return;
    const char *model = option(spec, "model", &n);
    if (dev->nics == NICS_MAX) {
        draft_note(t, "vif", "vif: more than %d emulated cards; the others are not there", NICS_MAX);
        return;
    }
    dev->nic[dev->nics++] = is(model, n, "e1000") ? NIC_E1000 : NIC_RTL8139;
    if (model != NULL && !is(model, n, "e1000") && !is(model, n, "rtl8139"))
        draft_note(t, "vif", "vif: instead of model=%.*s there is an rtl8139", (int)(n < 40 ? n : 40), model);
}

static bool read_nics(struct draft *t, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    t->l.dev.nics = 0;
    if (!cfg_list(t->f, "vif", &list, &nr, d))
        return false;
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, "vif", list, i, &s, &line, d))
            return false;
        add_nic(t, s);
    }
    return true;
}

/* --- timers, devices, tables */

static const struct name_value timer_modes[] = {
    {"delay_for_missed_ticks", 0},
    {"no_delay_for_missed_ticks", 1},
    {"no_missed_ticks_pending", 2},
    {"one_missed_tick_pending", 3},
    NAMES_END,
};
static const struct name_value tsc_modes[] = {
    {"default", 0}, {"always_emulate", 1}, {"native", 2}, {"native_paravirt", 3}, NAMES_END};
static const struct name_value altp2m_modes[] = {
    {"disabled", 0}, {"mixed", 1}, {"external", 2}, {"limited", 3}, NAMES_END};
static const struct name_value disk_types[] = {{"ide", 0}, {"ahci", 1}, NAMES_END};
static const struct name_value generation[] = {{"none", 0}, {"generate", 1}, NAMES_END};

static bool read_both(struct draft *t, struct diag *d)
{
    struct layout *l = &t->l;
    bool nomigrate = false;
    if (!draft_flag(t, "hap", &l->hap, d) || !draft_flag(t, "nestedhvm", &l->nested, d) ||
        !draft_flag(t, "nomigrate", &nomigrate, d) ||
        !draft_choice(t, "timer_mode", timer_modes, true, &l->timer_mode, d) ||
        !draft_choice(t, "tsc_mode", tsc_modes, true, &l->tsc_mode, d))
        return false;
    l->itsc = nomigrate || l->tsc_mode == 1;
    return true;
}

static bool read_usb(struct draft *t, struct diag *d)
{
    if (!draft_flag(t, "usb", &t->l.dev.usb, d))
        return false;
    t->l.dev.usb = t->l.dev.usb || draft_given(t, "usbdevice");
    return true;
}

static bool read_altp2m(struct draft *t, struct diag *d)
{
    bool old = false;
    if (!draft_flag(t, "altp2mhvm", &old, d) || !draft_choice(t, "altp2m", altp2m_modes, true, &t->l.altp2m, d))
        return false;
    if (t->l.altp2m == 0 && old)
        t->l.altp2m = 1;
    if (t->l.altp2m != 0 && t->l.nested)
        return cfg_fail(t->f, "nestedhvm", d, "nestedhvm and altp2m cannot be used together; xl would stop");
    return true;
}

static bool read_hvm(struct draft *t, struct diag *d)
{
    struct layout *l = &t->l;
    bool pae = true, uncached = true;
    unsigned ahci = 0, genid = 0;
    if (!draft_flag(t, "acpi_s3", &l->dev.acpi_s3, d) || !draft_flag(t, "acpi_s4", &l->dev.acpi_s4, d) ||
        !draft_flag(t, "apic", &l->dev.apic, d) || !draft_flag(t, "hpet", &l->dev.hpet, d) ||
        !draft_flag(t, "xen_platform_pci", &l->dev.platform, d) || !draft_flag(t, "vpt_align", &l->vpt_align, d) ||
        !draft_flag(t, "pae", &pae, d) || !draft_flag(t, "xen_platform_pci_bar_uc", &uncached, d) ||
        !draft_choice(t, "hdtype", disk_types, false, &ahci, d) ||
        !draft_choice(t, "ms_vm_genid", generation, false, &genid, d) || !read_usb(t, d) || !read_altp2m(t, d) ||
        !read_nics(t, d) || !viridian_read(t, d))
        return false;
    l->dev.ahci = ahci != 0;
    l->genid = genid != 0;
    if (!uncached)
        draft_note(t, "xen_platform_pci_bar_uc", "xen_platform_pci_bar_uc: the platform device's BAR is not cached");
    if (!pae)
        return cfg_fail(t->f, "pae", d, "pae=0 hides PAE, and with it long mode: no 64-bit OVMF can start; remove it");
    return true;
}

bool guest_keys_read(struct draft *t, struct diag *d)
{
    return read_firmware(t, d) && read_both(t, d) && (t->l.type != GUEST_HVM || read_hvm(t, d));
}
