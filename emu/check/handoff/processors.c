/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware's MpInitLib tells DXE: a GUID HOB with the address of its CPU_MP_DATA, whose first fields "will be
 * passed from PEI to DXE" and have been the same from 2016 to 2026 (E:UefiCpuPkg/Library/MpInitLib/MpLib.h).
 */
#include "base/le.h"
#include "check/handoff/look.h"
#include "check/internal.h"

#define PROCESSORS_MAX 4096u

/* struct _CPU_MP_DATA */
#define MP_CPU_INFO_IN_HOB 0u /* u64: address */
#define MP_CPU_COUNT 8u       /* u32 */
#define MP_BSP_NUMBER 12u     /* u32 */
#define MP_SIZE 16u

/* Only what looks like the structure is believed. */
static uint32_t count_at(const struct memory *mem, uint64_t gpa)
{
    uint8_t data[MP_SIZE];
    if (!memory_read(mem, gpa, data, sizeof data))
        return 0;
    const uint32_t count = le32(data + MP_CPU_COUNT);
    const bool sane =
        le64(data + MP_CPU_INFO_IN_HOB) != 0 && count <= PROCESSORS_MAX && le32(data + MP_BSP_NUMBER) < count;
    return sane ? count : 0;
}

uint32_t mp_hob_processors(const struct monitor *mon, uint64_t hob_list)
{
    const struct hob_reader r = boot_hob_reader(mon);
    struct hob_list l = {0};
    (void)hob_list_read(&r, hob_list, (size_t)limit(mon->m->limits, LIMIT_HOBS), &l);
    const struct hob *h = hob_find(&l, HOB_GUID, &hob_guid_mp_init);
    const uint32_t count = h != NULL && h->data_size >= 8 ? count_at(&mon->m->memory, le64(h->data)) : 0;
    hob_list_free(&l);
    return count;
}
