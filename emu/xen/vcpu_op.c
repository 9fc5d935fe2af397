/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_vcpu_op (X:xen/common/domain.c:do_vcpu_op): how hvmloader of 4.19 and later starts the other vCPUs. A
 * start state is checked as in X:xen/arch/x86/hvm/domain.c:arch_set_info_hvm_guest. The engine begins in flat 32-bit
 * mode without paging, as hvmloader asks; other states that Xen would take are -EOPNOTSUPP.
 */
#include "base/le.h"
#include "xen/private.h"

_Static_assert(VCPUS_MAX == HVM_MAX_VCPUS, "there is room for all vCPUs");
_Static_assert(sizeof(struct vcpu_hvm_context) == 128, "vcpu_hvm_context: the same for both callers");

#define CR0_PE 1u
#define CR0_PG 0x80000000u
#define CR0_PE_ET 0x11u /* ET is always set */
#define EFER_LME 0x100u
#define EFER_LMA 0x400u

/* Segment attributes: X:xen/include/public/hvm/hvm_vcpu.h. */
#define AR_TYPE 0xFu
#define AR_ACCESSED 1u
#define AR_S 0x10u
#define AR_DPL 0x60u
#define AR_P 0x80u
#define AR_G 0x800u
#define AR_PAD 0xF000u
#define AR_FLAT_CODE 0xC9Bu
#define AR_FLAT_DATA 0xC93u

enum segment { SEG_CS, SEG_SS, SEG_DS, SEG_ES, SEG_TR };

/* X:domain.c:check_segment. */
static bool segment_ok(enum segment s, uint32_t ar)
{
    if ((ar & AR_PAD) != 0)
        return false;
    if (ar == 0)
        return s == SEG_DS || s == SEG_ES;
    if ((ar & AR_P) == 0 || ((ar & AR_S) != 0) != (s != SEG_TR))
        return false;
    const bool code = (ar & 8) != 0, rw = (ar & 2) != 0;
    switch (s) {
    case SEG_CS:
        return code;
    case SEG_SS:
        return !code && rw;
    case SEG_TR:
        return (ar & AR_TYPE & ~2u) == 9; /* a 32-bit TSS, which becomes busy */
    default:
        return !code || rw;
    }
}

static bool flat(uint32_t base, uint32_t limit, uint32_t ar, uint32_t want)
{
    /* The limit counts bytes here as in the VMCS: with or without the low twelve bits it is all of 4 GiB. */
    return base == 0 && limit >= 0xFFFFF && (ar | AR_ACCESSED) == want;
}

static int64_t check_32(const struct vcpu_hvm_x86_32 *r)
{
    const uint32_t limit = (r->cs_ar & AR_G) != 0 ? r->cs_limit << 12 | 0xFFF : r->cs_limit;
    if (r->pad1 != 0 || r->pad2[0] != 0 || r->pad2[1] != 0 || r->pad2[2] != 0 || !segment_ok(SEG_CS, r->cs_ar) ||
        !segment_ok(SEG_DS, r->ds_ar) || !segment_ok(SEG_SS, r->ss_ar) || !segment_ok(SEG_ES, r->es_ar) ||
        !segment_ok(SEG_TR, r->tr_ar) || r->eip > limit || (r->ss_ar & AR_DPL) != (r->cs_ar & AR_DPL) ||
        (r->ds_ar & AR_DPL) > (r->cs_ar & AR_DPL) || (r->es_ar & AR_DPL) > (r->cs_ar & AR_DPL) ||
        ((r->efer & EFER_LMA) != 0 && (r->efer & EFER_LME) == 0))
        return -XEN_EINVAL;
    if ((r->cr0 | CR0_PE_ET) != CR0_PE_ET || (r->cr0 & CR0_PE) == 0 || r->cr3 != 0 || r->cr4 != 0 || r->efer != 0 ||
        !flat(r->cs_base, r->cs_limit, r->cs_ar, AR_FLAT_CODE) ||
        !flat(r->ss_base, r->ss_limit, r->ss_ar, AR_FLAT_DATA) ||
        !flat(r->ds_base, r->ds_limit, r->ds_ar, AR_FLAT_DATA) ||
        !flat(r->es_base, r->es_limit, r->es_ar, AR_FLAT_DATA))
        return -XEN_EOPNOTSUPP;
    return 0;
}

static int64_t check_64(const struct vcpu_hvm_x86_64 *r)
{
    const int64_t sign = (int64_t)r->rip >> 47;
    if ((sign != 0 && sign != -1) || (r->cr0 & CR0_PG) == 0 || (r->cr4 & 0x20) == 0 || (r->efer & EFER_LME) == 0)
        return -XEN_EINVAL;
    return -XEN_EOPNOTSUPP;
}

static int64_t initialise(struct xen *x, unsigned id, uint64_t gva)
{
    struct vcpu_hvm_context c;
    if (!xen_copy_in(x, gva, &c, sizeof c))
        return -XEN_EFAULT;
    if (x->vcpus->v[id].state != VCPU_ABSENT)
        return -XEN_EEXIST;
    if (c.mode > VCPU_HVM_MODE_64B || c.pad != 0)
        return -XEN_EINVAL;
    if (c.mode == VCPU_HVM_MODE_64B)
        return check_64(&c.cpu_regs.x86_64);
    const struct vcpu_hvm_x86_32 *r = &c.cpu_regs.x86_32;
    const int64_t wrong = check_32(r);
    if (wrong != 0)
        return wrong;
    const struct cpu_entry entry = {
        .mode = ENTRY_FLAT32,
        .eip = r->eip,
        .eax = r->eax,
        .ecx = r->ecx,
        .edx = r->edx,
        .ebx = r->ebx,
        .esp = r->esp,
        .ebp = r->ebp,
        .esi = r->esi,
        .edi = r->edi,
        .eflags = r->eflags,
    };
    vcpus_prepare(x->vcpus, id, &entry);
    return 0;
}

static int64_t down(struct xen *x, unsigned id)
{
    const bool self = x->vcpus->v[id].state == VCPU_UP;
    if (vcpus_online(x->vcpus) - self == 0)
        x->shutdown = SHUTDOWN_OFF;
    else
        vcpus_down(x->vcpus, id);
    return 0;
}

int64_t xen_vcpu_op(struct xen *x, const struct hypercall *c)
{
    const unsigned id = (uint32_t)c->arg[1];
    if (id >= x->vcpus->nr)
        return -XEN_ENOENT;
    switch ((uint32_t)c->arg[0]) {
    case VCPUOP_initialise:
        return initialise(x, id, c->arg[2]);
    case VCPUOP_up:
        if (x->vcpus->v[id].state == VCPU_ABSENT)
            return -XEN_EINVAL;
        vcpus_up(x->vcpus, id);
        return 0;
    case VCPUOP_down:
        return down(x, id);
    case VCPUOP_is_up:
        return x->vcpus->v[id].state == VCPU_UP;
    default:
        return -XEN_ENOSYS;
    }
}
