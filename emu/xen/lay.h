/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both hand-offs lay into the plan. False with @d: see plan_put(). */
#ifndef HVMBED_XEN_LAY_H
#define HVMBED_XEN_LAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "layout/layout.h"
#include "layout/plan.h"
#include "xen/abi.h"

/* A range whose place does not depend on the guest. */
struct lay_range {
    struct span at;
    enum plan_kind kind;
    enum plan_class cls;
    const char *owner;
};

bool lay(struct plan *p, struct lay_range r, const void *bytes, size_t nbytes, struct diag *d);
/* One page that starts with @bytes and goes on with the pattern @fill. */
bool lay_page(struct plan *p, struct lay_range r, const void *bytes, size_t nbytes, uint64_t fill, struct diag *d);
bool lay_ranges(struct plan *p, const struct lay_range *r, size_t nr, struct diag *d);

/*
 * Lays the E820 over [at.start, at.end), which is all RAM (@populated) or all hole: what the table reserves becomes
 * reserved or preserved and keeps its bytes, RAM that it leaves out is named so. Clipped to the plan.
 */
bool lay_e820(struct plan *p, const struct e820_index *table, struct span at, bool populated, struct diag *d);

/*
 * Page 0, over free RAM: nobody has business there before DXE, which clears it, but SEC, which reads one byte: OvmfXen leaves
 * PcdOvmfWorkAreaBase 0 and looks there for a TDX guest (E:OvmfPkg/Sec/X64/SecEntry.nasm).
 */
bool lay_null_page(struct plan *p, struct diag *d);

/* Xen's special pages; with the extra ioreq-server pages that a guest with a device model has. */
bool lay_special_pages(struct plan *p, bool ioreq_server, struct diag *d);
/* The pages of the xenstore and console rings, which are part of those. */
bool lay_rings(struct plan *p, struct diag *d);

/*
 * The ACPI info page, tables and RSDP. HVM: the RSDP lies in low memory. PVH: in a page of its own behind the tables.
 * *@rsdp_gpa: where. (acpi.c)
 */
bool lay_acpi(struct plan *p, const struct layout *l, const struct guest_memory *g, uint64_t *rsdp_gpa, struct diag *d);
/* HVM, ms_vm_genid: where the 16 bytes of the generation id are, in the tables' last page. (acpi.c) */
uint64_t acpi_generation_id_at(const struct guest_memory *g);
/* HVM: the SMBIOS entry point and tables. (smbios.c) */
struct smbios {
    uint8_t bytes[HVMLOADER_SMBIOS_END - HVMLOADER_SMBIOS];
    size_t used, largest; /* bytes; of one structure, with its strings */
    unsigned count;       /* of structures */
    bool full;
};
bool smbios_build(struct smbios *b, const struct layout *l, const struct guest_memory *g, struct diag *d);
bool lay_smbios(struct plan *p, const struct smbios *b, struct diag *d);
/* Its tables once more, where hvmloader made them: stale. */
bool lay_smbios_scratch(struct plan *p, const struct smbios *b, struct diag *d);
/* HVM: what else hvmloader leaves. Stale content is free RAM and comes before the E820's rules are laid, live content
 * and that of reserved pages after them. (hvmloader.c) */
bool lay_hvmloader_stale(struct plan *p, const struct layout *l, const struct guest_memory *g, struct diag *d);
bool lay_hvmloader_reserved(struct plan *p, struct diag *d);
bool lay_hvmloader_live(struct plan *p, const struct layout *l, const struct guest_memory *g, struct diag *d);

/* The characters of @s, without the zero at its end: signatures and padded names. */
static inline void lay_text(uint8_t *p, const char *s)
{
    while (*s != '\0')
        *p++ = (uint8_t)*s++;
}

/* The byte that makes @n bytes at @p sum up to 0, when it replaces a zero among them. */
uint8_t lay_checksum(const uint8_t *p, size_t n);

#endif
