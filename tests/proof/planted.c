/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Are faults found in what real firmware leaves? Boots an image once; at the hand-off, or when it is ready to boot, for each
 * fault of the table a child process changes the guest as that fault would have, lets the checks look, and prints what
 * they say.
 * Usage: planted LAYOUT HANDOFF FIRMWARE [ready-to-boot]; "FAULT<tab>RULE<tab>TEXT" a line, RULE "-" where the image has
 * nothing to plant that fault in. Exit 0 when it came so far.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/le.h"
#include "check/monitor.h"
#include "dxe/tables.h"
#include "machine/machine.h"

struct bed {
    struct monitor monitor; /* first: a pointer to it is what the machine gives its watcher */
    struct layout layout;
    struct guest_memory guest;
    struct image image;
    struct plan plan;
    struct machine machine;
    struct verdict verdict;
    const struct machine_watcher *checks; /* the monitor's own */
    bool late;                            /* ready to boot, not the hand-off */
    bool arrived;
    struct efi_map map; /* for finding descriptors */
};

/* --- finding HOBs in the guest ------------------------------------------------------------------------------------ */

static bool read_guest(const void *self, uint64_t gpa, void *dst, size_t n)
{
    return memory_read(self, gpa, dst, n);
}

/* gpa of the first HOB for which @is is true, 0 for none. */
static uint64_t find(struct bed *b, bool (*is)(const struct bed *b, const struct hob *h))
{
    const struct hob_reader r = {read_guest, &b->machine.memory};
    struct hob_list l = {0};
    uint64_t at = 0;
    if (hob_list_read(&r, b->verdict.hob_list, LIMIT_HOBS_DEFAULT, &l))
        for (size_t i = 0; i < l.nr && at == 0; i++)
            if (is(b, &l.h[i]))
                at = l.h[i].at;
    hob_list_free(&l);
    return at;
}

static bool is_low_ram(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_RESOURCE && h->kind == HOB_RESOURCE_RAM && h->range.start == MIB;
}
static bool is_io_port(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_RESOURCE && h->kind == HOB_RESOURCE_IO;
}
static bool is_code(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_ALLOCATION && h->kind == 3 && h->entry == 0;
}
static bool is_stack(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_ALLOCATION && guid_equal(&h->guid, &hob_guid_stack);
}
static bool is_table_pool(const struct bed *b, const struct hob *h)
{
    struct paging p;
    machine_paging(&b->machine, &p);
    return h->type == HOB_ALLOCATION && span_has(h->range, page_down(p.cr3));
}
static bool is_cpu(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_CPU;
}
static bool is_pcd(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_GUID && guid_equal(&h->guid, &hob_guid_pcd_database);
}
static bool is_xen(const struct bed *b, const struct hob *h)
{
    (void)b;
    return h->type == HOB_GUID && guid_equal(&h->guid, &hob_guid_xen_info);
}

static bool put64(struct bed *b, uint64_t gpa, uint64_t v)
{
    uint8_t raw[8];
    put_le64(raw, v);
    return gpa > 64 && memory_write(&b->machine.memory, gpa, raw, sizeof raw);
}
static bool put32(struct bed *b, uint64_t gpa, uint32_t v)
{
    uint8_t raw[4];
    put_le32(raw, v);
    return gpa > 64 && memory_write(&b->machine.memory, gpa, raw, sizeof raw);
}
/* The byte at @gpa becomes another. */
static bool flip(struct bed *b, uint64_t gpa)
{
    uint8_t v;
    if (!memory_read(&b->machine.memory, gpa, &v, 1))
        return false;
    v ^= 0x55;
    return memory_write(&b->machine.memory, gpa, &v, 1);
}
static bool resource(struct bed *b, uint64_t hob, uint32_t kind, uint64_t start, uint64_t size)
{
    return hob != 0 && put32(b, hob + 24, kind) && put64(b, hob + 32, start) && put64(b, hob + 40, size);
}

/* --- the faults --------------------------------------------------------------------------------------------------- */

