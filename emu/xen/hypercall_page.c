/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall transfer page, stub by stub (X:xen/arch/x86/hvm/vmx/vmx.c and svm/svm.c: init_hypercall_page). */
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

void hypercall_page_fill(uint8_t page[4096], enum cpu_vendor vendor)
{
    for (size_t i = 0; i < HYPERCALL_STUBS; i++) {
        uint8_t *stub = page + i * HYPERCALL_STUB_SIZE;
        if (i == __HYPERVISOR_iret) {
            memcpy(stub, (const uint8_t[]){0x0F, 0x0B}, 2); /* ud2: HVM guests have no iret hypercall */
            continue;
        }
        stub[0] = 0xB8; /* mov $i,%eax */
        put_le32(stub + 1, (uint32_t)i);
        stub[5] = 0x0F;
        stub[6] = 0x01;
        stub[7] = vendor == VENDOR_AMD ? 0xD9 : 0xC1; /* vmmcall, vmcall */
        stub[8] = 0xC3;
    }
}
