/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/flavour.h"

#include <string.h>

#include "base/span.h"
#include "image/bytes.h"
#include "image/fv.h"
#include "image/pvh.h"
#include "image/verdict.h"

#define GIVE "give the combined OVMF.fd (for Xen: OvmfXen's OVMF.fd)"

/* Files that people give instead of an image, known by how they start. */
static const struct {
    const char *magic;
    size_t length;
    const char *what, *advice;
} others[] = {
    {"\3757zXZ\0", 6, "an xz archive", "unpack it first (unxz)"},
    {"\x28\xb5\x2f\xfd", 4, "a zstd archive", "unpack it first (unzstd)"},
    {"BZh", 3, "a bzip2 archive", "unpack it first (bunzip2)"},
    {"\x1f\x8b", 2, "a gzip archive inside a gzip archive", "unpack it once"},
    {"PK\3\4", 4, "a zip archive", "unpack it first (unzip)"},
    {"QFI\xfb", 4, "a qcow2 disk image", "convert it first (qemu-img convert -O raw)"},
    {"!<arch>\n", 8, "a Debian package or a static library", "unpack it first (dpkg -x) and give the image inside"},
    {"\xed\xab\xee\xdb", 4, "an RPM package", "unpack it first and give the image inside"},
    {"MZ", 2, "a PE file (an EFI application, driver or boot loader)", "it has no reset vector: " GIVE},
    /* EFI_FIRMWARE_MANAGEMENT_CAPSULE_ID_GUID (UEFI 2.10, section 23.3) */
    {"\xed\xd5\xcb\x6d\x2d\xe8\x44\x4c\xbd\xa1\x71\x94\x19\x9a\xd9\x2a", 16, "a firmware update capsule",
     "give the flash image inside"},
};

struct contents {
    unsigned nr_code, nr_nv; /* volumes with files, volumes with variables */
    bool cut;                /* a volume's header at @cut_at claims more than the file holds */
    size_t cut_at;
};

/* Does a volume's header start at @at, whatever length it claims? (GUID at 16, signature at 40.) */
static bool header_at(const uint8_t *bytes, size_t size, size_t at)
{
    struct fv fv = {0};
    if (at > size || size - at < 44 || memcmp(bytes + at + 40, "_FVH", 4) != 0)
        return false;
    memcpy(fv.fs.b, bytes + at + 16, sizeof fv.fs.b);
    return fv_has_files(&fv) || fv_has_variables(&fv);
}

static struct contents survey(const uint8_t *bytes, size_t size)
{
    struct contents c = {0};
    struct fv fv;
    size_t at = 0;
    for (; fv_next(bytes, size, at, &fv); at = fv.offset + (size_t)fv.length) {
        if (!fv.checksum_ok)
            continue;
        c.nr_code += fv_has_files(&fv) ? 1 : 0;
        c.nr_nv += fv_has_variables(&fv) ? 1 : 0;
    }
    /* Volumes follow one another: a header right behind the last whole one belongs to one that is not whole. */
    c.cut = header_at(bytes, size, at);
    c.cut_at = at;
    return c;
}

/* The CPU starts 16 bytes before the end: erased or never written bytes there are no code. */
static bool has_reset_vector(const uint8_t *bytes, size_t size)
{
    if (size < 16)
        return false;
    const uint8_t *v = bytes + size - 16;
    bool zeros = true, ones = true;
    for (int i = 0; i < 16; i++) {
        zeros = zeros && v[i] == 0;
        ones = ones && v[i] == 0xff;
    }
    return !zeros && !ones;
}

/*
 * A flat image is mostly padding: one value fills much of it. Where even the commonest is rarer than 1 in 128, the
 * bytes are compressed, encrypted or random (1 in 256 each).
 */
static bool looks_random(const uint8_t *bytes, size_t size)
{
    size_t count[256] = {0}, most = 0;
    for (size_t i = 0; i < size; i++)
        count[bytes[i]]++;
    for (size_t i = 0; i < 256; i++)
        most = count[i] > most ? count[i] : most;
    return most < size / 128;
}

static bool refuse_other(const struct image *im, struct diag *d)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (im->size >= others[i].length && memcmp(im->bytes, others[i].magic, others[i].length) == 0)
            return diag_fail(d, im->path, 0, "this is %s, not a firmware image: %s", others[i].what, others[i].advice);
    return true;
}

