/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a firmware volume and their sections: PI 1.7 volume 3, sections 3.2.2 to 3.2.5. */
#include "image/fv.h"

#include <string.h>

#include "base/le.h"
#include "image/section.h"

enum {
    FV_EXT_HEADER_OFFSET = 52, /* in the volume's header, 0 when there is none */
    FV_EXT_HEADER_SIZE = 16,   /* in the extended header */
    FV_EXT_HEADER_MIN = 20,

    FFS_CHECK_FILE = 17, /* IntegrityCheck: header sum at 16, data sum at 17 */
    FFS_TYPE = 18,
    FFS_ATTRIBUTES = 19,
    FFS_SIZE = 20,
    FFS_STATE = 23,
    FFS_SIZE64 = 24,
    FFS_HEADER = 24,
    FFS_HEADER_LARGE = 32,
    FFS_ATTRIB_LARGE_FILE = 0x01,
    FFS_ALIGN = 8,

    EFI_FV_FILETYPE_RAW = 0x01, /* has no sections */
    EFI_FV_FILETYPE_FFS_PAD = 0xf0,
};

static uint32_t le24(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static uint64_t align_up(uint64_t v, uint64_t to)
{
    return (v + to - 1) & ~(to - 1);
}

/* Bytes sum to 0, with the state and the data's checksum taken as 0 (they change after the header is written). */
static bool header_ok(const uint8_t *h, uint32_t length)
{
    uint8_t sum = 0;
    for (uint32_t i = 0; i < length; i++)
        if (i != FFS_STATE && i != FFS_CHECK_FILE)
            sum = (uint8_t)(sum + h[i]);
    return sum == 0;
}

static void read_sections(const uint8_t *body, size_t size, struct ffs_file *out)
{
    struct section s;
    bool damaged;
    for (size_t cursor = 0; section_next(body, size, &cursor, &s, &damaged);) {
        if ((s.type == SECTION_PE32 || s.type == SECTION_TE) && out->pe_offset == 0) {
            out->pe_offset = s.body;
            out->pe_size = (uint32_t)(s.offset + s.size - s.body);
        } else if (s.type == SECTION_UI) {
            section_text(body + s.body, s.offset + s.size - s.body, out->ui, sizeof out->ui);
        }
    }
}

static uint64_t first_file(const uint8_t *volume, const struct fv *fv)
{
    uint64_t at = fv->header_length;
    uint16_t ext = le16(volume + FV_EXT_HEADER_OFFSET);
    if (ext != 0) {
        if (fv->length < FV_EXT_HEADER_MIN || ext > fv->length - FV_EXT_HEADER_MIN)
            return fv->length;
        at = (uint64_t)ext + le32(volume + ext + FV_EXT_HEADER_SIZE);
    }
    return align_up(at, FFS_ALIGN);
}

size_t ffs_first(const uint8_t *volume, const struct fv *fv)
{
    uint64_t at = first_file(volume, fv);
    return (size_t)(at < fv->length ? at : fv->length);
}

bool ffs_next(const uint8_t *buf, size_t size, const struct fv *fv, size_t *cursor, struct ffs_file *out)
{
    if (fv->offset > size || fv->length > size - fv->offset || fv->header_length > fv->length ||
        fv->header_length < FV_EXT_HEADER_OFFSET + 2)
        return false;
    const uint8_t *volume = buf + fv->offset;
    uint64_t at = *cursor == 0 ? first_file(volume, fv) : *cursor;
    if (at >= fv->length || fv->length - at < FFS_HEADER)
        return false;

    const uint8_t *h = volume + at;
    uint64_t length = le24(h + FFS_SIZE);
    uint32_t header = FFS_HEADER;
    if ((h[FFS_ATTRIBUTES] & FFS_ATTRIB_LARGE_FILE) != 0) {
        if (fv->length - at < FFS_HEADER_LARGE)
            return false;
        header = FFS_HEADER_LARGE;
        length = le64(h + FFS_SIZE64);
    }
    /* Free space is all ones and fails here too; so does a size that the 32 bits of the interface cannot hold. */
    if (length < header || length > fv->length - at || length > UINT32_MAX || !header_ok(h, header))
        return false;

    *out = (struct ffs_file){
        .offset = fv->offset + (size_t)at,
        .size = (uint32_t)length,
        .header_size = header,
        .type = h[FFS_TYPE],
    };
    memcpy(out->name.b, h, sizeof out->name.b);
    if (out->type != EFI_FV_FILETYPE_RAW && out->type != EFI_FV_FILETYPE_FFS_PAD) {
        /* Sections are aligned from the end of the file's header. */
        struct ffs_file *f = out;
        size_t body = f->offset + header;
        read_sections(buf + body, (size_t)length - header, f);
        if (f->pe_offset != 0)
            f->pe_offset += body;
    }
    *cursor = (size_t)align_up(at + length, FFS_ALIGN);
    return true;
}
