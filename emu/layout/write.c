/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reverse of xlcfg.c and its neighbours, key by key. */
#include "layout/write.h"

#include <inttypes.h>
#include <string.h>

#include "layout/keys.h"

static void write_flag(FILE *out, const char *key, bool v, bool usual)
{
    if (v != usual)
        fprintf(out, "%s = %d\n", key, v);
}

static void write_number(FILE *out, const char *key, uint64_t v, uint64_t usual)
{
    if (v != usual)
        fprintf(out, "%s = %" PRIu64 "\n", key, v);
}

static void write_address(FILE *out, const char *key, uint64_t v)
{
    fprintf(out, "%s = \"0x%" PRIx64 "\"\n", key, v);
}

/* The card that has so much memory by itself, or none with some. */
static void write_video(const struct layout *l, FILE *out)
{
    static const struct {
        uint64_t mib;
        const char *vga;
    } cards[] = {{0, "none"}, {8, "cirrus"}, {16, "stdvga"}, {128, "qxl"}};
    const uint64_t mib = l->videoram / MIB;
    if (l->type == GUEST_PVH) {
        write_number(out, "videoram", mib, 0);
        return;
    }
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++)
        if (cards[i].mib == mib) {
            fprintf(out, "vga = \"%s\"\n", cards[i].vga);
            return;
        }
    fprintf(out, "vga = \"none\"\nvideoram = %" PRIu64 "\n", mib);
}

static void write_nics(const struct guest_devices *dev, FILE *out)
{
    if (dev->nics == 0)
        return;
    fputs("vif = [", out);
    for (unsigned i = 0; i < dev->nics; i++)
        fprintf(out, "%s\"model=%s\"", i != 0 ? ", " : "", dev->nic[i] == NIC_E1000 ? "e1000" : "rtl8139");
    fputs("]\n", out);
}

static void write_hvm(const struct layout *l, FILE *out)
{
    const struct guest_devices *dev = &l->dev;
    write_number(out, "mmio_hole", l->mmio_hole / MIB, 0);
    write_nics(dev, out);
    write_flag(out, "acpi_s3", dev->acpi_s3, true);
    write_flag(out, "acpi_s4", dev->acpi_s4, true);
    write_flag(out, "apic", dev->apic, true);
    write_flag(out, "hpet", dev->hpet, true);
    write_flag(out, "xen_platform_pci", dev->platform, true);
    write_flag(out, "usb", dev->usb, false);
    if (dev->ahci)
        fputs("hdtype = \"ahci\"\n", out);
    if (l->genid)
        fputs("ms_vm_genid = \"generate\"\n", out);
    viridian_write(l->viridian, out);
    write_flag(out, "vpt_align", l->vpt_align, true);
    write_number(out, "altp2m", l->altp2m, 0);
    write_number(out, "rdm_mem_boundary", l->rdm_boundary / MIB, 2048);
}

/* "leaf[,subleaf]:reg=32 characters", one register each. */
static void write_cpuid(const struct layout *l, FILE *out)
{
    if (l->nr_cpuid == 0)
        return;
    fputs("cpuid = [\n", out);
    for (unsigned i = 0; i < l->nr_cpuid; i++) {
        const struct cpuid_rule *r = &l->cpuid[i];
        fprintf(out, "    \"0x%" PRIx32, r->leaf);
        if (r->subleaf != ANY_SUBLEAF)
            fprintf(out, ",%" PRIu32, r->subleaf);
        fprintf(out, ":e%cx=", 'a' + (int)r->reg);
        for (unsigned bit = 32; bit-- > 0;)
            fputc((r->set >> bit & 1) != 0 ? '1' : (r->clear >> bit & 1) != 0 ? '0' : 'x', out);
        fputs("\",\n", out);
    }
    fputs("]\n", out);
}

/* RMRRs that differ in policy belong to devices, each to one: 10:00.0, 11:00.0 … */
static void write_rdms(const struct layout *l, FILE *out)
{
    bool mixed = false;
    for (unsigned i = 1; i < l->nr_rdms; i++)
        mixed = mixed || l->rdm[i].strict != l->rdm[0].strict;
    if (l->nr_rdms != 0 && !mixed)
        fprintf(out, "rdm = \"strategy=host,policy=%s\"\n", l->rdm[0].strict ? "strict" : "relaxed");
    if (mixed || l->dev.igd) {
        fputs("pci = [\n", out);
        for (unsigned i = 0; i < l->nr_rdms && mixed; i++)
            fprintf(out, "    \"%x:00.0,rdm_policy=%s\",\n", 0x10 + i, l->rdm[i].strict ? "strict" : "relaxed");
        fprintf(out, "%s]\n", l->dev.igd ? "    \"00:02.0\",\n" : "");
    }
    if (l->dev.igd)
        fputs("gfx_passthru = \"igd\"\n", out);
    if (l->nr_rdms == 0)
        return;
    fputs("bed_rmrr = [\n", out);
    for (unsigned i = 0; i < l->nr_rdms; i++) {
        fprintf(out, "    \"0x%" PRIx64 "-0x%" PRIx64, l->rdm[i].at.start, l->rdm[i].at.end);
        if (mixed)
            fprintf(out, " %x:00.0", 0x10 + i);
        fputs("\",\n", out);
    }
    fputs("]\n", out);
}

static void write_e820(const struct e820_map *m, FILE *out)
{
    fputs("bed_e820 = [\n", out);
    for (unsigned i = 0; i < m->nr; i++) {
        const struct e820_entry *e = &m->e[i];
        const char *type = e820_type_name(e->type);
        fprintf(out, "    \"0x%" PRIx64 "-0x%" PRIx64 " ", e->at.start, e->at.end);
        if (type != NULL)
            fputs(type, out);
        else
            fprintf(out, "%" PRIu32, e->type);
        fputs("\",\n", out);
    }
    fputs("]\n", out);
}

