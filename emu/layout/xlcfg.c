/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xl's own keys, read as X:tools/xl/xl_parse.c:parse_config_data and
 * X:tools/libs/light/libxl_create.c:libxl__domain_build_info_setdefault do it.
 */
#include <inttypes.h>
#include <string.h>

#include "layout/keys.h"
#include "layout/xlkeys.h"

/* Pages; see docs/layouts.md. */
#define ROM_OF_VGA 16u
#define ROM_OF_NIC 64u

/* MiB; X:libxl_create.c. Without vga= and stdvga= a guest has a Cirrus card. */
static const struct {
    const char *vga;
    long usual, least;
} video_cards[] = {{"none", 0, 0}, {"cirrus", 8, 8}, {"stdvga", 16, 16}, {"qxl", 128, 128}};
#define NR_CARDS (sizeof video_cards / sizeof video_cards[0])

static bool read_text(struct draft *t, const struct key *k, struct diag *d)
{
    return cfg_string(t->f, k->name, (const char **)((char *)t + k->offset), d);
}

static bool read_long(struct draft *t, const struct key *k, struct diag *d)
{
    long *v = (long *)(void *)((char *)t + k->offset);
    *v = ABSENT;
    if (!cfg_long(t->f, k->name, v, d))
        return false;
    bool any = k->min == 0 && k->max == 0;
    if (*v == ABSENT || any || (*v >= 0 && (uint64_t)*v >= k->min && (uint64_t)*v <= k->max))
        return true;
    return cfg_fail(t->f, k->name, d, "%s must be from %" PRIu64 " to %" PRIu64 "%s, not %ld", k->name, k->min, k->max,
                    k->max > MAX_VCPUS ? " (MiB)" : "", *v);
}

#define AT(member) offsetof(struct draft, member)
static const struct key type_keys[] = {
    {.name = "type", .read = read_text, .offset = AT(type)},
    {.name = "builder", .read = read_text, .offset = AT(builder)},
};
static const struct key keys[] = {
    {.name = "memory", .read = read_long, .offset = AT(memory), .min = 1, .max = MAX_MEMORY_MIB},
    {.name = "maxmem", .read = read_long, .offset = AT(maxmem), .min = 1, .max = MAX_MEMORY_MIB},
    {.name = "vcpus", .read = read_long, .offset = AT(vcpus), .min = 1, .max = MAX_VCPUS},
    {.name = "maxvcpus", .read = read_long, .offset = AT(maxvcpus), .min = 1, .max = MAX_VCPUS},
    {.name = "videoram", .read = read_long, .offset = AT(videoram), .min = 0, .max = MAX_MEMORY_MIB},
    {.name = "acpi", .read = read_long, .offset = AT(acpi)},
    {.name = "mmio_hole",
     .read = read_long,
     .offset = AT(mmio_hole),
     .min = MMIO_HOLE_MIN_MIB,
     .max = MMIO_HOLE_MAX_MIB,
     .hvm_only = true},
    {.name = "vga", .read = read_text, .offset = AT(vga), .hvm_only = true},
    {.name = "stdvga", .read = read_long, .offset = AT(stdvga), .hvm_only = true},
};

static bool read_keys(struct draft *t, const struct key *k, size_t n, struct diag *d)
{
    for (; n-- > 0; k++)
        if (!(k->hvm_only && t->l.type != GUEST_HVM) && !k->read(t, k, d))
            return false;
    return true;
}

static bool finish_type(struct draft *t, struct diag *d)
{
    const char *key = t->type != NULL ? "type" : "builder";
    const char *value = t->type != NULL ? t->type : t->builder;
    if (value == NULL)
        return diag_fail(d, t->f->path, 0,
                         "type is missing, and xl then makes a PV guest, which cannot boot OVMF; "
                         "add type=\"hvm\" or type=\"pvh\"");
    if (strcmp(value, "hvm") == 0)
        t->l.type = GUEST_HVM;
    else if (strcmp(value, "pvh") == 0 && t->type != NULL)
        t->l.type = GUEST_PVH;
    else
        return cfg_fail(t->f, key, d, "%s=\"%.80s\" cannot boot OVMF; say type=\"hvm\" or type=\"pvh\"", key, value);
    if (t->type != NULL && t->builder != NULL && (t->l.type != GUEST_HVM || strcmp(t->builder, "hvm") != 0))
        return cfg_fail(t->f, "builder", d, "builder=\"%.80s\" contradicts type=\"%s\"; remove builder", t->builder,
                        t->type);
    return true;
}

