/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the DXE core keeps in memory, read from outside: the system table, and the handle database of
 * E:MdeModulePkg/Core/Dxe/Hand/Handle.h, which has not changed since 2006. Guest bytes are hostile: everything is
 * bounded, nothing is trusted but signatures.
 */
#ifndef HVMBED_DXE_EFI_H
#define HVMBED_DXE_EFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "image/fv.h"

/* Guest-linear bytes; false when one is not there. */
struct efi_reader {
    bool (*read)(const void *self, uint64_t gva, void *dst, size_t n);
    const void *self;
};

/* Boot services by their offset in the table (UEFI 2.10, 4.4). */
enum efi_service {
    EFI_GET_MEMORY_MAP = 0x38,
    EFI_SIGNAL_EVENT = 0x68,
    EFI_EXIT_BOOT_SERVICES = 0xE8,
};

/* Is there a system table at @gva? *@boot: its boot services. */
bool efi_system_table(const struct efi_reader *r, uint64_t gva, uint64_t *boot);
/* The address of a boot service's code, 0 when it cannot be read. */
uint64_t efi_service(const struct efi_reader *r, uint64_t boot, enum efi_service s);

/* The group that the core's event @handle belongs to (E:MdeModulePkg/Core/Dxe/Event/Event.h:IEVENT). False: to none. */
bool efi_event_group(const struct efi_reader *r, uint64_t handle, struct guid *group);

#define EFI_PROTOCOLS_MAX LIMIT_PROTOCOLS_DEFAULT
struct efi_protocols {
    struct {
        struct guid guid;
        uint64_t interface; /* gva, of the first handle that has it */
    } p[EFI_PROTOCOLS_MAX];
    size_t nr;
    bool handles_cut, interfaces_cut, protocols_cut; /* there were more than are looked at */
};
/* Every protocol that some handle has; @handle is any one. False when it is no handle. */
bool efi_protocols_read(const struct efi_reader *r, uint64_t handle, struct efi_protocols *out);
/* NULL when it is not installed. */
const uint64_t *efi_protocol(const struct efi_protocols *all, const struct guid *g);

/* "Aborted", "Write Protected"; NULL for what is no EFI error with a name. */
const char *efi_status_name(uint64_t status);

#endif
