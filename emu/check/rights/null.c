/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page 0 in DXE. It is mapped, and free memory: the core clears it when it learns of it, and gives it out as any other. So
 * only who does not own it is told of.
 */
#include "check/internal.h"
#include "check/rights/rights.h"

/* What a PC keeps in page 0 for those that know of it: the BIOS data area, which only loaders and option ROMs look at. */
#define BIOS_DATA 0x400u
#define BIOS_DATA_END 0x500u

/*
 * The DXE core adds memory, or adds it anew when it converts it, and clears page 0 before the page is in its list again
 * (E:MdeModulePkg/Core/Dxe/Mem/Page.c:CoreAddRange).
 */
static bool is_cleared(struct monitor *mon, enum engine_fault kind, uint64_t pc, uint64_t value, bool listed)
{
    const struct module *mod = module_at(mon, pc), *core = module_at(mon, mon->v->dxe_entry);
    return kind == ENGINE_WRITE && value == 0 && !listed && mod != NULL && mod == core;
}

/* call or jmp through memory: where that leads is told (exec-null, exec-low, exec-unknown), with where the pointer lay. */
static bool is_transfer(const struct monitor *mon, enum engine_fault kind, uint64_t pc)
{
    uint8_t code[4];
    if (kind != ENGINE_READ || !machine_read(mon->m, pc, code, sizeof code))
        return false;
    const uint8_t *p = code;
    p += *p == 0x3e ? 1 : 0;          /* NOTRACK */
    p += (*p & 0xf0) == 0x40 ? 1 : 0; /* REX */
    const unsigned reg = p[1] >> 3 & 7u;
    return p[0] == 0xff && (reg == 2 || reg == 4) && p[1] < 0xc0;
}

static bool is_firmware(struct monitor *mon, uint64_t pc)
{
    const struct module *mod = module_at(mon, pc);
    return mod != NULL && mod->guid[0] != '\0';
}

bool null_is_fair(struct monitor *mon, enum engine_fault kind, uint64_t pc, uint64_t gpa, uint64_t value)
{
    const struct dxe_watch *d = mon->dxe;
    const struct efi_reader r = dxe_reader(mon);
    uint32_t type;
    if (d == NULL || d->left)
        return true;
    const bool listed = efi_core_type_of(&r, &d->lists, 0, &type);
    if (is_cleared(mon, kind, pc, value, listed) || is_transfer(mon, kind, pc))
        return true;
    /* Somebody has allocated it, as QemuVideoDxe does for an interrupt vector (E:OvmfPkg/QemuVideoDxe/VbeShim.c). */
    if (listed && type != EFI_CONVENTIONAL)
        return true;
    if (d->boot != 0 && d->lists.map == 0)
        return true;
    return gpa >= BIOS_DATA && gpa < BIOS_DATA_END && kind == ENGINE_READ && !is_firmware(mon, pc);
}