static bool finish_vcpus(struct draft *t, struct diag *d)
{
    long vcpus = t->vcpus != ABSENT ? t->vcpus : 1;
    long max = t->maxvcpus != ABSENT ? t->maxvcpus : vcpus;
    if (max < vcpus)
        return cfg_fail(t->f, "maxvcpus", d, "maxvcpus=%ld is less than vcpus=%ld", max, vcpus);
    t->l.vcpus = (unsigned)max;
    return true;
}

static bool finish_memory(struct draft *t, struct diag *d)
{
    if (t->memory == ABSENT && t->maxmem == ABSENT)
        return diag_fail(d, t->f->path, 0, "memory is missing; add one, such as memory=1024 (MiB)");
    long memory = t->memory != ABSENT ? t->memory : t->maxmem;
    long maxmem = t->maxmem != ABSENT ? t->maxmem : t->memory;
    if (maxmem < memory)
        return cfg_fail(t->f, "maxmem", d, "maxmem=%ld is less than memory=%ld", maxmem, memory);
    t->l.memory = (uint64_t)memory * MIB;
    t->l.maxmem = (uint64_t)maxmem * MIB;
    t->l.mmio_hole = t->mmio_hole != ABSENT ? (uint64_t)t->mmio_hole * MIB : 0;
    return true;
}

static bool finish_video(struct draft *t, struct diag *d)
{
    const char *vga = t->vga != NULL                          ? t->vga
                      : t->l.type != GUEST_HVM                ? "none"
                      : t->stdvga != ABSENT && t->stdvga != 0 ? "stdvga"
                                                              : "cirrus";
    size_t i = 0;
    while (i < NR_CARDS && strcmp(video_cards[i].vga, vga) != 0)
        i++;
    if (i == NR_CARDS)
        return cfg_fail(t->f, "vga", d, "vga must be \"none\", \"cirrus\", \"stdvga\" or \"qxl\", not \"%.80s\"", vga);
    long videoram = t->videoram != ABSENT ? t->videoram : video_cards[i].usual;
    if (videoram < video_cards[i].least)
        return cfg_fail(t->f, "videoram", d, "videoram=%ld is too little; vga=\"%s\" needs %ld (MiB)", videoram, vga,
                        video_cards[i].least);
    t->l.videoram = (uint64_t)videoram * MIB;
    return true;
}

unsigned slack_of_roms(const struct layout *l)
{
    const bool vga = l->type == GUEST_HVM && l->videoram != 0;
    return (vga ? ROM_OF_VGA : 0) + ROM_OF_NIC * l->dev.nics;
}

/* Of more than four cards QEMU cannot get the ROMs' memory, and the guest is not started. */
static bool finish_slack(struct draft *t, struct diag *d)
{
    const unsigned roms = slack_of_roms(&t->l);
    if (t->has_slack)
        return true;
    if (roms > SLACK_WITHOUT_ROMS)
        return cfg_fail(t->f, "vif", d,
                        "the option ROMs of %u emulated network cards need more memory than libxl allows QEMU, so the "
                        "guest would not start; say type=vif for some of them, or give bed_slack_pages",
                        t->l.dev.nics);
    t->l.slack_pages = SLACK_WITHOUT_ROMS - roms;
    return true;
}

void paging_follows(struct layout *l)
{
    if (l->hap)
        return;
    l->page_1g = false;
    if (l->phys_bits > 44 && (l->xen_major > 4 || l->xen_minor >= 16))
        l->phys_bits = 44;
}

