/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X:tools/libs/guest/xg_dom_core.c:xc_dom_alloc_segment, xg_dom_x86.c:bootlate_hvm, vcpu_hvm; xg_dom_hvmloader.c. */
#include "xen/builder.h"

#include <string.h>

#include "base/span.h"
#include "xen/abi.h"
#include "xen/lay.h"

/* The start info's segment: the structure, two module entries, two command lines, the memory map. */
#define MODULES_MAX_HVM 2u
#define COMMAND_LINE_SIZE 1024u /* MAX_GUEST_CMDLINE */
#define MODLIST_AT sizeof(struct hvm_start_info)
#define CMDLINE_AT (MODLIST_AT + MODULES_MAX_HVM * sizeof(struct hvm_modlist_entry))
#define MEMMAP_AT (CMDLINE_AT + (size_t)MODULES_MAX_HVM * COMMAND_LINE_SIZE)

struct built_ram builder_ram(const struct layout *l, const struct guest_memory *g)
{
    (void)l;
    return (struct built_ram){.low_end = g->built_low, .high_end = g->built_end};
}

void builder_map(const struct guest_memory *g, struct e820_map *m)
{
    m->nr = 0;
    (void)e820_add(m, MIB, g->built_low, E820_TYPE_RAM);
    for (unsigned i = 0; i < g->nr_rdms; i++)
        (void)e820_add(m, g->rdm[i].start, g->rdm[i].end, E820_TYPE_RESERVED);
    (void)e820_add(m, 4 * GIB, g->built_end, E820_TYPE_RAM); /* refused when there is none */
}

static bool put_segments(struct memory *m, const struct loader *loader)
{
    static const uint8_t zeroes[4096];
    for (size_t i = 0; i < loader->nr_segments; i++) {
        const struct loader_segment *s = &loader->segment[i];
        if (!memory_write(m, s->gpa, loader->bytes + s->offset, s->filesz))
            return false;
        for (size_t done = s->filesz, n; done < s->memsz; done += n) {
            n = s->memsz - done < sizeof zeroes ? s->memsz - done : sizeof zeroes;
            if (!memory_write(m, s->gpa + done, zeroes, n))
                return false;
        }
    }
    return true;
}

static bool put_start_info(struct memory *m, uint64_t at, struct span module, const struct guest_memory *g)
{
    static const char command_line[] = "firmware"; /* HVMLOADER_MODULE_NAME of xg_dom_hvmloader.c:modules_init */
    struct e820_map e820;
    struct hvm_memmap_table_entry map[RDM_MAX + 2] = {{0}};
    builder_map(g, &e820);
    for (unsigned i = 0; i < e820.nr; i++)
        map[i] = (struct hvm_memmap_table_entry){
            .addr = e820.e[i].at.start, .size = span_size(e820.e[i].at), .type = e820.e[i].type};
    const struct hvm_start_info info = {
        .magic = XEN_HVM_START_MAGIC_VALUE,
        .version = 1,
        .nr_modules = 1,
        .modlist_paddr = at + MODLIST_AT,
        .memmap_paddr = at + MEMMAP_AT,
        .memmap_entries = e820.nr,
    };
    const struct hvm_modlist_entry entry = {
        .paddr = module.start,
        .size = span_size(module),
        .cmdline_paddr = at + CMDLINE_AT,
    };
    return memory_write(m, at, &info, sizeof info) && memory_write(m, at + MODLIST_AT, &entry, sizeof entry) &&
           memory_write(m, at + CMDLINE_AT, command_line, sizeof command_line) &&
           memory_write(m, at + MEMMAP_AT, map, info.memmap_entries * sizeof map[0]);
}

void builder_hvm_info(uint8_t info[48], const struct layout *l, const struct guest_memory *g)
{
    const struct built_ram ram = builder_ram(l, g);
    struct hvm_info_table t = {
        .signature = "HVM INFO",
        .length = sizeof t,
        .apic_mode = l->dev.apic,
        .nr_vcpus = l->vcpus,
        .low_mem_pgend = (uint32_t)(ram.low_end >> PAGE_SHIFT),
        .reserved_mem_pgstart = (uint32_t)SPECIAL_IOREQ_SERVER_PFN,
        .high_mem_pgend = (uint32_t)(ram.high_end >> PAGE_SHIFT),
    };
    for (unsigned i = 0; i < l->vcpus && i < HVM_MAX_VCPUS; i++)
        t.vcpu_online[i / 8] = (uint8_t)(t.vcpu_online[i / 8] | 1u << (i % 8));
    memcpy(info, &t, sizeof t);
    info[offsetof(struct hvm_info_table, checksum)] = lay_checksum(info, sizeof t);
}

static bool put_hvm_info(struct memory *m, const struct layout *l, const struct guest_memory *g)
{
    uint8_t info[sizeof(struct hvm_info_table)];
    builder_hvm_info(info, l, g);
    return memory_write(m, HVM_INFO_PADDR, info, sizeof info);
}

/* Consecutive segments on page boundaries: loader, firmware, start info. */
static struct span module_at(const struct loader *loader, const struct image *firmware)
{
    const uint64_t at = page_up(loader->at.end);
    return (struct span){at, at + firmware->size};
}

void builder_entry(const struct loader *loader, const struct image *firmware, struct cpu_entry *entry)
{
    *entry = (struct cpu_entry){
        .mode = ENTRY_FLAT32,
        .eip = loader->entry,
        .ebx = (uint32_t)page_up(module_at(loader, firmware).end),
    };
}

bool builder_fill(struct memory *m, const struct layout *l, const struct guest_memory *g, const struct image *firmware,
                  const struct loader *loader, struct diag *d)
{
    const struct span module = module_at(loader, firmware);
    if (put_segments(m, loader) && memory_write(m, module.start, firmware->bytes, firmware->size) &&
        put_start_info(m, page_up(module.end), module, g) && put_hvm_info(m, l, g))
        return true;
    return diag_fail(d, loader->path, 0,
                     "the loader, the firmware and the start info do not fit into the guest's RAM below %#llx",
                     (unsigned long long)g->low_end);
}