static bool refuse_elf(const struct image *im, struct diag *d)
{
    /* X:tools/firmware/hvmloader/hvmloader.c:main prints this first. */
    if (bytes_contain_text(im->bytes, im->size, "HVM Loader\n"))
        return diag_fail(d, im->path, 0, "this is hvmloader, not a firmware image: it is what loads one; " GIVE);
    if (im->pvh.present && im->pvh.filesz > im->size)
        return diag_fail(d, im->path, 0,
                         "truncated: the ELF header at its start (OvmfXen's?) promises %#x bytes, the file has %#zx; "
                         "fetch it again or " GIVE,
                         im->pvh.filesz, im->size);
    return diag_fail(d, im->path, 0, "this is an ELF program (a kernel?), not a firmware image: " GIVE);
}

static bool refuse_size(const struct image *im, const struct contents *c, struct diag *d)
{
    static const char why[] = "hvmloader would put its reset vector in the wrong place";
    unsigned long long size = im->size;
    if (im->kind == IMAGE_OVMF_CODE)
        return diag_fail(d, im->path, 0,
                         "this is OVMF_CODE.fd: code without a variable store, %#llx bytes, not a whole number of "
                         "MiB; %s; put its variable store before it (cat OVMF_VARS.fd OVMF_CODE.fd) or " GIVE,
                         size, why);
    if (c->nr_code + c->nr_nv > 0)
        return diag_fail(d, im->path, 0, "%#llx bytes, not a whole number of MiB (a padded image?); %s; " GIVE, size,
                         why);
    return diag_fail(d, im->path, 0,
                     "no firmware volume, and %#llx bytes is not a whole number of MiB: not a firmware image; " GIVE,
                     size);
}

static bool classify(struct image *im, struct diag *d)
{
    im->kind = IMAGE_UNKNOWN;
    im->pvh = (struct pvh_header){0};
    if (im->size == 0)
        return diag_fail(d, im->path, 0, "the file is empty: " GIVE);

    struct contents c = survey(im->bytes, im->size);
    bool bootable = has_reset_vector(im->bytes, im->size);
    bool elf = elf_is(im->bytes, im->size);
    (void)pvh_parse(im->bytes, im->size, &im->pvh);
    if (c.nr_code > 0)
        /* OvmfXen's ELF header lies where others have the variable store. */
        im->kind = c.nr_nv > 0 || elf ? IMAGE_OVMF : IMAGE_OVMF_CODE;
    else if (c.nr_nv > 0 && !bootable)
        im->kind = IMAGE_OVMF_VARS;

    if (c.cut)
        return diag_fail(d, im->path, 0,
                         "truncated: the firmware volume at %#zx goes on past the end of the file (%#zx bytes); "
                         "fetch it again or " GIVE,
                         c.cut_at, im->size);
    if (c.nr_code == 0 && c.nr_nv == 0 && verdict_is_seabios(im))
        return diag_fail(d, im->path, 0, "this is SeaBIOS, not a UEFI image: hvmloader has its own; " GIVE);
    if (im->kind == IMAGE_OVMF_VARS)
        return diag_fail(d, im->path, 0,
                         "this is OVMF_VARS.fd: a variable store without code, %#llx bytes, nothing to run; " GIVE,
                         (unsigned long long)im->size);
    if (c.nr_code == 0 && !refuse_other(im, d))
        return false;
    if (elf && c.nr_code == 0 && !im->pvh.present)
        return refuse_elf(im, d);
    if (im->size % MIB != 0)
        return elf && c.nr_code == 0 ? refuse_elf(im, d) : refuse_size(im, &c, d);
    if (!bootable)
        return diag_fail(d, im->path, 0,
                         "no reset vector: the last 16 bytes, where the CPU starts, are all %s (a truncated or "
                         "padded image?); " GIVE,
                         im->bytes[im->size - 1] == 0 ? "00" : "FF");
    if (c.nr_code == 0 && looks_random(im->bytes, im->size))
        return diag_fail(d, im->path, 0,
                         "no firmware volume, and bytes as even as random, compressed or encrypted ones: not a "
                         "firmware image; " GIVE);
    return true;
}

bool flavour_classify(struct image *im, struct diag *d)
{
    struct diag refusal = {0};
    bool ok = classify(im, &refusal);
    verdict_make(im, ok ? NULL : refusal.message);
    if (im->verdict.flavour == FLAVOUR_NOT_X86)
        ok = diag_fail(&refusal, im->path, 0, "this is UEFI firmware, but its code is not for x86: " GIVE);
    if (!ok && d != NULL)
        *d = refusal;
    return ok;
}
