/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware's MpInitLib tells DXE: a GUID HOB with the address of its CPU_MP_DATA, whose first fields "will be
 * passed from PEI to DXE" and have been the same from 2016 to 2026 (E:UefiCpuPkg/Library/MpInitLib/MpLib.h).
 */
#include <string.h>

#include "base/le.h"
#include "check/internal.h"

/* mCpuInitMpLibHobGuid, MpLib.h:CPU_INIT_MP_LIB_HOB_GUID */
static const uint8_t mp_guid[16] = {0x19, 0x6a, 0xeb, 0x58, 0x99, 0x36, 0x68, 0x4c,
                                    0xa8, 0x36, 0xda, 0xcd, 0x8e, 0xdc, 0xad, 0x4a};

#define HOB_GUID 4u
#define HOB_END 0xffffu
#define HOB_HEADER_SIZE 8u
#define HOBS_MAX 4096u /* a list longer than this is damaged */
#define PROCESSORS_MAX 4096u

/* struct _CPU_MP_DATA */
#define MP_CPU_INFO_IN_HOB 0u /* u64: address */
#define MP_CPU_COUNT 8u       /* u32 */
#define MP_BSP_NUMBER 12u     /* u32 */
#define MP_SIZE 16u

uint32_t mp_hob_processors(const struct memory *mem, uint64_t hob)
{
    uint8_t h[HOB_HEADER_SIZE + 16 + 8], data[MP_SIZE];
    for (unsigned i = 0; i < HOBS_MAX && memory_read(mem, hob, h, HOB_HEADER_SIZE); i++) {
        const uint16_t type = le16(h), size = le16(h + 2);
        if (type == HOB_END || size < HOB_HEADER_SIZE)
            return 0;
        if (type == HOB_GUID && size >= sizeof h && memory_read(mem, hob, h, sizeof h) &&
            memcmp(h + HOB_HEADER_SIZE, mp_guid, sizeof mp_guid) == 0) {
            if (!memory_read(mem, le64(h + HOB_HEADER_SIZE + 16), data, sizeof data))
                return 0;
            const uint32_t count = le32(data + MP_CPU_COUNT);
            /* Only what looks like the structure is believed. */
            const bool sane =
                le64(data + MP_CPU_INFO_IN_HOB) != 0 && count <= PROCESSORS_MAX && le32(data + MP_BSP_NUMBER) < count;
            return sane ? count : 0;
        }
        hob += size;
    }
    return 0;
}