/* What can be said against the whole before an image is known. */
static bool check_whole(const struct draft *t, struct diag *d)
{
    struct guest_memory g;
    if (layout_resolve(&t->l, MIB, &g, d))
        return true;
    if (d != NULL)
        d->line = cfg_line(t->f, t->maxmem != ABSENT ? "maxmem" : "memory");
    return false;
}

void layout_default(struct layout *l)
{
    *l = (struct layout){
        .type = GUEST_HVM,
        .memory = GIB,
        .maxmem = GIB,
        .vcpus = 1,
        .acpi = true,
        .hap = true,
        .dev = {.acpi_s3 = true, .acpi_s4 = true, .apic = true, .hpet = true, .platform = true, .nics = 1},
        .timer_mode = 1, /* no_delay_for_missed_ticks */
        .vpt_align = true,
        .rdm_boundary = 2 * GIB,
        .xen_major = 4,
        .xen_minor = 17,
        .phys_bits = 40,
        .page_1g = true,
        .vendor = VENDOR_INTEL,
        .slack_pages = SLACK_AMPLE,
    };
}

static bool read_all(struct draft *t, struct diag *d)
{
    if (!read_keys(t, type_keys, sizeof type_keys / sizeof type_keys[0], d) || !finish_type(t, d) ||
        !read_keys(t, keys, sizeof keys / sizeof keys[0], d))
        return false;
    t->l.acpi = t->acpi == ABSENT || t->acpi != 0;
    if (!finish_vcpus(t, d) || !finish_memory(t, d) || !finish_video(t, d) || !guest_keys_read(t, d) ||
        !bed_keys_read(t, d) || !cpuid_key_read(t, d) || !rdm_keys_read(t, d) || !disk_key_read(t, d) ||
        !finish_slack(t, d))
        return false;
    paging_follows(&t->l);
    xl_keys_note(t);
    return check_whole(t, d);
}

/* A message quotes the file; what is not printable in it must not reach a terminal. */
static void make_plain(char *c)
{
    for (; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static bool fail_plain(struct diag *d)
{
    if (d != NULL)
        make_plain(d->message);
    return false;
}

static void find_lines(struct draft *t)
{
    struct layout_lines *at = &t->at;
    at->memory = cfg_line(t->f, t->maxmem != ABSENT ? "maxmem" : "memory");
    at->vcpus = cfg_line(t->f, t->maxvcpus != ABSENT && t->maxvcpus > t->vcpus ? "maxvcpus" : "vcpus");
    at->phys_bits = cfg_line(t->f, "bed_phys_bits");
    at->cmos_low_ram = cfg_line(t->f, "bed_cmos_low_ram");
    at->fill = cfg_line(t->f, "bed_fill");
    at->e820 = cfg_line(t->f, "bed_e820");
    for (unsigned i = 0; i < at->nr_notes; i++)
        make_plain(at->note[i].text);
}

bool layout_read(const char *path, struct layout *l, struct diag *d)
{
    return layout_read_lines(path, l, NULL, d);
}

/* Makes a layout of an open file, and closes it. */
static bool make(struct cfgfile *f, struct layout *l, struct layout_lines *at, struct diag *d)
{
    struct draft t = {.f = f, .mmio_hole = ABSENT, .stdvga = ABSENT};
    layout_default(&t.l);
    (void)snprintf(t.l.path, sizeof t.l.path, "%s", f->path);
    bool ok = read_all(&t, d);
    if (ok && at != NULL) {
        find_lines(&t);
        *at = t.at;
    }
    cfg_close(f);
    if (!ok)
        return fail_plain(d);
    *l = t.l;
    return true;
}

bool layout_read_lines(const char *path, struct layout *l, struct layout_lines *at, struct diag *d)
{
    struct cfgfile f;
    return cfg_open(&f, path, d) ? make(&f, l, at, d) : fail_plain(d);
}

bool layout_read_text(const char *name, const char *text, struct layout *l, struct layout_lines *at, struct diag *d)
{
    struct cfgfile f;
    return cfg_open_text(&f, name, text, d) ? make(&f, l, at, d) : fail_plain(d);
}
