/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/fv.h"

#include <string.h>

#include "base/le.h"

/* EFI_FIRMWARE_VOLUME_HEADER, PI 1.7 volume 3, section 3.2.1. */
enum {
    FV_GUID = 16,
    FV_LENGTH = 32,
    FV_SIGNATURE = 40,
    FV_HEADER_LENGTH = 48,
    FV_HEADER_MIN = 64, /* with the terminator of the block map */
    FV_ALIGN = 8,
};

/* gEfiSystemNvDataFvGuid, FFF12B8D-7696-4C8B-A985-2747075B4F50 (E:MdeModulePkg/Include/Guid/SystemNvDataGuid.h). */
static const struct guid nv_data_fs = {
    {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c, 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50}};
/* EFI_FIRMWARE_FILE_SYSTEM2 and 3: 8C8CE578-8A3D-4F1C-… and 5473C07A-3DCB-4DCA-… (PI 1.7 volume 3, section 3.2.2). */
static const struct guid code_fs[] = {
    {{0x78, 0xe5, 0x8c, 0x8c, 0x3d, 0x8a, 0x1c, 0x4f, 0x99, 0x35, 0x89, 0x61, 0x85, 0xc3, 0x2d, 0xd3}},
    {{0x7a, 0xc0, 0x73, 0x54, 0xcb, 0x3d, 0xca, 0x4d, 0xbd, 0x6f, 0x1e, 0x96, 0x89, 0xe7, 0x34, 0x9a}},
};

/* The 16-bit words of the header sum to 0. */
static bool checksum_ok(const uint8_t *header, size_t length)
{
    uint16_t sum = 0;
    for (size_t i = 0; i + 2 <= length; i += 2)
        sum = (uint16_t)(sum + le16(header + i));
    return sum == 0;
}

static bool fv_at(const uint8_t *buf, size_t size, size_t at, struct fv *out)
{
    const uint8_t *h = buf + at;
    if (memcmp(h + FV_SIGNATURE, "_FVH", 4) != 0)
        return false;
    uint64_t length = le64(h + FV_LENGTH);
    uint16_t header = le16(h + FV_HEADER_LENGTH);
    if (header < FV_HEADER_MIN || header % 2 != 0 || header > length || length > size - at)
        return false;
    out->offset = at;
    out->length = length;
    out->header_length = header;
    memcpy(out->fs.b, h + FV_GUID, sizeof out->fs.b);
    out->checksum_ok = checksum_ok(h, header);
    return true;
}

bool fv_next(const uint8_t *buf, size_t size, size_t from, struct fv *out)
{
    if (from >= size || size < FV_HEADER_MIN)
        return false;
    for (size_t at = (from + FV_ALIGN - 1) & ~(size_t)(FV_ALIGN - 1); at <= size - FV_HEADER_MIN; at += FV_ALIGN)
        if (fv_at(buf, size, at, out))
            return true;
    return false;
}

bool fv_has_files(const struct fv *fv)
{
    for (size_t i = 0; i < sizeof code_fs / sizeof code_fs[0]; i++)
        if (guid_equal(&fv->fs, &code_fs[i]))
            return true;
    return false;
}

bool fv_has_variables(const struct fv *fv)
{
    return guid_equal(&fv->fs, &nv_data_fs);
}
