/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_hvm_op: the HVM parameters, with Xen's access rules (X:xen/arch/x86/hvm/hvm.c:hvm_allow_*_param). */
#include <string.h>

#include "base/le.h"
#include "xen/lay.h"
#include "xen/private.h"

_Static_assert(HVM_NR_PARAMS <= XEN_HVM_NR_PARAMS_MAX, "struct xen holds all parameters");

#define GUEST_GET 1u
#define GUEST_SET 2u
#define READ_ONLY 4u  /* set: -EEXIST */
#define DEPRECATED 8u /* either way: -EINVAL */

/* <xen/hvm/params.h> names the deprecated ones for Xen and its tools only. */
static const struct {
    uint8_t index, rule;
} rules[] = {
    {HVM_PARAM_CALLBACK_IRQ, GUEST_GET | GUEST_SET},
    {HVM_PARAM_STORE_PFN, GUEST_GET},
    {HVM_PARAM_STORE_EVTCHN, GUEST_GET | GUEST_SET},
    {4, DEPRECATED},  /* PAE_ENABLED */
    {13, DEPRECATED}, /* DM_DOMAIN */
    {HVM_PARAM_VM86_TSS, GUEST_GET | GUEST_SET},
    {HVM_PARAM_CONSOLE_PFN, GUEST_GET},
    {HVM_PARAM_CONSOLE_EVTCHN, GUEST_GET | GUEST_SET},
    {HVM_PARAM_ACPI_IOPORTS_LOCATION, GUEST_GET | GUEST_SET},
    {20, DEPRECATED}, /* MEMORY_EVENT_CR0 */
    {21, DEPRECATED}, /* MEMORY_EVENT_CR3 */
    {22, DEPRECATED}, /* MEMORY_EVENT_CR4 */
    {23, DEPRECATED}, /* MEMORY_EVENT_INT3 */
    {24, DEPRECATED}, /* NESTEDHVM */
    {25, DEPRECATED}, /* MEMORY_EVENT_SINGLE_STEP */
    {26, DEPRECATED}, /* BUFIOREQ_EVTCHN */
    {30, DEPRECATED}, /* MEMORY_EVENT_MSR */
    {HVM_PARAM_VM_GENERATION_ID_ADDR, GUEST_GET | GUEST_SET},
    {HVM_PARAM_ALTP2M, GUEST_GET | READ_ONLY},
    {HVM_PARAM_X87_FIP_WIDTH, GUEST_GET | GUEST_SET},
    {HVM_PARAM_VM86_TSS_SIZED, GUEST_GET | GUEST_SET},
};

#define FOR_HVM 1u
#define FOR_PVH 2u

/* X:tools/libs/guest/xg_dom_x86.c:alloc_magic_pages_hvm, libxl_dom.c:hvm_build_set_params; then hvmloader's own. */
static const struct {
    uint8_t index, type;
    uint64_t value;
} initial[] = {
    {HVM_PARAM_STORE_PFN, FOR_HVM | FOR_PVH, SPECIAL_XENSTORE_PFN},
    {HVM_PARAM_STORE_EVTCHN, FOR_HVM | FOR_PVH, 1},
    {HVM_PARAM_IOREQ_PFN, FOR_HVM, SPECIAL_IOREQ_PFN},
    {HVM_PARAM_BUFIOREQ_PFN, FOR_HVM, SPECIAL_BUFIOREQ_PFN},
    {HVM_PARAM_IDENT_PT, FOR_HVM | FOR_PVH, SPECIAL_IDENT_PT_PFN << PAGE_SHIFT},
    {HVM_PARAM_CONSOLE_PFN, FOR_HVM | FOR_PVH, SPECIAL_CONSOLE_PFN},
    {HVM_PARAM_CONSOLE_EVTCHN, FOR_HVM | FOR_PVH, 2},
    {HVM_PARAM_ACPI_IOPORTS_LOCATION, FOR_HVM, 1},
    {HVM_PARAM_PAGING_RING_PFN, FOR_HVM | FOR_PVH, SPECIAL_PAGING_PFN},
    {HVM_PARAM_MONITOR_RING_PFN, FOR_HVM | FOR_PVH, SPECIAL_ACCESS_PFN},
    {HVM_PARAM_SHARING_RING_PFN, FOR_HVM | FOR_PVH, SPECIAL_SHARING_PFN},
    {HVM_PARAM_IOREQ_SERVER_PFN, FOR_HVM, SPECIAL_IOREQ_SERVER_PFN},
    {HVM_PARAM_NR_IOREQ_SERVER_PAGES, FOR_HVM, SPECIAL_IOREQ_SERVER_PAGES},
    {HVM_PARAM_VM86_TSS_SIZED, FOR_HVM, (uint64_t)HVMLOADER_VM86_TSS_SIZE << 32 | HVMLOADER_VM86_TSS},
};

