/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of a HOB, by PI specification 1.7, volume 3, section 5. */
#include <stdio.h>

#include "hob/hob.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define NAME_SIZE 32
#define ANY_TYPE 0u
#define DATA 24u /* where a GUID HOB's data begins */

static const struct field {
    unsigned type;
    uint16_t at, size;
    const char *name;
} fields[] = {
    {ANY_TYPE, 0, 2, "HobType"},
    {ANY_TYPE, 2, 2, "HobLength"},
    {ANY_TYPE, 4, 4, "Reserved"},
    {HOB_HANDOFF, 8, 4, "Version"},
    {HOB_HANDOFF, 12, 4, "BootMode"},
    {HOB_HANDOFF, 16, 8, "EfiMemoryTop"},
    {HOB_HANDOFF, 24, 8, "EfiMemoryBottom"},
    {HOB_HANDOFF, 32, 8, "EfiFreeMemoryTop"},
    {HOB_HANDOFF, 40, 8, "EfiFreeMemoryBottom"},
    {HOB_HANDOFF, 48, 8, "EfiEndOfHobList"},
    {HOB_ALLOCATION, 8, 16, "Name"},
    {HOB_ALLOCATION, 24, 8, "MemoryBaseAddress"},
    {HOB_ALLOCATION, 32, 8, "MemoryLength"},
    {HOB_ALLOCATION, 40, 4, "MemoryType"},
    {HOB_ALLOCATION, 44, 4, "Reserved[4]"},
    {HOB_ALLOCATION, 48, 16, "ModuleName"},
    {HOB_ALLOCATION, 64, 8, "EntryPoint"},
    {HOB_RESOURCE, 8, 16, "Owner"},
    {HOB_RESOURCE, 24, 4, "ResourceType"},
    {HOB_RESOURCE, 28, 4, "ResourceAttribute"},
    {HOB_RESOURCE, 32, 8, "PhysicalStart"},
    {HOB_RESOURCE, 40, 8, "ResourceLength"},
    {HOB_FV, 8, 8, "BaseAddress"},
    {HOB_FV, 16, 8, "Length"},
    {HOB_FV2, 8, 8, "BaseAddress"},
    {HOB_FV2, 16, 8, "Length"},
    {HOB_FV2, 24, 16, "FvName"},
    {HOB_FV2, 40, 16, "FileName"},
    {HOB_FV3, 8, 8, "BaseAddress"},
    {HOB_FV3, 16, 8, "Length"},
    {HOB_FV3, 24, 4, "AuthenticationStatus"},
    {HOB_FV3, 28, 1, "ExtractedFv"},
    {HOB_FV3, 32, 16, "FvName"},
    {HOB_FV3, 48, 16, "FileName"},
    {HOB_CAPSULE, 8, 8, "BaseAddress"},
    {HOB_CAPSULE, 16, 8, "Length"},
    {HOB_CPU, 8, 1, "SizeOfMemorySpace"},
    {HOB_CPU, 9, 1, "SizeOfIoSpace"},
    {HOB_CPU, 10, 6, "Reserved[6]"},
    {HOB_GUID, 8, 16, "Name"},
};

static const struct field *field_at(unsigned type, size_t offset)
{
    for (size_t i = 0; i < COUNT(fields); i++)
        if ((fields[i].type == ANY_TYPE || fields[i].type == type) && offset >= fields[i].at &&
            offset - fields[i].at < fields[i].size)
            return &fields[i];
    return NULL;
}

/* What has no name: the data of a GUID HOB or a pool, by where it is in it; else padding. */
static void name_one(unsigned type, size_t offset, char out[NAME_SIZE])
{
    const struct field *f = field_at(type, offset);
    const size_t data = type == HOB_GUID ? DATA : HOB_HEADER_SIZE;
    if (f != NULL)
        (void)snprintf(out, NAME_SIZE, "%s", f->name);
    else if (type == HOB_GUID || type == HOB_POOL)
        (void)snprintf(out, NAME_SIZE, "data at 0x%zx", offset - data);
    else
        (void)snprintf(out, NAME_SIZE, "padding");
}

void hob_field_format(unsigned type, size_t offset, size_t size, char out[HOB_FIELD_SIZE])
{
    char first[NAME_SIZE], last[NAME_SIZE];
    const size_t end = offset + (size != 0 ? size - 1 : 0);
    name_one(type, offset, first);
    name_one(type, end, last);
    if (field_at(type, offset) == field_at(type, end))
        (void)snprintf(out, HOB_FIELD_SIZE, "%s", first);
    else
        (void)snprintf(out, HOB_FIELD_SIZE, "%s to %s", first, last);
}
