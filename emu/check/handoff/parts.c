/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list itself, and what it says about PEI memory, the stack, the processor and firmware volumes. */
#include "base/le.h"
#include "check/handoff/handoff.h"

static struct span from(uint64_t gpa, uint64_t size)
{
    return (struct span){gpa, gpa + size};
}

void check_hob_list(struct view *v)
{
    const struct hob_list *l = v->hobs;
    if (l->damage != NULL)
        handoff_tell(v, RULE_HOB_LIST, NULL, from(l->damage_at, HOB_HEADER_SIZE), "HOB %zu at %#llx: %s", l->nr,
                     (unsigned long long)l->damage_at, l->damage);
    for (size_t i = 0; i < l->nr; i++)
        if (l->h[i].wraps)
            handoff_tell(v, RULE_HOB_LIST, &l->h[i], l->h[i].range, "its range goes beyond 64 bits");
}

void check_hob_memory(struct view *v)
{
    const struct hob *h = &v->hobs->h[0];
    const struct hob_phit *p = &h->phit;
    const struct span all = {p->memory_bottom, p->memory_top};
    if (p->memory_bottom > p->free_bottom || p->free_bottom > p->free_top || p->free_top > p->memory_top ||
        p->memory_bottom == p->memory_top) {
        handoff_tell(v, RULE_HOB_MEMORY, h, from(h->at, h->size), "its addresses are not in order");
        return;
    }
    const struct hob *ram = hob_ram_around(v, all);
    if (ram == NULL)
        handoff_tell(v, RULE_HOB_MEMORY, h, all, "no HOB declares all of PEI's memory as RAM");
    else if ((ram->attributes & HOB_ATTRIBUTE_TESTED) == 0)
        handoff_tell(v, RULE_HOB_MEMORY, h, all, "PEI's memory is in RAM that is not declared as tested");
    if (h->at < p->memory_bottom || p->end + HOB_HEADER_SIZE > p->free_bottom)
        handoff_tell(v, RULE_HOB_MEMORY, h, (struct span){h->at, p->end + HOB_HEADER_SIZE},
                     "the list itself lies outside what PEI has used of its memory");
}

void check_hob_stack(struct view *v)
{
    const struct hob *h = hob_find(v->hobs, HOB_ALLOCATION, &hob_guid_stack);
    const uint64_t rsp = v->regs.gpr[CPU_RSP];
    if (h == NULL)
        handoff_tell(v, RULE_HOB_STACK, NULL, from(rsp, 8), "no HOB says where the stack is; RSP is %#llx",
                     (unsigned long long)rsp);
    else if (rsp <= h->range.start || rsp > h->range.end)
        handoff_tell(v, RULE_HOB_STACK, h, from(rsp, 8), "RSP is %#llx", (unsigned long long)rsp);
}

static void check_width(struct view *v, const struct hob *h)
{
    uint32_t leaf[4] = {0};
    xen_cpuid(&v->m->xen, 0x80000008, 0, leaf);
    unsigned bits = leaf[0] & 0xFF;
    if (bits > 48) /* E:OvmfPkg/XenPlatformPei/MemDetect.c: more needs five levels of page tables */
        bits = 48;
    const uint64_t told = 1ULL << (h->mem_bits & 63u), real = 1ULL << bits;
    if (h->mem_bits > bits)
        handoff_tell(v, RULE_HOB_CPU, h, (struct span){real, told}, "the processor has only %u", bits);
    else if (h->mem_bits < bits)
        handoff_tell(v, RULE_HOB_CPU_NARROW, h, (struct span){told, real}, "the processor has %u", bits);
}

void check_hob_cpu(struct view *v)
{
    const struct hob *h = hob_find(v->hobs, HOB_CPU, NULL);
    if (h == NULL) {
        handoff_tell(v, RULE_HOB_CPU, NULL, from(v->mon->v->hob_list, 0), "there is no CPU HOB");
        return;
    }
    check_width(v, h);
    const uint64_t end = h->mem_bits < 64 ? 1ULL << h->mem_bits : UINT64_MAX;
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *r = &v->hobs->h[i];
        bool io = r->kind == HOB_RESOURCE_IO || r->kind == HOB_RESOURCE_IO_RESERVED;
        if (r->type == HOB_RESOURCE && r->range.end > (io ? 1ULL << (h->io_bits & 31u) : end))
            handoff_tell(v, RULE_HOB_CPU, r, r->range, "it ends beyond the CPU HOB's %u bits",
                         io ? h->io_bits : h->mem_bits);
    }
}

/* EFI_FIRMWARE_VOLUME_HEADER, PI specification 1.7, volume 3, 3.2.1. */
enum { FV_LENGTH = 32, FV_SIGNATURE = 40, FV_HEADER_LENGTH = 48, FV_HEADER_MIN = 64, FV_HEADER_MAX = 4096 };

/* What is wrong with the volume in @at, NULL for nothing. */
static const char *volume_fault(const struct view *v, struct span at)
{
    uint8_t h[FV_HEADER_MAX];
    const struct memory *mem = &v->m->memory;
    if (span_size(at) < FV_HEADER_MIN || !memory_read(mem, at.start, h, FV_HEADER_MIN))
        return "no RAM is there";
    if (le32(h + FV_SIGNATURE) != 0x4856465Fu) /* _FVH */
        return "no volume is there";
    const unsigned size = le16(h + FV_HEADER_LENGTH);
    if (size < FV_HEADER_MIN || size > FV_HEADER_MAX || size % 2 != 0 || !memory_read(mem, at.start, h, size))
        return "the volume's header has a bad length";
    uint16_t sum = 0;
    for (unsigned i = 0; i < size; i += 2)
        sum = (uint16_t)(sum + le16(h + i));
    if (sum != 0)
        return "the checksum of the volume's header is wrong";
    return le64(h + FV_LENGTH) != span_size(at) ? "the volume has another length" : NULL;
}

/* Is there one, sound or not? Then what is wrong is not the HOB. */
static bool is_volume(const struct view *v, struct span at)
{
    uint8_t h[4];
    return memory_read(&v->m->memory, at.start + FV_SIGNATURE, h, sizeof h) && le32(h) == 0x4856465Fu;
}

void check_hob_volume(struct view *v)
{
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (h->type != HOB_FV && h->type != HOB_FV2 && h->type != HOB_FV3)
            continue;
        const char *wrong = volume_fault(v, h->range);
        const bool unsound = wrong != NULL;
        if (!unsound && !hob_is_kept(v, h->range))
            wrong = "no allocation keeps it from being used as free RAM";
        if (wrong != NULL && handoff_tell(v, RULE_HOB_VOLUME, h, h->range, "%s", wrong) && unsound &&
            is_volume(v, h->range))
            handoff_blame(v, from(h->range.start, FV_HEADER_MIN));
    }
}
