/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/shrink_steps.h"

#include <stddef.h>

#include "layout/settle.h"
#include "layout/write.h"

/* Without a video card, and nothing taken from RAM: the plainest table. */
void shrink_usual(const struct layout *l, struct layout *usual)
{
    layout_default(usual);
    usual->type = l->type;
    usual->memory = l->memory;
    usual->maxmem = l->maxmem;
    usual->dev.nics = 0;
    (void)layout_settle(usual);
}

#define RESET(key)                                                        \
    static void reset_##key(struct layout *l, const struct layout *usual) \
    {                                                                     \
        l->key = usual->key;                                              \
    }
RESET(videoram)
RESET(mmio_hole)
RESET(vcpus)
RESET(acpi)
RESET(dev)
RESET(viridian)
RESET(timer_mode)
RESET(vpt_align)
RESET(altp2m)
RESET(tsc_mode)
RESET(nested)
RESET(genid)
RESET(rdm_boundary)
RESET(vendor)
RESET(fill)
RESET(slack_pages)
RESET(pci_bar64)
RESET(tpm_version)

static void reset_igd(struct layout *l, const struct layout *usual)
{
    l->dev.igd = usual->dev.igd;
}
static void reset_nics(struct layout *l, const struct layout *usual)
{
    (void)usual;
    l->dev.nics = 0;
}
static void reset_itsc(struct layout *l, const struct layout *usual)
{
    l->itsc = usual->itsc;
    l->tsc_mode = usual->tsc_mode;
}
static void reset_xen(struct layout *l, const struct layout *usual)
{
    l->xen_major = usual->xen_major;
    l->xen_minor = usual->xen_minor;
}
static void reset_paging(struct layout *l, const struct layout *usual)
{
    l->hap = usual->hap;
    l->page_1g = usual->page_1g;
    l->phys_bits = usual->phys_bits;
}
static void reset_bits(struct layout *l, const struct layout *usual)
{
    l->phys_bits = usual->phys_bits;
}
static void reset_page_1g(struct layout *l, const struct layout *usual)
{
    l->hap = usual->hap;
    l->page_1g = usual->page_1g;
}
static void reset_cmos(struct layout *l, const struct layout *usual)
{
    (void)usual;
    l->has_cmos_low_ram = false;
    l->cmos_low_ram = 0;
}
static void reset_rdms(struct layout *l, const struct layout *usual)
{
    (void)usual;
    l->nr_rdms = 0;
}
static void reset_cpuid(struct layout *l, const struct layout *usual)
{
    (void)usual;
    l->nr_cpuid = 0;
}
/* All at once but what the bed says of RAM: most faults need no more. */
static void reset_host(struct layout *l, const struct layout *usual)
{
    struct layout plain = *usual;
    plain.fill = l->fill;
    plain.has_cmos_low_ram = l->has_cmos_low_ram;
    plain.cmos_low_ram = l->cmos_low_ram;
    plain.has_e820 = l->has_e820;
    plain.e820 = l->e820;
    plain.phys_bits = l->phys_bits;
    *l = plain;
}

#define KEY(key)          \
    {                     \
#key, reset_##key \
    }
const struct shrink_key shrink_keys_table[] = {
    KEY(host),     KEY(cmos),       KEY(fill),      KEY(rdms),        KEY(cpuid),        KEY(slack_pages),
    KEY(videoram), KEY(dev),        KEY(igd),       KEY(nics),        KEY(mmio_hole),    KEY(vcpus),
    KEY(acpi),     KEY(viridian),   KEY(xen),       KEY(paging),      KEY(bits),         KEY(page_1g),
    KEY(vendor),   KEY(timer_mode), KEY(vpt_align), KEY(altp2m),      KEY(itsc),         KEY(tsc_mode),
    KEY(nested),   KEY(genid),      KEY(pci_bar64), KEY(tpm_version), KEY(rdm_boundary),
};
const size_t nr_shrink_keys = sizeof shrink_keys_table / sizeof shrink_keys_table[0];

unsigned shrink_keys_said(const struct layout *l, const struct layout *usual)
{
    unsigned n = 0;
    for (size_t i = 1; i < nr_shrink_keys; i++) { /* the first is all of them */
        struct layout reset = *l;
        shrink_keys_table[i].reset(&reset, usual);
        n += !layout_same(&reset, l);
    }
    return n;
}
