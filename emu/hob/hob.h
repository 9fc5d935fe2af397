/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-off block list that PEI leaves for DXE: PI specification 1.7, volume 3, section 5. Pure, bounded, never
 * trusting a length; it reads the guest through a callback.
 */
#ifndef HVMBED_HOB_HOB_H
#define HVMBED_HOB_HOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "image/fv.h"

enum hob_type {
    HOB_HANDOFF = 1,
    HOB_ALLOCATION = 2,
    HOB_RESOURCE = 3,
    HOB_GUID = 4,
    HOB_FV = 5,
    HOB_CPU = 6,
    HOB_POOL = 7, /* carries no address */
    HOB_FV2 = 9,
    HOB_LOAD_PEIM = 10,
    HOB_CAPSULE = 11,
    HOB_FV3 = 12,
    HOB_UNUSED = 0xFFFE,
    HOB_END = 0xFFFF,
};

enum hob_resource {
    HOB_RESOURCE_RAM = 0,
    HOB_RESOURCE_MMIO = 1,
    HOB_RESOURCE_IO = 2,
    HOB_RESOURCE_FIRMWARE = 3,
    HOB_RESOURCE_MMIO_PORT = 4,
    HOB_RESOURCE_RESERVED = 5,
    HOB_RESOURCE_IO_RESERVED = 6,
};
#define HOB_ATTRIBUTE_TESTED 4u /* EFI_RESOURCE_ATTRIBUTE_TESTED */

/* EfiConventionalMemory: of an allocation, pages that were given back. */
#define HOB_MEMORY_FREE 7u

#define HOB_HEADER_SIZE 8u
#define HOB_DATA_MAX 32u /* of a GUID HOB, what is kept of its data */

/* Where PEI's own memory lies, from the first HOB. */
struct hob_phit {
    uint32_t version, boot_mode;
    uint64_t memory_top, memory_bottom, free_top, free_bottom;
    uint64_t end; /* gpa of the end HOB */
};

struct hob {
    uint64_t at;       /* gpa of its header */
    struct span range; /* allocation, resource, volume, capsule; else empty. Cut at 2^64 when @wraps */
    uint64_t entry;    /* module allocation: entry point */
    struct hob_phit phit;
    struct guid guid;  /* allocation: its name; resource: its owner; GUID HOB, FV2, FV3: the name; else zero */
    struct guid name2; /* module allocation: the module; FV2, FV3: the file that it came from; else zero */
    uint32_t kind;     /* resource: enum hob_resource; allocation: EFI_MEMORY_TYPE */
    uint32_t attributes;
    uint32_t authentication;    /* FV3 */
    uint16_t type;              /* enum hob_type, or any number */
    uint16_t size;              /* bytes, header included */
    uint16_t data_size;         /* GUID HOB: of its data, from at + 24 */
    uint8_t mem_bits, io_bits;  /* CPU */
    uint8_t data[HOB_DATA_MAX]; /* GUID HOB: the first bytes of its data */
    bool wraps;                 /* start + length is more than 64 bits hold */
};

/* gpa of the bytes that say what it is about, behind its header: the range, the width, a GUID HOB's data. */
struct span hob_fields(const struct hob *h);

/* Guest-physical bytes; false when one is not there. */
struct hob_reader {
    bool (*read)(const void *self, uint64_t gpa, void *dst, size_t n);
    const void *self;
};

/* What each hand-off HOB begins with: its type and its size. */
#define HOB_HANDOFF_BEGIN 4u
extern const uint8_t hob_handoff_begin[HOB_HANDOFF_BEGIN];

/* Is there a hand-off HOB at @gpa? The cheap test before all others. */
bool hob_is_handoff(const struct hob_reader *r, uint64_t gpa);
/*
 * Fills @h from @gpa. NULL, or what is wrong with it (static string): then only at, type and size are filled, as far
 * as they could be read.
 */
const char *hob_read(const struct hob_reader *r, uint64_t gpa, struct hob *h);

struct hob_list {
    struct hob *h; /* owned; the end HOB is not among them */
    size_t nr, cap;
    bool complete;      /* the end HOB was reached */
    bool cut;           /* it has more than it may; that is damage, too */
    const char *damage; /* what is wrong with it as a list, NULL for nothing */
    uint64_t damage_at;
};
/* @l is zero before; it may have @most HOBs (LIMIT_HOBS_DEFAULT). What could be read stays also when the list is damaged. False: out of memory. */
bool hob_list_read(const struct hob_reader *r, uint64_t gpa, size_t most, struct hob_list *l);
void hob_list_free(struct hob_list *l);
/* The first with this type and, unless NULL, GUID; NULL when there is none. */
const struct hob *hob_find(const struct hob_list *l, unsigned type, const struct guid *g);

/* names.c: for people; NULL when unknown. */
const char *hob_type_name(unsigned type);     /* "allocation" */
const char *hob_resource_name(unsigned kind); /* "RAM" */
const char *hob_memory_name(uint32_t kind);   /* "BootServicesData" */
const char *hob_guid_name(const struct guid *g);
#define HOB_ATTRIBUTES_SIZE 256
void hob_attributes_format(uint32_t attributes, char out[HOB_ATTRIBUTES_SIZE]);
/* fields.c: "ResourceAttribute", "MemoryLength to MemoryType": what bytes of a HOB are called; "data at 0x10", "padding". */
#define HOB_FIELD_SIZE 72
void hob_field_format(unsigned type, size_t offset, size_t size, char out[HOB_FIELD_SIZE]);
/* "RAM 0x0-0xa0000", "allocation of BootServicesData 0x…-0x… (stack)": what a HOB says, in one line. */
#define HOB_TEXT_SIZE 160
void hob_format(const struct hob *h, char out[HOB_TEXT_SIZE]);

extern const struct guid hob_guid_module, hob_guid_stack, hob_guid_bsp_store, hob_guid_xen_info, hob_guid_pcd_database,
    hob_guid_mp_init;

#endif
