/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's file can say, and its host: the toolstack and hvmloader do the rest. */
#include <string.h>

#include "fuzz/operators.h"

#define MEMORY_MAX (64 * GIB)

static void set_memory(struct mutation *m)
{
    static const uint64_t mib[] = {32,   40,   64,   65,   96,   128,  200,  256,  512,  1024,
                                   1025, 2048, 3072, 3840, 3841, 4032, 4033, 4096, 8192, 32768};
    struct layout *l = m->l;
    const uint64_t kind = choose(m->c, 4);
    if (kind == 0)
        l->memory = mib[choose(m->c, sizeof mib / sizeof mib[0])] * MIB;
    else if (kind == 1)
        l->memory = (24 + choose(m->c, 8192)) * MIB;
    else if (choose(m->c, 2) == 0)
        l->memory += (1 + choose(m->c, 64)) * MIB;
    else
        l->memory -= (1 + choose(m->c, 64)) * MIB;
    if (l->memory > MEMORY_MAX || l->memory < 16 * MIB)
        l->memory = 256 * MIB;
    l->maxmem = l->memory;
}

static void set_maxmem(struct mutation *m)
{
    m->l->maxmem = m->l->memory + (choose(m->c, 3) == 0 ? 0 : choose(m->c, 2048) * MIB);
}

static void set_video(struct mutation *m)
{
    static const uint64_t mib[] = {0, 8, 16, 128, 1, 4, 32, 64};
    m->l->videoram = mib[choose(m->c, sizeof mib / sizeof mib[0])] * MIB;
}

static void set_hole(struct mutation *m)
{
    static const uint64_t mib[] = {0, 256, 257, 512, 1024, 2048, 3072, 3583, 3839, 3840};
    m->l->mmio_hole = choose_percent(m->c, 70) ? mib[choose(m->c, sizeof mib / sizeof mib[0])] * MIB
                                               : (256 + choose(m->c, 3585)) * MIB;
}

static void set_slack(struct mutation *m)
{
    m->l->slack_pages = choose_percent(m->c, 20) ? SLACK_AMPLE : choose(m->c, 1200);
}

static void set_vcpus(struct mutation *m)
{
    static const unsigned counts[] = {1, 1, 1, 2, 3, 4, 8, 9, 10, 16, 64, 128};
    m->l->vcpus = counts[choose(m->c, sizeof counts / sizeof counts[0])];
}

/* What the page tables of a boot cost is bounded: with 4 KiB to 2 MiB pages each bit more takes twice as long. */
static void set_address_bits(struct mutation *m)
{
    static const unsigned bits[] = {36, 39, 40, 46, 48, 52, 37, 38, 41, 42, 32, 33};
    m->l->phys_bits = bits[choose(m->c, sizeof bits / sizeof bits[0])];
    m->l->page_1g = m->l->phys_bits > 36 || choose_percent(m->c, 60);
}

static void set_paging(struct mutation *m)
{
    m->l->hap = choose_percent(m->c, 70);
    m->l->page_1g = m->l->hap;
    if (!m->l->hap && m->l->phys_bits > 36)
        m->l->phys_bits = 36;
}

static void set_vendor(struct mutation *m)
{
    m->l->vendor = choose(m->c, 2) == 0 ? VENDOR_INTEL : VENDOR_AMD;
}

static void set_xen(struct mutation *m)
{
    static const unsigned minors[] = {17, 17, 20, 21, 22, 14, 15, 11, 7, 18, 19};
    m->l->xen_minor = minors[choose(m->c, sizeof minors / sizeof minors[0])];
}

static void set_acpi(struct mutation *m)
{
    m->l->acpi = choose_percent(m->c, 60);
    m->l->dev.acpi_s3 = choose_percent(m->c, 70);
    m->l->dev.acpi_s4 = choose_percent(m->c, 70);
    m->l->genid = choose_percent(m->c, 30);
}

static void set_devices(struct mutation *m)
{
    struct guest_devices *d = &m->l->dev;
    bool *const flags[] = {&d->apic, &d->hpet, &d->platform, &d->usb, &d->ahci};
    bool *flag = flags[choose(m->c, sizeof flags / sizeof flags[0])];
    *flag = !*flag;
    if (choose(m->c, 2) == 0) {
        d->nics = (unsigned)choose(m->c, NICS_MAX + 1);
        for (unsigned i = 0; i < d->nics; i++)
            d->nic[i] = choose(m->c, 2) == 0 ? NIC_RTL8139 : NIC_E1000;
    }
}

static void set_bar(struct mutation *m)
{
    m->l->pci_bar64 = choose_percent(m->c, 40) ? 0 : MIB << choose(m->c, 16);
}

static void set_tpm(struct mutation *m)
{
    m->l->tpm_version = (unsigned)choose(m->c, 3);
}

static void set_viridian(struct mutation *m)
{
    m->l->viridian = choose(m->c, 3) == 0 ? 0 : (uint32_t)choose(m->c, 0x2000) | 1;
}

static void set_timers(struct mutation *m)
{
    m->l->timer_mode = (unsigned)choose(m->c, 4);
    m->l->tsc_mode = (unsigned)choose(m->c, 4);
    m->l->itsc = choose(m->c, 2) == 0;
    m->l->vpt_align = choose(m->c, 2) == 0;
}

