/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dxe/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"

#define SIGNATURE(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* MEMORY_MAP and EFI_GCD_MAP_ENTRY: a signature, a link, and then. Their ends are the last byte. */
#define LINK 0x08
#define BACK 0x08 /* in a link */
struct kind {
    uint32_t signature;
    unsigned size, type, start, end, attributes;
};
static const struct kind memory_map = {SIGNATURE('m', 'm', 'a', 'p'), 0x40, 0x1c, 0x20, 0x28, 0x38};
static const struct kind gcd_map = {SIGNATURE('g', 'c', 'd', 'm'), 0x50, 0x38, 0x18, 0x20, 0x30};
#define ENTRY_MAX 0x50

/* EFI_MEMORY_DESCRIPTOR */
#define DESCRIPTOR_SIZE 40u
#define DESCRIPTOR_STEP_MAX 256u

static uint64_t read_word(const struct efi_reader *r, uint64_t gva)
{
    uint8_t raw[8];
    return r->read(r->self, gva, raw, sizeof raw) ? le64(raw) : 0;
}

/* What is wrong with the entry at @link, to which @previous leads; NULL: nothing, and @out is what it says. */
static const char *read_entry(const struct efi_reader *r, const struct kind *k, uint64_t link, uint64_t previous,
                              struct efi_range *out)
{
    uint8_t raw[ENTRY_MAX];
    const uint64_t at = link - LINK;
    if (link < LINK || (link & 7) != 0 || !r->read(r->self, at, raw, k->size))
        return "a link leads nowhere";
    if (le64(raw) != k->signature)
        return "a link leads to what is no descriptor";
    if (le64(raw + LINK + BACK) != previous)
        return "a descriptor's links do not agree";
    *out = (struct efi_range){.at = {le64(raw + k->start), le64(raw + k->end) + 1},
                              .type = le32(raw + k->type),
                              .attributes = le64(raw + k->attributes),
                              .bytes = {at, at + k->size}};
    return NULL;
}

static bool damaged(struct efi_map *m, const char *why, uint64_t at)
{
    m->damage = why;
    m->damage_at = at;
    return false;
}

static bool read_list(const struct efi_reader *r, const struct kind *k, uint64_t head, struct efi_map *out)
{
    out->nr = 0;
    out->damage = NULL;
    if (head == 0)
        return damaged(out, "it was not found", 0);
    uint64_t previous = head;
    for (uint64_t link = read_word(r, head); link != head; link = read_word(r, link)) {
        if (out->nr == EFI_RANGES_MAX)
            return damaged(out, "it has no end", link);
        const char *why = read_entry(r, k, link, previous, &out->r[out->nr]);
        if (why != NULL)
            return damaged(out, why, previous);
        out->nr++;
        previous = link;
    }
    return read_word(r, head + BACK) == previous || damaged(out, "a descriptor's links do not agree", head);
}

/* Does the list that begins at @link, first of @head, hold a descriptor around @gva? For finding heads. */
static bool covers(const struct efi_reader *r, const struct kind *k, uint64_t head, uint64_t gva, uint32_t *type)
{
    uint64_t previous = head, link = read_word(r, head);
    for (unsigned i = 0; i < EFI_RANGES_MAX && link != head; i++) {
        struct efi_range e;
        if (read_entry(r, k, link, previous, &e) != NULL)
            return false;
        if (span_has(e.at, gva)) {
            *type = e.type;
            return true;
        }
        previous = link;
        link = read_word(r, link);
    }
    return false;
}

/* The image's bytes; what cannot be read is zero. */
static uint8_t *copy_image(const struct efi_reader *r, uint64_t core, size_t size)
{
    uint8_t *image = calloc(1, size + 1);
    for (size_t at = 0; image != NULL && at < size; at += PAGE_SIZE) {
        const size_t n = size - at < PAGE_SIZE ? size - at : PAGE_SIZE;
        if (!r->read(r->self, core + at, image + at, n))
            memset(image + at, 0, n);
    }
    return image;
}

#define IMAGE_MAX (16 * MIB)
#define CANDIDATES_MAX 256u /* heads that are tried: a core has a handful */