void hvm_params_init(struct xen *x)
{
    const unsigned here = x->layout->type == GUEST_PVH ? FOR_PVH : FOR_HVM;
    for (size_t i = 0; i < sizeof initial / sizeof initial[0]; i++)
        if ((initial[i].type & here) != 0)
            x->param[initial[i].index] = initial[i].value;
    /* X:libxl_x86.c:libxl__arch_domain_create; no guest may read these, but for ALTP2M. */
    const struct layout *l = x->layout;
    x->param[HVM_PARAM_TIMER_MODE] = l->timer_mode;
    if (l->type == GUEST_HVM) {
        x->param[HVM_PARAM_HPET_ENABLED] = l->dev.hpet;
        x->param[HVM_PARAM_VPT_ALIGN] = l->vpt_align;
        x->param[HVM_PARAM_VIRIDIAN] = l->viridian;
        x->param[HVM_PARAM_ALTP2M] = l->altp2m;
    }
    if (l->type == GUEST_HVM && l->acpi && l->genid)
        x->param[HVM_PARAM_VM_GENERATION_ID_ADDR] = acpi_generation_id_at(x->guest);
    if (!x->layout->acpi) /* hvmloader.c:main sets it where it makes tables */
        x->param[HVM_PARAM_ACPI_IOPORTS_LOCATION] = 0;
}

void hvm_params_before_loader(struct xen *x)
{
    x->param[HVM_PARAM_ACPI_IOPORTS_LOCATION] = 0;
    x->param[HVM_PARAM_VM_GENERATION_ID_ADDR] = 0;
    x->param[HVM_PARAM_VM86_TSS_SIZED] = 0;
}

static int64_t check(uint64_t index, unsigned wanted)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].index != index)
            continue;
        if ((rules[i].rule & DEPRECATED) != 0)
            return -XEN_EINVAL;
        if (wanted == GUEST_SET && (rules[i].rule & READ_ONLY) != 0)
            return -XEN_EEXIST;
        return (rules[i].rule & wanted) != 0 ? 0 : -XEN_EPERM;
    }
    return -XEN_EPERM;
}

int64_t xen_hvm_op(struct xen *x, const struct hypercall *c)
{
    const uint32_t cmd = (uint32_t)c->arg[0];
    if (cmd != HVMOP_get_param && cmd != HVMOP_set_param)
        return -XEN_ENOSYS;
    uint8_t arg[sizeof(struct xen_hvm_param)];
    if (!xen_copy_in(x, c->arg[1], arg, sizeof arg))
        return -XEN_EFAULT;
    const uint32_t index = le32(arg + offsetof(struct xen_hvm_param, index));
    uint8_t *const value = arg + offsetof(struct xen_hvm_param, value);
    if (index >= HVM_NR_PARAMS)
        return -XEN_EINVAL;
    int64_t rc = xen_check_domid(x, le16(arg + offsetof(struct xen_hvm_param, domid)));
    if (rc == 0)
        rc = check(index, cmd == HVMOP_set_param ? GUEST_SET : GUEST_GET);
    if (rc != 0)
        return rc;
    if (cmd == HVMOP_set_param) {
        x->param[index] = le64(value);
        return 0;
    }
    put_le64(value, x->param[index]);
    return xen_copy_out(x, c->arg[1], arg, sizeof arg) ? 0 : -XEN_EFAULT;
}
