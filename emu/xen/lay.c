/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/lay.h"

#include <string.h>

#include "base/le.h"
#include "xen/abi.h"

bool lay(struct plan *p, struct lay_range r, const void *bytes, size_t nbytes, struct diag *d)
{
    return plan_put(p, r.at, r.kind, r.cls, r.owner, bytes, nbytes, d) != NULL;
}

bool lay_page(struct plan *p, struct lay_range r, const void *bytes, size_t nbytes, uint64_t fill, struct diag *d)
{
    uint8_t page[4096];
    for (size_t i = 0; i < sizeof page; i += sizeof fill)
        put_le64(page + i, fill);
    memcpy(page, bytes, nbytes);
    return lay(p, r, page, sizeof page, d);
}

bool lay_ranges(struct plan *p, const struct lay_range *r, size_t nr, struct diag *d)
{
    for (size_t i = 0; i < nr; i++)
        if (!lay(p, r[i], NULL, 0, d))
            return false;
    return true;
}

/* What a type means for memory. RAM that is RAM needs no rule; a hole keeps its class unless it is reserved. */
static const struct {
    uint32_t type;
    enum plan_class cls;
    const char *owner;
} meanings[] = {
    {E820_TYPE_RESERVED, CLASS_RESERVED, "E820 RESERVED"}, {E820_TYPE_ACPI, CLASS_PRESERVED, "E820 ACPI"},
    {E820_TYPE_NVS, CLASS_PRESERVED, "E820 NVS"},          {E820_TYPE_UNUSABLE, CLASS_RESERVED, "E820 UNUSABLE"},
    {E820_TYPE_DISABLED, CLASS_RESERVED, "E820 DISABLED"}, {E820_TYPE_PMEM, CLASS_RESERVED, "E820 PMEM"},
};

static struct lay_range meaning(const struct e820_entry *e, bool populated)
{
    struct lay_range r = {.kind = populated ? PLAN_RAM : PLAN_HOLE};
    if (e == NULL) {
        r.cls = CLASS_FREE;
        r.owner = populated ? "RAM, not in the E820" : NULL;
        return r;
    }
    if (e->type == E820_TYPE_RAM) {
        r.cls = CLASS_HOLE;
        r.owner = populated ? NULL : "E820 RAM, not populated";
        return r;
    }
    r.cls = CLASS_RESERVED;
    r.owner = "E820, unknown type";
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].type == e->type) {
            r.cls = meanings[i].cls;
            r.owner = meanings[i].owner;
        }
    return r;
}

bool lay_e820(struct plan *p, const struct e820_index *table, struct span at, bool populated, struct diag *d)
{
    const uint64_t end = at.end < p->top ? at.end : p->top;
    for (uint64_t gpa = at.start, next; gpa < end; gpa = next) {
        next = end;
        struct lay_range r = meaning(e820_look(table, gpa, &next), populated);
        r.at = (struct span){gpa, next};
        if (r.owner != NULL && !lay(p, r, NULL, 0, d))
            return false;
    }
    return true;
}

bool lay_null_page(struct plan *p, struct diag *d)
{
    const struct lay_range page = {{0, PAGE_SIZE}, PLAN_RAM, CLASS_NULL, "page 0"};
    if (!lay(p, page, NULL, 0, d))
        return false;
    struct plan_range *byte = plan_put(p, (struct span){0, 1}, PLAN_RAM, CLASS_NULL, "page 0", NULL, 0, d);
    if (byte != NULL)
        byte->allow[PHASE_SEC] |= ALLOW_R;
    return byte != NULL;
}

/* X:tools/libs/guest/xg_dom_x86.c:alloc_magic_pages_hvm: one page table directory of 4 MiB identity entries. */
static void identity_page_directory(uint8_t page[4096])
{
    for (size_t i = 0; i < 1024; i++)
        put_le32(page + 4 * i, (uint32_t)(i << 22) | 0xE7); /* present, writable, user, accessed, dirty, 4 MiB */
}

static struct span pfns(uint64_t first, uint64_t end)
{
    return (struct span){first << PAGE_SHIFT, end << PAGE_SHIFT};
}

/* What drivers talk to the toolstack through: DXE's, and nobody's before. */
static bool lay_ring(struct plan *p, uint64_t pfn, const char *owner, struct diag *d)
{
    struct plan_range *r = plan_put(p, pfns(pfn, pfn + 1), PLAN_RAM, CLASS_RESERVED, owner, NULL, 0, d);
    if (r != NULL)
        r->allow[PHASE_DXE] = ALLOW_R | ALLOW_W;
    return r != NULL;
}

bool lay_rings(struct plan *p, struct diag *d)
{
    return lay_ring(p, SPECIAL_XENSTORE_PFN, "xenstore ring", d) && lay_ring(p, SPECIAL_CONSOLE_PFN, "console ring", d);
}

bool lay_special_pages(struct plan *p, bool ioreq_server, struct diag *d)
{
    const struct lay_range extra = {
        pfns(SPECIAL_IOREQ_SERVER_PFN, SPECIAL_IOREQ_SERVER_PFN + SPECIAL_IOREQ_SERVER_PAGES),
        PLAN_RAM,
        CLASS_RESERVED,
        "Xen ioreq server pages",
    };
    const struct lay_range special = {pfns(SPECIAL_PAGING_PFN, SPECIAL_END_PFN), PLAN_RAM, CLASS_RESERVED,
                                      "Xen special pages"};
    const struct lay_range ident = {pfns(SPECIAL_IDENT_PT_PFN, SPECIAL_IDENT_PT_PFN + 1), PLAN_RAM, CLASS_RESERVED,
                                    "Xen identity page directory"};
    uint8_t page[4096];
    identity_page_directory(page);
    return (!ioreq_server || lay(p, extra, NULL, 0, d)) && lay(p, special, NULL, 0, d) &&
           lay(p, ident, page, sizeof page, d) && lay_rings(p, d);
}

uint8_t lay_checksum(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + p[i]);
    return (uint8_t)(0 - sum);
}