static void set_nested(struct mutation *m)
{
    m->l->nested = choose(m->c, 2) == 0;
    m->l->altp2m = (unsigned)choose(m->c, 4);
}

static void set_igd(struct mutation *m)
{
    m->l->dev.igd = choose(m->c, 2) == 0;
}

static void add_rdm(struct mutation *m)
{
    struct layout *l = m->l;
    if (l->nr_rdms == RDM_MAX)
        return;
    const uint64_t at = page_down(choose_place(m)), size = page_up(choose_size(m->c));
    l->rdm[l->nr_rdms++] = (struct rdm){.at = {at, at + size}, .strict = choose_percent(m->c, 30)};
}

static void drop_rdm(struct mutation *m)
{
    struct layout *l = m->l;
    if (l->nr_rdms == 0)
        return;
    const uint64_t i = choose(m->c, l->nr_rdms);
    l->rdm[i] = l->rdm[--l->nr_rdms];
}

static void set_boundary(struct mutation *m)
{
    static const uint64_t mib[] = {2048, 0, 1, 64, 256, 1024, 3072, 4096};
    m->l->rdm_boundary = mib[choose(m->c, sizeof mib / sizeof mib[0])] * MIB;
}

/* Features that firmware asks for, as bits of CPUID that may be hidden. */
static void hide_feature(struct mutation *m)
{
    static const struct cpuid_rule hidden[] = {
        {1, ANY_SUBLEAF, CPUID_EDX, 0, 1u << 12},          /* MTRR */
        {1, ANY_SUBLEAF, CPUID_EDX, 0, 1u << 9},           /* APIC */
        {1, ANY_SUBLEAF, CPUID_ECX, 0, 1u << 21},          /* x2APIC */
        {1, ANY_SUBLEAF, CPUID_ECX, 0, 1u << 30},          /* RDRAND */
        {1, ANY_SUBLEAF, CPUID_EDX, 0, 1u << 28},          /* HTT */
        {0x80000001, ANY_SUBLEAF, CPUID_EDX, 0, 1u << 20}, /* NX */
        {1, ANY_SUBLEAF, CPUID_EDX, 0, 1u << 16},          /* PAT */
    };
    struct layout *l = m->l;
    const struct cpuid_rule r = hidden[choose(m->c, sizeof hidden / sizeof hidden[0])];
    if (choose_percent(m->c, 40)) {
        l->nr_cpuid = 0;
        return;
    }
    for (unsigned i = 0; i < l->nr_cpuid; i++) {
        struct cpuid_rule *k = &l->cpuid[i];
        if (k->leaf == r.leaf && k->subleaf == r.subleaf && k->reg == r.reg) {
            k->clear |= r.clear;
            k->set &= ~r.clear;
            return;
        }
    }
    if (l->nr_cpuid < CPUID_RULES_MAX)
        l->cpuid[l->nr_cpuid++] = r;
}

static void other_guest(struct mutation *m)
{
    if (m->o->hvm && m->o->pvh)
        m->l->type = m->l->type == GUEST_HVM ? GUEST_PVH : GUEST_HVM;
}

static void take_memory(struct mutation *m)
{
    if (m->other == NULL)
        return;
    m->l->memory = m->other->memory;
    m->l->maxmem = m->other->maxmem;
    m->l->mmio_hole = m->other->mmio_hole;
    m->l->slack_pages = m->other->slack_pages;
}

static void take_rdms(struct mutation *m)
{
    if (m->other == NULL)
        return;
    m->l->nr_rdms = m->other->nr_rdms;
    memcpy(m->l->rdm, m->other->rdm, sizeof m->l->rdm);
    m->l->rdm_boundary = m->other->rdm_boundary;
}

static void take_host(struct mutation *m)
{
    if (m->other == NULL)
        return;
    m->l->xen_minor = m->other->xen_minor;
    m->l->phys_bits = m->other->phys_bits;
    m->l->page_1g = m->other->page_1g;
    m->l->hap = m->other->hap;
    m->l->vendor = m->other->vendor;
}

const struct mutate_operator guest_operators[] = {
    {"memory", 8, false, set_memory},
    {"maxmem", 2, false, set_maxmem},
    {"video", 2, true, set_video},
    {"mmio-hole", 3, true, set_hole},
    {"slack", 5, true, set_slack},
    {"vcpus", 2, false, set_vcpus},
    {"bits", 3, false, set_address_bits},
    {"paging", 1, false, set_paging},
    {"vendor", 1, false, set_vendor},
    {"xen", 3, false, set_xen},
    {"acpi", 2, true, set_acpi},
    {"devices", 2, true, set_devices},
    {"bar", 3, true, set_bar},
    {"tpm", 1, true, set_tpm},
    {"viridian", 2, true, set_viridian},
    {"timers", 1, false, set_timers},
    {"nested", 1, false, set_nested},
    {"igd", 1, true, set_igd},
    {"add-rdm", 6, false, add_rdm},
    {"drop-rdm", 2, false, drop_rdm},
    {"boundary", 2, true, set_boundary},
    {"cpuid", 1, false, hide_feature},
    {"other-guest", 2, false, other_guest},
    {"take-memory", 2, false, take_memory},
    {"take-rdms", 2, false, take_rdms},
    {"take-host", 2, false, take_host},
};
const size_t nr_guest_operators = sizeof guest_operators / sizeof guest_operators[0];