static void write_bed_hvm(const struct layout *l, FILE *out)
{
    const unsigned roms = slack_of_roms(l);
    if (l->slack_pages == SLACK_AMPLE)
        fputs("bed_slack_pages = \"ample\"\n", out);
    else if (roms > SLACK_WITHOUT_ROMS || l->slack_pages != SLACK_WITHOUT_ROMS - roms)
        fprintf(out, "bed_slack_pages = %" PRIu64 "\n", l->slack_pages);
    if (l->has_cmos_low_ram)
        write_address(out, "bed_cmos_low_ram", l->cmos_low_ram);
    if (l->pci_bar64 != 0)
        write_address(out, "bed_pci_bar64", l->pci_bar64);
    write_number(out, "bed_tpm_version", l->tpm_version, 0);
}

static void write_bed(const struct layout *l, FILE *out)
{
    if (l->xen_major != 4 || l->xen_minor != 17)
        fprintf(out, "bed_xen_version = \"%u.%u\"\n", l->xen_major, l->xen_minor);
    write_number(out, "bed_phys_bits", l->phys_bits, 40);
    if (l->hap)
        write_flag(out, "bed_page_1g", l->page_1g, true);
    if (l->vendor != VENDOR_INTEL)
        fputs("bed_vendor = \"amd\"\n", out);
    if (l->fill != 0)
        write_address(out, "bed_fill", l->fill);
    if (l->type == GUEST_HVM)
        write_bed_hvm(l, out);
    if (l->has_e820)
        write_e820(&l->e820, out);
}

void layout_write(const struct layout *l, FILE *out)
{
    fprintf(out, "type = \"%s\"\n", l->type == GUEST_HVM ? "hvm" : "pvh");
    write_number(out, "memory", l->memory / MIB, 0);
    write_number(out, "maxmem", l->maxmem / MIB, l->memory / MIB);
    write_number(out, "vcpus", l->vcpus, 1);
    write_video(l, out);
    write_flag(out, "acpi", l->acpi, true);
    write_flag(out, "hap", l->hap, true);
    write_flag(out, "nestedhvm", l->nested, false);
    write_number(out, "timer_mode", l->timer_mode, 1);
    write_number(out, "tsc_mode", l->tsc_mode, 0);
    write_flag(out, "nomigrate", l->itsc && l->tsc_mode != 1, false);
    if (l->type == GUEST_HVM)
        write_hvm(l, out);
    write_cpuid(l, out);
    disks_write(l, out);
    write_rdms(l, out);
    write_bed(l, out);
}

/* Members one by one: the padding between them may differ. */
static bool same_devices(const struct guest_devices *a, const struct guest_devices *b)
{
    if (a->nics != b->nics || a->acpi_s3 != b->acpi_s3 || a->acpi_s4 != b->acpi_s4 || a->apic != b->apic ||
        a->hpet != b->hpet || a->platform != b->platform || a->usb != b->usb || a->ahci != b->ahci || a->igd != b->igd)
        return false;
    for (unsigned i = 0; i < a->nics; i++)
        if (a->nic[i] != b->nic[i])
            return false;
    return true;
}

static bool same_lists(const struct layout *a, const struct layout *b)
{
    if (a->nr_rdms != b->nr_rdms || a->nr_cpuid != b->nr_cpuid || a->has_e820 != b->has_e820)
        return false;
    for (unsigned i = 0; i < a->nr_rdms; i++)
        if (a->rdm[i].at.start != b->rdm[i].at.start || a->rdm[i].at.end != b->rdm[i].at.end ||
            a->rdm[i].strict != b->rdm[i].strict)
            return false;
    for (unsigned i = 0; i < a->nr_cpuid; i++)
        if (memcmp(&a->cpuid[i], &b->cpuid[i], sizeof a->cpuid[i]) != 0)
            return false;
    if (a->has_e820 && a->e820.nr != b->e820.nr)
        return false;
    for (unsigned i = 0; a->has_e820 && i < a->e820.nr; i++)
        if (a->e820.e[i].at.start != b->e820.e[i].at.start || a->e820.e[i].at.end != b->e820.e[i].at.end ||
            a->e820.e[i].type != b->e820.e[i].type)
            return false;
    return true;
}

bool layout_same(const struct layout *a, const struct layout *b)
{
    return a->type == b->type && a->memory == b->memory && a->maxmem == b->maxmem && a->videoram == b->videoram &&
           a->mmio_hole == b->mmio_hole && a->vcpus == b->vcpus && a->acpi == b->acpi && a->hap == b->hap &&
           a->viridian == b->viridian && a->timer_mode == b->timer_mode && a->vpt_align == b->vpt_align &&
           a->altp2m == b->altp2m && a->tsc_mode == b->tsc_mode && a->itsc == b->itsc && a->nested == b->nested &&
           a->genid == b->genid && a->rdm_boundary == b->rdm_boundary && a->xen_major == b->xen_major &&
           a->xen_minor == b->xen_minor && a->phys_bits == b->phys_bits && a->page_1g == b->page_1g &&
           a->vendor == b->vendor && a->fill == b->fill && a->slack_pages == b->slack_pages &&
           a->pci_bar64 == b->pci_bar64 && a->has_cmos_low_ram == b->has_cmos_low_ram &&
           a->cmos_low_ram == b->cmos_low_ram && a->tpm_version == b->tpm_version && same_devices(&a->dev, &b->dev) &&
           same_lists(a, b) && disks_same(a, b);
}
