/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for what a HOB list holds. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hob/hob.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct named {
    uint32_t value;
    const char *name;
};

static const char *find(const struct named *table, size_t nr, uint32_t value)
{
    for (size_t i = 0; i < nr; i++)
        if (table[i].value == value)
            return table[i].name;
    return NULL;
}

const char *hob_type_name(unsigned type)
{
    static const struct named types[] = {
        {HOB_HANDOFF, "hand-off"},
        {HOB_ALLOCATION, "allocation"},
        {HOB_RESOURCE, "resource"},
        {HOB_GUID, "GUID"},
        {HOB_FV, "volume"},
        {HOB_CPU, "CPU"},
        {HOB_POOL, "pool"},
        {HOB_FV2, "volume 2"},
        {HOB_LOAD_PEIM, "load PEIM"},
        {HOB_CAPSULE, "capsule"},
        {HOB_FV3, "volume 3"},
        {HOB_UNUSED, "unused"},
        {HOB_END, "end"},
    };
    return find(types, COUNT(types), type);
}

const char *hob_resource_name(unsigned kind)
{
    static const struct named kinds[] = {
        {HOB_RESOURCE_RAM, "RAM"},
        {HOB_RESOURCE_MMIO, "MMIO"},
        {HOB_RESOURCE_IO, "I/O"},
        {HOB_RESOURCE_FIRMWARE, "firmware device"},
        {HOB_RESOURCE_MMIO_PORT, "memory-mapped I/O ports"},
        {HOB_RESOURCE_RESERVED, "reserved memory"},
        {HOB_RESOURCE_IO_RESERVED, "reserved I/O"},
    };
    return find(kinds, COUNT(kinds), kind);
}

const char *hob_memory_name(uint32_t kind)
{
    /* UEFI specification 2.10, 7.2: EFI_MEMORY_TYPE. */
    static const char *const kinds[] = {
        "Reserved",           "LoaderCode",   "LoaderData", "BootServicesCode", "BootServicesData", "RuntimeCode",
        "RuntimeData",        "Conventional", "Unusable",   "ACPIReclaim",      "ACPINVS",          "MemoryMappedIO",
        "MemoryMappedIOPort", "PalCode",      "Persistent", "Unaccepted",
    };
    return kind < COUNT(kinds) ? kinds[kind] : NULL;
}

/* Of the bits that say what memory is and can do; the others are written as a number. */
void hob_attributes_format(uint32_t attributes, char out[HOB_ATTRIBUTES_SIZE])
{
    static const struct named bits[] = {
        {0x1, "present"},
        {0x2, "initialized"},
        {0x4, "tested"},
        {0x80, "read-protected"},
        {0x100, "write-protected"},
        {0x200, "execute-protected"},
        {0x400, "UC"},
        {0x800, "WC"},
        {0x1000, "WT"},
        {0x2000, "WB"},
        {0x800000, "persistent"},
        {0x2000000, "more-reliable"},
        {0x4000000, "encrypted"},
        {0x8000000, "special-purpose"},
    };
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i <= COUNT(bits); i++) {
        int n = 0;
        if (i == COUNT(bits)) {
            if (attributes != 0)
                n = snprintf(out + used, HOB_ATTRIBUTES_SIZE - used, "%s0x%" PRIx32, used != 0 ? " " : "", attributes);
        } else if ((attributes & bits[i].value) != 0) {
            n = snprintf(out + used, HOB_ATTRIBUTES_SIZE - used, "%s%s", used != 0 ? " " : "", bits[i].name);
            attributes &= ~bits[i].value;
        }
        used += n > 0 ? (size_t)n : 0;
    }
}

#define G(a, b, c, ...)                                                                                            \
    {                                                                                                              \
        {                                                                                                          \
            (uint8_t)(a), (uint8_t)((a) >> 8), (uint8_t)((a) >> 16), (uint8_t)((uint32_t)(a) >> 24), (uint8_t)(b), \
                (uint8_t)((b) >> 8), (uint8_t)(c), (uint8_t)((c) >> 8), __VA_ARGS__                                \
        }                                                                                                          \
    }