static bool nothing(struct bed *b)
{
    (void)b;
    return true;
}
static bool acpi_as_ram(struct bed *b)
{
    return resource(b, find(b, is_io_port), HOB_RESOURCE_RAM, 0xFC000000, 0x1000);
}
static bool ram_too_large(struct bed *b)
{
    return resource(b, find(b, is_low_ram), HOB_RESOURCE_RAM, MIB, b->guest.low_end - MIB + PAGE_SIZE);
}
static bool ram_too_small(struct bed *b)
{
    return resource(b, find(b, is_low_ram), HOB_RESOURCE_RAM, MIB, b->guest.low_end - MIB - 0x20000);
}
static bool memory_over_top(struct bed *b)
{
    return put64(b, b->verdict.hob_list + 16, b->guest.low_end + 0x10000);
}
static bool overlapping(struct bed *b)
{
    const uint64_t hob = find(b, is_code);
    uint8_t raw[8];
    return hob != 0 && memory_read(&b->machine.memory, hob + 24, raw, 8) && put64(b, hob + 24, le64(raw) - PAGE_SIZE);
}
static bool allocated_outside(struct bed *b)
{
    return put64(b, find(b, is_code) + 24, b->guest.low_end);
}
static bool list_cut(struct bed *b)
{
    return put32(b, find(b, is_cpu), HOB_CPU);
}
static bool stack_moved(struct bed *b)
{
    const uint64_t hob = find(b, is_stack);
    return hob != 0 && put64(b, hob + 8, 0);
}
static bool cpu_wide(struct bed *b)
{
    return put32(b, find(b, is_cpu) + 8, 0x1034);
}
static bool volume_damaged(struct bed *b)
{
    return flip(b, 0x900000 + 50);
}
static bool volume_changed(struct bed *b)
{
    return flip(b, 0x980000);
}
static bool other_xen(struct bed *b)
{
    const uint64_t hob = find(b, is_xen);
    return hob != 0 && flip(b, hob + 24 + 8) && flip(b, hob + 24);
}
static bool slow_clock(struct bed *b)
{
    const uint64_t hob = find(b, is_pcd);
    uint8_t raw[4];
    for (uint64_t at = hob + 24; hob != 0 && at < hob + 400; at += 4)
        if (memory_read(&b->machine.memory, at, raw, 4) && le32(raw) > 99000000 && le32(raw) < 101000000)
            return put32(b, at, 10000000);
    return false;
}
static bool acpi_altered(struct bed *b)
{
    return flip(b, 0xFC001040);
}
static bool rsdp_altered(struct bed *b)
{
    return flip(b, 0xEA024);
}
static bool image_altered(struct bed *b)
{
    return flip(b, b->guest.image.end - 0x100);
}
static bool ring_altered(struct bed *b)
{
    return flip(b, 0xFEFFF800);
}
static bool low_altered(struct bed *b)
{
    return flip(b, 0x9F000);
}
/* In the table that CR3 leads to first: entry 511 maps what no processor of this guest can address. */
static bool table_entry(struct bed *b, unsigned i, uint64_t entry)
{
    struct paging p;
    uint8_t raw[8];
    machine_paging(&b->machine, &p);
    return memory_read(&b->machine.memory, page_down(p.cr3), raw, 8) &&
           put64(b, (le64(raw) & 0xffffffffff000) + (uint64_t)8 * i, entry);
}
static bool table_wide(struct bed *b)
{
    return table_entry(b, 511, 0x83 | 1ULL << b->layout.phys_bits);
}
static bool table_elsewhere(struct bed *b)
{
    return table_entry(b, 511, 0x83);
}
static bool table_short(struct bed *b)
{
    return table_entry(b, 0, 0);
}
static bool table_free(struct bed *b)
{
    const uint64_t hob = find(b, is_table_pool);
    return hob != 0 && put32(b, hob + 40, HOB_MEMORY_FREE);
}

/* --- faults in what the DXE core keeps ---------------------------------------------------------------------------- */