bool efi_lists_find(const struct efi_reader *r, uint64_t core, size_t size, struct efi_lists *out)
{
    *out = (struct efi_lists){0, 0};
    uint8_t *image = size <= IMAGE_MAX ? copy_image(r, core, size) : NULL;
    for (size_t i = 0, tried = 0; image != NULL && i + 16 <= size && tried < CANDIDATES_MAX; i += 8) {
        const uint64_t head = core + i, next = le64(image + i), last = le64(image + i + BACK);
        uint32_t type;
        if (next == head || next < LINK || (next & 7) != 0 || last == 0 || (last & 7) != 0)
            continue;
        const uint64_t signature = read_word(r, next - LINK);
        if (signature != memory_map.signature && signature != gcd_map.signature)
            continue;
        tried++;
        /* Free descriptors of the memory map have a list, too, and so has I/O space: neither says where the image is. */
        if (out->map == 0 && covers(r, &memory_map, head, core, &type) && type == EFI_BOOT_CODE)
            out->map = head;
        else if (out->gcd == 0 && covers(r, &gcd_map, head, core, &type) && type == GCD_RAM)
            out->gcd = head;
    }
    free(image);
    return out->map != 0 && out->gcd != 0;
}

bool efi_core_map_read(const struct efi_reader *r, const struct efi_lists *l, struct efi_map *out)
{
    return read_list(r, &memory_map, l->map, out);
}

bool efi_core_gcd_read(const struct efi_reader *r, const struct efi_lists *l, struct efi_map *out)
{
    return read_list(r, &gcd_map, l->gcd, out);
}

bool efi_core_type_of(const struct efi_reader *r, const struct efi_lists *l, uint64_t gva, uint32_t *type)
{
    return l->map != 0 && covers(r, &memory_map, l->map, gva, type);
}

bool efi_map_read(const struct efi_reader *r, uint64_t buffer, uint64_t size, uint64_t step, struct efi_map *out)
{
    out->nr = 0;
    out->damage = NULL;
    if (buffer == 0 || step < DESCRIPTOR_SIZE || step > DESCRIPTOR_STEP_MAX || size == 0 || size % step != 0 ||
        size / step > EFI_RANGES_MAX)
        return damaged(out, "its size makes no sense", buffer);
    for (uint64_t at = buffer; at < buffer + size; at += step) {
        uint8_t raw[DESCRIPTOR_SIZE];
        if (!r->read(r->self, at, raw, sizeof raw))
            return damaged(out, "it is not all in memory", at);
        const uint64_t start = le64(raw + 8);
        out->r[out->nr++] = (struct efi_range){.at = {start, start + (le64(raw + 24) << PAGE_SHIFT)},
                                               .type = le32(raw),
                                               .attributes = le64(raw + 32),
                                               .bytes = {at, at + DESCRIPTOR_SIZE}};
    }
    return true;
}

const struct efi_range *efi_map_at(const struct efi_map *m, uint64_t gpa)
{
    for (size_t i = 0; i < m->nr; i++)
        if (span_has(m->r[i].at, gpa))
            return &m->r[i];
    return NULL;
}

bool efi_type_is_runtime(uint32_t type)
{
    return type == EFI_RUNTIME_CODE || type == EFI_RUNTIME_DATA;
}

bool efi_type_is_taken(uint32_t type)
{
    return (type >= EFI_LOADER_CODE && type <= EFI_BOOT_DATA) || type == EFI_CONVENTIONAL || type == EFI_PERSISTENT;
}

const char *gcd_memory_name(uint32_t type)
{
    static const char *const names[] = {
        [GCD_NONE] = "nothing",
        [GCD_RESERVED] = "Reserved",
        [GCD_RAM] = "RAM",
        [GCD_MMIO] = "MMIO",
        [GCD_PERSISTENT] = "Persistent",
        [GCD_RELIABLE] = "MoreReliable",
        [GCD_UNACCEPTED] = "Unaccepted",
    };
    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

void efi_attributes_format(uint64_t attributes, char out[EFI_ATTRIBUTES_SIZE])
{
    static const struct {
        uint64_t bit;
        const char *name;
    } bits[] = {
        {0x1, "UC"},
        {0x2, "WC"},
        {0x4, "WT"},
        {0x8, "WB"},
        {0x10, "UCE"},
        {0x1000, "WP"},
        {0x2000, "RP"},
        {EFI_ATTRIBUTE_XP, "XP"},
        {0x8000, "NV"},
        {0x10000, "MR"},
        {EFI_ATTRIBUTE_RO, "RO"},
        {0x40000, "SP"},
        {0x80000, "CPU_CRYPTO"},
        {EFI_ATTRIBUTE_RUNTIME, "RUNTIME"},
    };
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if ((attributes & bits[i].bit) != 0) {
            n += (size_t)snprintf(out + n, EFI_ATTRIBUTES_SIZE - n, "%s%s", n != 0 ? " " : "", bits[i].name);
            attributes &= ~bits[i].bit;
        }
    if (attributes != 0 && n < EFI_ATTRIBUTES_SIZE)
        (void)snprintf(out + n, EFI_ATTRIBUTES_SIZE - n, "%s0x%" PRIx64, n != 0 ? " " : "", attributes);
}
