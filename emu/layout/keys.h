/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a layout file as tables: xl's own that concern memory, and the bed's. Private to this folder. */
#ifndef HVMBED_LAYOUT_KEYS_H
#define HVMBED_LAYOUT_KEYS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "layout/cfgfile.h"
#include "layout/layout.h"

#define ABSENT LONG_MIN

/* Of bed_rmrr: memory of the host, and whose. */
#define NO_BDF UINT32_MAX
struct rmrr {
    struct span at;
    uint32_t bdf; /* domain << 16 | bus << 8 | devfn, or NO_BDF */
};

/* A layout in the making: what is done, and xl's settings that depend on each other. Strings belong to @f. */
struct draft {
    struct cfgfile *f;
    struct layout l;
    struct layout_lines at;
    const char *type, *builder, *vga;         /* NULL when absent */
    long memory, maxmem, videoram, mmio_hole; /* MiB, or ABSENT */
    long vcpus, maxvcpus, stdvga, acpi;       /* numbers, or ABSENT */
    bool has_slack;                           /* bed_slack_pages given */
    unsigned nr_rmrrs;
    struct rmrr rmrr[RDM_MAX];
};

/* Adds a note about @key to t->at; what does not fit is dropped. */
void draft_note(struct draft *t, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What xl.cfg(5) calls a boolean; @v keeps what it has when the key is absent. */
bool draft_flag(struct draft *t, const char *key, bool *v, struct diag *d);
/* Is the key there, and neither 0 nor empty? */
bool draft_given(const struct draft *t, const char *key);

#define NAMES_END \
    {             \
        NULL, 0   \
    }
struct name_value {
    const char *name;
    unsigned value;
};
/* A key that takes one of @names or, with @number, the value itself; @v keeps what it has when the key is absent. */
bool draft_choice(struct draft *t, const char *key, const struct name_value *names, bool number, unsigned *v,
                  struct diag *d);

struct key {
    const char *name;
    bool (*read)(struct draft *t, const struct key *k, struct diag *d);
    size_t offset;     /* in struct draft: where a reader of one value puts it */
    uint64_t min, max; /* of a number; both 0 when any will do */
    bool hvm_only;     /* xl ignores such a key in a PVH guest; the bed refuses its own */
};

/* Devices, firmware, tables, timers: what is neither memory nor CPUID. (guestkeys.c) */
bool guest_keys_read(struct draft *t, struct diag *d);
bool viridian_read(struct draft *t, struct diag *d);
/* The key that gives this parameter (nothing for 0); and @v made one that some key gives. */
void viridian_write(uint32_t v, FILE *out);
uint32_t viridian_settle(uint32_t v);
/* After bed_keys_read(): pci=, rdm=, rdm_mem_boundary=, gfx_passthru= into t->l.rdm and t->l.dev.igd. (rdmkeys.c) */
bool rdm_keys_read(struct draft *t, struct diag *d);
bool rmrr_read(struct draft *t, const struct key *k, struct diag *d);
/* After bed_keys_read(): cpuid= into t->l.cpuid, and what else of the layout follows from it. (cpuidkeys.c) */
bool cpuid_key_read(struct draft *t, struct diag *d);

/* disk= into t->l.disk; and the key that gives them again. (diskkeys.c) */
bool disk_key_read(struct draft *t, struct diag *d);
void disks_write(const struct layout *l, FILE *out);
bool disks_same(const struct layout *a, const struct layout *b);

/* The pages that the option ROMs of @l's devices take of libxl's allowance, and what hvmloader gets without
 * bed_slack_pages: see docs/layouts.md. (xlcfg.c) */
unsigned slack_of_roms(const struct layout *l);
#define SLACK_WITHOUT_ROMS 272u

/* What CMOS 34/35 can say, in bytes. */
#define CMOS_LOW_RAM_MIN MIB
#define CMOS_LOW_RAM_MAX (16 * MIB + 0xFFFF * (64 * KIB))

/* X:xl_parse.c compares with HVM_BELOW_4G_MMIO_LENGTH and HVM_BELOW_4G_MMIO_START. */
#define MMIO_HOLE_MIN_MIB 256
#define MMIO_HOLE_MAX_MIB 3840
#define MAX_MEMORY_MIB (16ULL << 20) /* 16 TiB */
#define MAX_VCPUS 128                /* X:xen/include/public/hvm/hvm_info_table.h:HVM_MAX_VCPUS */
#define BOUNDARY_MAX_MIB 4096        /* of rdm_mem_boundary */

/* The oldest 4.x whose guests of this type are modelled. HVM: hvmloader's tables are as they are since 4.7. PVH: since
 * 4.11 (df1ca1dfe2). */
static inline unsigned oldest_xen_minor(enum guest_type t)
{
    return t == GUEST_HVM ? 7 : 11;
}
/* X:xen/arch/x86/include/asm/paging.h:paging_max_paddr_bits; shadow paging has no 1 GiB pages. (xlcfg.c) */
void paging_follows(struct layout *l);
/* What follows from cpuid=; and a static text that says what 64-bit firmware cannot do without, NULL: it is all there.
 * (cpuidkeys.c) */
void cpuid_follows(struct layout *l);
const char *cpuid_lacks(const struct layout *l);

/* "0x100000-0x200000" and so on at *@s, which is moved behind it; hexadecimal. (bedkeys.c) */
bool parse_range(const char **s, uint64_t *start, uint64_t *end);

/* Reads the bed's own keys into t->l; an unknown bed_ key is an error. */
bool bed_keys_read(struct draft *t, struct diag *d);

#endif