static bool read_gva(const void *self, uint64_t gva, void *dst, size_t n)
{
    return machine_read(self, gva, dst, n);
}
static struct efi_reader reader(const struct bed *b)
{
    return (struct efi_reader){read_gva, &b->machine};
}
/* Addresses are their own in DXE. The descriptor of the memory map, or of the GCD, that holds @gpa; 0 for none. */
static uint64_t descriptor(struct bed *b, bool gcd, uint64_t gpa)
{
    const struct efi_reader r = reader(b);
    const struct efi_lists *l = &b->monitor.dxe->lists;
    const struct efi_range *found =
        (gcd ? efi_core_gcd_read : efi_core_map_read)(&r, l, &b->map) ? efi_map_at(&b->map, gpa) : NULL;
    return found != NULL ? found->bytes.start : 0;
}
static bool move64(struct bed *b, uint64_t gpa, uint64_t by)
{
    uint8_t raw[8];
    return gpa > 64 && memory_read(&b->machine.memory, gpa, raw, sizeof raw) && put64(b, gpa, le64(raw) + by);
}
static uint64_t handed_on(struct bed *b, const struct guid *g)
{
    static struct efi_configuration c;
    const struct efi_reader r = reader(b);
    efi_configuration_read(&r, b->monitor.dxe->system, &c);
    return efi_configuration_table(&c, g);
}

static bool free_over_top(struct bed *b)
{
    return move64(b, descriptor(b, false, b->guest.low_end - 1) + 0x28, PAGE_SIZE);
}
static bool page_lost(struct bed *b)
{
    return move64(b, descriptor(b, false, MIB) + 0x20, PAGE_SIZE);
}
static bool page_twice(struct bed *b)
{
    return move64(b, descriptor(b, false, 0x806000) + 0x20, (uint64_t)0 - PAGE_SIZE);
}
static bool map_link(struct bed *b)
{
    return put64(b, descriptor(b, false, MIB) + 8, b->monitor.dxe->system);
}
static bool gcd_reserved_as_ram(struct bed *b)
{
    const uint64_t d = descriptor(b, true, 0xFD000000);
    return d != 0 && put32(b, d + 0x38, GCD_RAM);
}
static bool gcd_ram_as_mmio(struct bed *b)
{
    const uint64_t d = descriptor(b, true, MIB);
    return d != 0 && put32(b, d + 0x38, GCD_MMIO);
}
static bool gcd_gap(struct bed *b)
{
    const uint64_t d = descriptor(b, true, 0xFD000000);
    return d != 0 && move64(b, d + 0x18, PAGE_SIZE);
}
static bool tables_freed(struct bed *b)
{
    struct paging p;
    machine_paging(&b->machine, &p);
    const uint64_t d = descriptor(b, false, page_down(p.cr3));
    return d != 0 && put32(b, d + 0x1c, EFI_CONVENTIONAL);
}
static bool services_changed(struct bed *b)
{
    return flip(b, b->monitor.dxe->boot + 0x140);
}
static bool rsdp_flipped(struct bed *b)
{
    const uint64_t rsdp = handed_on(b, &efi_acpi_guid);
    return rsdp != 0 && flip(b, rsdp + 10);
}
static bool smbios_flipped(struct bed *b)
{
    const uint64_t entry = handed_on(b, &efi_smbios_guid);
    return entry != 0 && flip(b, entry + 8);
}
static bool info_altered(struct bed *b)
{
    return flip(b, 0xFC000008);
}

static const struct {
    const char *name;
    bool (*plant)(struct bed *b);
} late_faults[] =
    {
        {"none", nothing},
        {"free-over-top", free_over_top},
        {"page-lost", page_lost},
        {"page-twice", page_twice},
        {"map-link", map_link},
        {"gcd-reserved-as-ram", gcd_reserved_as_ram},
        {"gcd-ram-as-mmio", gcd_ram_as_mmio},
        {"gcd-gap", gcd_gap},
        {"tables-freed", tables_freed},
        {"services-changed", services_changed},
        {"rsdp-flipped", rsdp_flipped},
        {"smbios-flipped", smbios_flipped},
        {"info-altered", info_altered},
        {"late-image-altered", image_altered},
},
  faults[] = {
      {"none", nothing},
      {"acpi-as-ram", acpi_as_ram},
      {"ram-too-large", ram_too_large},
      {"ram-too-small", ram_too_small},
      {"memory-over-top", memory_over_top},
      {"overlapping", overlapping},
      {"allocated-outside", allocated_outside},
      {"list-cut", list_cut},
      {"stack-moved", stack_moved},
      {"cpu-wide", cpu_wide},
      {"volume-damaged", volume_damaged},
      {"volume-changed", volume_changed},
      {"other-xen", other_xen},
      {"slow-clock", slow_clock},
      {"acpi-altered", acpi_altered},
      {"rsdp-altered", rsdp_altered},
      {"image-altered", image_altered},
      {"ring-altered", ring_altered},
      {"low-altered", low_altered},
      {"table-wide", table_wide},
      {"table-elsewhere", table_elsewhere},
      {"table-short", table_short},
      {"table-free", table_free},
};

