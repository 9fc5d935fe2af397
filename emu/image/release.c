/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/release.h"

#include <stdio.h>
#include <string.h>

#include "image/bytes.h"
#include "image/modules.h"

/*
 * Modules that E:OvmfPkg/OvmfXen.fdf has without condition in the releases from @from to @to (0: the newest looked at,
 * 202605, has it still). Found with git in the tags edk2-stable201908 to 202605.
 */
static const struct {
    const char *module;
    unsigned from, to;
} ovmfxen[] = {
    {"XenPlatformPei", 201908, 0},        {"XenTimerDxe", 201908, 202202},
    {"PrintDxe", 201908, 202111},         {"IncompatiblePciDeviceSupportDxe", 201908, 202105},
    {"QemuKernelLoaderFsDxe", 202111, 0}, {"LocalApicTimerDxe", 202205, 0},
    {"Hash2DxeCrypto", 202405, 0},        {"RngDxe", 202408, 0},
};

enum release_hypercall release_hypercall(const uint8_t *code, size_t size)
{
    /* mov rax, rcx; mov rdi, rdx; mov rsi, r8; then call rax, or VMCALL */
    static const uint8_t page[] = {0x48, 0x89, 0xc8, 0x48, 0x89, 0xd7, 0x4c, 0x89, 0xc6, 0xff, 0xd0};
    static const uint8_t direct[] = {0x48, 0x89, 0xc8, 0x48, 0x89, 0xd7, 0x4c, 0x89, 0xc6, 0x0f, 0x01, 0xc1};
    return bytes_contain(code, size, direct, sizeof direct) ? HYPERCALL_DIRECT
           : bytes_contain(code, size, page, sizeof page)   ? HYPERCALL_PAGE
                                                            : HYPERCALL_UNKNOWN;
}

static void narrow(struct release_range *r, unsigned from, unsigned to, const char *what)
{
    bool younger = from > r->from, older = to != 0 && (r->to == 0 || to < r->to);
    r->from = younger ? from : r->from;
    r->to = older ? to : r->to;
    size_t used = strlen(r->told_by);
    if (younger || older)
        (void)snprintf(r->told_by + used, sizeof r->told_by - used, "%s%s", used != 0 ? "; " : "", what);
}

static void narrow_by_hypercalls(const struct image_module *m, struct release_range *r)
{
    enum release_hypercall kind = release_hypercall(m->bytes, m->size);
    if (kind == HYPERCALL_DIRECT)
        narrow(r, 202411, 0, "direct hypercalls since 202411");
    else if (kind == HYPERCALL_PAGE)
        narrow(r, 0, 202408, "a hypercall page to 202408");
}

bool release_guess(const struct image *im, const struct image_tree *t, struct release_range *out)
{
    struct image_module m;
    *out = (struct release_range){0};
    if (im->verdict.flavour == FLAVOUR_OVMFXEN) {
        for (size_t i = 0; i < sizeof ovmfxen / sizeof ovmfxen[0]; i++) {
            char what[96];
            if (!image_module_find(t, ovmfxen[i].module, &m))
                continue;
            if (ovmfxen[i].to != 0)
                (void)snprintf(what, sizeof what, "%s to %u", ovmfxen[i].module, ovmfxen[i].to);
            else
                (void)snprintf(what, sizeof what, "%s since %u", ovmfxen[i].module, ovmfxen[i].from);
            narrow(out, ovmfxen[i].from, ovmfxen[i].to, what);
        }
        if (image_module_find(t, "XenPlatformPei", &m))
            narrow_by_hypercalls(&m, out);
    } else if (im->verdict.since != 0) {
        narrow(out, im->verdict.since, 0, "an entry in the reset vector's table");
        if (im->verdict.since == 202105 && image_module_find(t, "XenBusDxe", &m))
            narrow(out, 0, 202105, "Xen's modules to 202105");
    }
    return out->from != 0 || out->to != 0;
}

const char *release_format(const struct release_range *r, char *out, size_t room)
{
    if (r->from != 0 && r->to != 0 && r->from > r->to)
        (void)snprintf(out, room, "contradictory (a tree of one's own?)");
    else if (r->from == r->to)
        (void)snprintf(out, room, "edk2-stable%u", r->from);
    else if (r->to == 0)
        (void)snprintf(out, room, "edk2-stable%u or later", r->from);
    else if (r->from == 0)
        (void)snprintf(out, room, "edk2-stable%u or earlier", r->to);
    else
        (void)snprintf(out, room, "edk2-stable%u to %u", r->from, r->to);
    return out;
}