/* E:MdePkg/Include/Guid/MemoryAllocationHob.h */
const struct guid hob_guid_module = G(0xF8E21975, 0x0899, 0x4F58, 0xA4, 0xBE, 0x55, 0x25, 0xA9, 0xC6, 0xD7, 0x7A);
const struct guid hob_guid_stack = G(0x4ED4BF27, 0x4092, 0x42E9, 0x80, 0x7D, 0x52, 0x7B, 0x1D, 0x00, 0xC9, 0xBD);
const struct guid hob_guid_bsp_store = G(0x564B33CD, 0xC92A, 0x4593, 0x90, 0xBF, 0x24, 0x73, 0xE4, 0x3C, 0x63, 0x22);
/* E:OvmfPkg/Include/Guid/XenInfo.h */
const struct guid hob_guid_xen_info = G(0xD3B46F3B, 0xD441, 0x1244, 0x9A, 0x12, 0x00, 0x12, 0x27, 0x3F, 0xC1, 0x4D);
/* E:MdeModulePkg/Include/Guid/PcdDataBaseHobGuid.h */
const struct guid hob_guid_pcd_database = G(0xEA296D92, 0x0B69, 0x423C, 0x8C, 0x28, 0x33, 0xB4, 0xE0, 0xA9, 0x12, 0x68);

/* E:UefiCpuPkg/Library/MpInitLib/MpLib.h:CPU_INIT_MP_LIB_HOB_GUID */
const struct guid hob_guid_mp_init = G(0x58EB6A19, 0x3699, 0x4C68, 0xA8, 0x36, 0xDA, 0xCD, 0x8E, 0xDC, 0xAD, 0x4A);

/* The GUIDs that OVMF's HOBs bear, with where each is declared. */
static const struct {
    struct guid guid;
    const char *name;
} known[] = {
    /* E:MdePkg/Include/Guid/MemoryAllocationHob.h */
    {G(0xF8E21975, 0x0899, 0x4F58, 0xA4, 0xBE, 0x55, 0x25, 0xA9, 0xC6, 0xD7, 0x7A), "module"},
    {G(0x4ED4BF27, 0x4092, 0x42E9, 0x80, 0x7D, 0x52, 0x7B, 0x1D, 0x00, 0xC9, 0xBD), "stack"},
    {G(0x564B33CD, 0xC92A, 0x4593, 0x90, 0xBF, 0x24, 0x73, 0xE4, 0x3C, 0x63, 0x22), "BSP store"},
    /* E:MdeModulePkg/Include/Guid/MemoryTypeInformation.h */
    {G(0x4C19049F, 0x4137, 0x4DD3, 0x9C, 0x10, 0x8B, 0x97, 0xA8, 0x3F, 0xFD, 0xFA), "memory type information"},
    /* E:MdeModulePkg/Include/Guid/PcdDataBaseHobGuid.h */
    {G(0xEA296D92, 0x0B69, 0x423C, 0x8C, 0x28, 0x33, 0xB4, 0xE0, 0xA9, 0x12, 0x68), "PCD database"},
    /* E:MdeModulePkg/Universal/PCD/Pei/Pcd.inf */
    {G(0x9B3ADA4F, 0xAE56, 0x4C24, 0x8D, 0xEA, 0xF0, 0x3B, 0x75, 0x58, 0xAE, 0x50), "PcdPei callbacks"},
    /* E:MdeModulePkg/Include/Guid/StatusCodeCallbackGuid.h */
    {G(0xE701458C, 0x4900, 0x4CA5, 0xB7, 0x72, 0x3D, 0x37, 0x94, 0x9F, 0x79, 0x27), "status code callbacks"},
    /* E:MdeModulePkg/Include/Guid/MemoryStatusCodeRecord.h */
    {G(0x060CC026, 0x4C0D, 0x4DDA, 0x8F, 0x41, 0x59, 0x5F, 0xEF, 0x00, 0xA5, 0x02), "status code records"},
    /* E:MdeModulePkg/Core/DxeIplPeim/DxeIpl.inf */
    {G(0x86D70125, 0xBAA3, 0x4296, 0xA6, 0x2F, 0x60, 0x2B, 0xEB, 0xBB, 0x90, 0x81), "DxeIpl"},
    /* E:SecurityPkg/Library/HashLibBaseCryptoRouter */
    {G(0x84681C08, 0x6873, 0x46F3, 0x8B, 0xB7, 0xAB, 0x66, 0x18, 0x95, 0xA1, 0xB3), "hash library"},
    /* E:UefiCpuPkg/Include/Guid/MicrocodePatchHob.h */
    {G(0xD178F11D, 0x8716, 0x418E, 0xA1, 0x31, 0x96, 0x7D, 0x2A, 0xC4, 0x28, 0x43), "microcode"},
    /* E:UefiCpuPkg/Library/MpInitLib/MpLib.h */
    {G(0x58EB6A19, 0x3699, 0x4C68, 0xA8, 0x36, 0xDA, 0xCD, 0x8E, 0xDC, 0xAD, 0x4A), "MP initialization"},
    /* E:MdePkg/Include/Ppi/SecPlatformInformation2.h */
    {G(0x9E9F374B, 0x8F16, 0x4230, 0x98, 0x24, 0x58, 0x46, 0xEE, 0x76, 0x6A, 0x97), "SEC platform information"},
    /* E:OvmfPkg/OvmfPkg.dec:gUefiOvmfPkgPlatformInfoGuid */
    {G(0xDEC9B486, 0x1F16, 0x47C7, 0x8F, 0x68, 0xDF, 0x1A, 0x41, 0x88, 0x8B, 0xA5), "OVMF platform information"},
    /* E:OvmfPkg/Include/Guid/XenInfo.h */
    {G(0xD3B46F3B, 0xD441, 0x1244, 0x9A, 0x12, 0x00, 0x12, 0x27, 0x3F, 0xC1, 0x4D), "Xen info"},
};