/* --- the boot ----------------------------------------------------------------------------------------------------- */

static void print_findings(const struct bed *b, const char *fault)
{
    const struct findings *list = &b->verdict.findings;
    for (size_t i = 0; i < list->nr; i++)
        if (list->f[i].phase == PHASE_DXE)
            printf("%s\t%s\t%s\n", fault, rules[list->f[i].rule].name, list->f[i].text);
}

static void on_paused(void *self)
{
    struct bed *b = self;
    b->arrived = b->verdict.ending == (b->late ? END_REACHED : END_HANDOFF) && b->machine.stopping;
    const size_t nr = b->late ? sizeof late_faults / sizeof late_faults[0] : sizeof faults / sizeof faults[0];
    for (size_t i = 0; b->arrived && i < nr; i++) {
        const char *name = b->late ? late_faults[i].name : faults[i].name;
        (void)fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            if (!(b->late ? late_faults[i].plant : faults[i].plant)(b))
                printf("%s\t-\tnothing to plant it in\n", name);
            else
                b->checks->paused(&b->monitor);
            print_findings(b, name);
            (void)fflush(stdout);
            _exit(0);
        }
        int status = 1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            printf("%s\t?\tthe checks failed\n", name);
    }
    b->checks->paused(&b->monitor);
}

static bool boot(struct bed *b, char **argv, struct diag *d)
{
    struct cpu_entry entry = {0};
    struct monitor_options options;
    const struct handoff *h = handoff_find(argv[2]);
    if (h == NULL || h->first_stage)
        return diag_fail(d, argv[2], 0, "not a hand-off that plants can be made for");
    if (!layout_read(argv[1], &b->layout, d) || !image_load(argv[3], &b->image, d) ||
        !layout_resolve(&b->layout, b->image.size, &b->guest, d))
        return false;
    plan_init(&b->plan, guest_top(&b->guest));
    if (!h->plan(&b->layout, &b->guest, &b->image, &b->plan, &entry, d) || !plan_seal(&b->plan, d) ||
        !machine_init(&b->machine, &b->layout, &b->guest, &b->plan, &entry, true, false, d))
        return false;
    monitor_defaults(&options);
    if (b->late && !until_parse("ready-to-boot", &options.until))
        return diag_fail(d, "ready-to-boot", 0, "no such place");
    monitor_init(&b->monitor, &b->machine, &options, &b->verdict);
    b->checks = b->machine.watcher;
    struct machine_watcher watcher = *b->checks;
    watcher.paused = on_paused;
    b->machine.watcher = &watcher;
    monitor_run(&b->monitor);
    return true;
}

int main(int argc, char **argv)
{
    struct diag d = {0};
    struct bed *b = calloc(1, sizeof *b);
    if ((argc != 4 && (argc != 5 || strcmp(argv[4], "ready-to-boot") != 0)) || b == NULL) {
        (void)fprintf(stderr, "usage: planted LAYOUT HANDOFF FIRMWARE [ready-to-boot]\n");
        free(b);
        return 2;
    }
    b->late = argc == 5;
    if (boot(b, argv, &d))
        machine_exit(&b->machine);
    else
        (void)fprintf(stderr, "planted: %s: %s\n", d.file, d.message);
    const bool arrived = b->arrived;
    verdict_free(&b->verdict);
    plan_exit(&b->plan);
    image_free(&b->image);
    free(b);
    return arrived ? 0 : 2;
}