const char *hob_guid_name(const struct guid *g)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (guid_equal(&known[i].guid, g))
            return known[i].name;
    return NULL;
}

static int format_guid(const struct guid *g, char *out, size_t room)
{
    char text[GUID_TEXT_SIZE];
    const char *name = hob_guid_name(g);
    guid_format(g, text);
    return snprintf(out, room, "%s", name != NULL ? name : text);
}

static bool is_zero(const struct guid *g)
{
    static const struct guid zero;
    return guid_equal(g, &zero);
}

static void format_range(const struct hob *h, const char *what, char out[HOB_TEXT_SIZE])
{
    int n = snprintf(out, HOB_TEXT_SIZE, "%s 0x%" PRIx64 "-0x%" PRIx64, what, h->range.start, h->range.end);
    if (is_zero(&h->guid) || n < 0 || n + 4 > HOB_TEXT_SIZE)
        return;
    out[n++] = ' ';
    out[n++] = '(';
    n += format_guid(&h->guid, out + n, (size_t)(HOB_TEXT_SIZE - n));
    if (n + 2 <= HOB_TEXT_SIZE)
        memcpy(out + n, ")", 2);
}

void hob_format(const struct hob *h, char out[HOB_TEXT_SIZE])
{
    char what[64];
    const char *type = hob_type_name(h->type);
    const char *kind = h->type == HOB_RESOURCE     ? hob_resource_name(h->kind)
                       : h->type == HOB_ALLOCATION ? hob_memory_name(h->kind)
                                                   : "";
    char number[16];
    if (kind == NULL) {
        (void)snprintf(number, sizeof number, "type %" PRIu32, h->kind);
        kind = number;
    }
    switch (h->type) {
    case HOB_HANDOFF:
        (void)snprintf(out, HOB_TEXT_SIZE,
                       "hand-off: memory 0x%" PRIx64 "-0x%" PRIx64 ", free 0x%" PRIx64 "-0x%" PRIx64,
                       h->phit.memory_bottom, h->phit.memory_top, h->phit.free_bottom, h->phit.free_top);
        break;
    case HOB_CPU:
        (void)snprintf(out, HOB_TEXT_SIZE, "CPU: %u memory and %u I/O address bits", h->mem_bits, h->io_bits);
        break;
    case HOB_GUID:
        memcpy(what, "GUID ", 6);
        (void)format_guid(&h->guid, what + 5, sizeof what - 5);
        (void)snprintf(out, HOB_TEXT_SIZE, "%s, %u bytes", what, h->data_size);
        break;
    case HOB_RESOURCE:
    case HOB_ALLOCATION:
        (void)snprintf(what, sizeof what, "%s %s", type, kind);
        format_range(h, what, out);
        break;
    case HOB_FV:
    case HOB_FV2:
    case HOB_FV3:
    case HOB_CAPSULE:
        format_range(h, type, out);
        break;
    default:
        (void)snprintf(out, HOB_TEXT_SIZE, "%s (type 0x%x), %u bytes", type != NULL ? type : "unknown", h->type,
                       h->size);
        break;
    }
}
