/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which module an address belongs to. A module that was loaded to pages of its own has its header at a page start
 * below the address; one that runs in place lies in a firmware volume, whose files are walked.
 */
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "check/internal.h"
#include "image/fv.h"
#include "image/pe.h"

#define MODULE_MAX_SIZE (2 * MIB)
#define FV_MAX_SIZE (16 * MIB)
#define ENTRY_BYTES 16u /* of the entry point that must agree */

static const struct module *known(const struct verdict *v, uint64_t gva)
{
    /* The newest first: a module may have been shadowed over an older one. */
    for (size_t i = v->nr_modules; i-- > 0;)
        if (gva - v->module[i].base < v->module[i].size)
            return &v->module[i];
    return NULL;
}

static const struct module *remember(struct verdict *v, const char *name, uint64_t base, uint32_t size)
{
    if (v->nr_modules == MODULES_MAX)
        return NULL;
    struct module *mod = &v->module[v->nr_modules++];
    (void)snprintf(mod->name, sizeof mod->name, "%s", name);
    mod->base = base;
    mod->size = size;
    return mod;
}

/* Guest bytes as a flat view; RAM below 4 GiB is one piece on the host. NULL where there is none. */
static const uint8_t *view(const struct monitor *mon, uint64_t gpa, size_t want, size_t *got)
{
    const struct memory *mem = &mon->m->memory;
    const struct plan_range *r = plan_find(mem->plan, gpa);
    if (r == NULL || r->kind != PLAN_RAM)
        return NULL;
    uint64_t end = r->at.end;
    while (end < gpa + want) {
        const struct plan_range *next = plan_find(mem->plan, end);
        if (next == NULL || next->kind != PLAN_RAM)
            break;
        end = next->at.end;
    }
    *got = end - gpa < want ? (size_t)(end - gpa) : want;
    return mem->base + gpa;
}

/* The same module, once in its volume and once loaded? Relocation leaves headers and most code as they are. */
static bool same_code(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
    struct pe_info pa;
    struct pe_info pb;
    if (!pe_parse(a, na, &pa) || !pe_parse(b, nb, &pb) || pa.entry_rva != pb.entry_rva ||
        pa.size_of_image != pb.size_of_image || pa.machine != pb.machine)
        return false;
    size_t end = (size_t)pa.entry_rva + ENTRY_BYTES;
    return end <= na && end <= nb && memcmp(a + pa.entry_rva, b + pb.entry_rva, ENTRY_BYTES) == 0;
}

static const char *file_name(const struct ffs_file *file, const struct pe_info *pe, char guid[GUID_TEXT_SIZE])
{
    guid_format(&file->name, guid);
    return file->ui[0] != '\0' ? file->ui : pe->name[0] != '\0' ? pe->name : guid;
}

/* The name of a loaded module without one: that of the file in the volume that it was loaded from. */
static const struct module *name_by_content(struct monitor *mon, const uint8_t *p, size_t n, uint64_t base,
                                            const struct pe_info *pe)
{
    size_t nv;
    const uint8_t *volume = mon->volume != 0 ? view(mon, mon->volume, FV_MAX_SIZE, &nv) : NULL;
    struct fv fv;
    struct ffs_file file;
    char guid[GUID_TEXT_SIZE];
    if (volume != NULL && fv_next(volume, nv, 0, &fv) && fv.offset == 0)
        for (size_t cursor = 0; ffs_next(volume, nv, &fv, &cursor, &file);)
            if (file.pe_offset != 0 && same_code(volume + file.pe_offset, nv - file.pe_offset, p, n))
                return remember(mon->v, file_name(&file, pe, guid), base, pe->size_of_image);
    return remember(mon->v, "(no name)", base, pe->size_of_image);
}

static const struct module *loaded_at(struct monitor *mon, uint64_t gpa)
{
    uint64_t lowest = gpa > MODULE_MAX_SIZE ? gpa - MODULE_MAX_SIZE : 0;
    for (uint64_t page = page_down(gpa); page >= lowest && page >= PAGE_SIZE; page -= PAGE_SIZE) {
        size_t n;
        const uint8_t *p = view(mon, page, MODULE_MAX_SIZE, &n);
        struct pe_info pe;
        if (p == NULL || n < 2)
            return NULL;
        if ((p[0] != 'M' && p[0] != 'V') || p[1] != 'Z' || !pe_parse(p, n, &pe))
            continue;
        if (gpa - page < pe.size_of_image)
            return pe.name[0] != '\0' ? remember(mon->v, pe.name, page, pe.size_of_image)
                                      : name_by_content(mon, p, n, page, &pe);
        return NULL;
    }
    return NULL;
}

static const struct module *in_volume(struct monitor *mon, const uint8_t *buf, size_t n, const struct fv *fv,
                                      uint64_t buf_gpa, uint64_t gpa)
{
    struct ffs_file file;
    for (size_t cursor = 0; ffs_next(buf, n, fv, &cursor, &file);) {
        if (file.pe_offset == 0 || gpa - (buf_gpa + file.pe_offset) >= file.pe_size)
            continue;
        struct pe_info pe = {0};
        (void)pe_parse(buf + file.pe_offset, n - file.pe_offset, &pe);
        char guid[GUID_TEXT_SIZE];
        mon->volume = buf_gpa;
        return remember(mon->v, file_name(&file, &pe, guid), buf_gpa + file.pe_offset, file.pe_size);
    }
    return NULL;
}

/* The volume around @gpa: its header is on a page start below. */
static const struct module *in_place(struct monitor *mon, uint64_t gpa)
{
    uint64_t lowest = gpa > FV_MAX_SIZE ? gpa - FV_MAX_SIZE : 0;
    for (uint64_t page = page_down(gpa);; page -= PAGE_SIZE) {
        size_t n;
        const uint8_t *p = view(mon, page, FV_MAX_SIZE, &n);
        struct fv fv;
        if (p == NULL)
            return NULL;
        if (n >= 0x48 && memcmp(p + 40, "_FVH", 4) == 0 && fv_next(p, n, 0, &fv) && fv.offset == 0)
            return gpa - page < fv.length ? in_volume(mon, p, n, &fv, page, gpa) : NULL;
        if (page < PAGE_SIZE || page - PAGE_SIZE < lowest)
            return NULL;
    }
}

const struct module *module_at(struct monitor *mon, uint64_t gva)
{
    const struct module *mod = known(mon->v, gva);
    if (mod != NULL)
        return mod;
    struct paging p;
    struct walk w;
    machine_paging(mon->m, &p);
    if (!walk_gva(&mon->m->memory, &p, gva, &w))
        return NULL;
    /* Firmware in SEC and PEI runs identity-mapped; elsewhere a header search by page would be guesswork. */
    if (w.gpa != gva)
        return NULL;
    mod = in_place(mon, gva);
    return mod != NULL ? mod : loaded_at(mon, gva);
}

bool module_holds(const struct monitor *mon, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < mon->v->nr_modules; i++) {
        const struct module *mod = &mon->v->module[i];
        size_t there;
        const uint8_t *p = view(mon, mod->base, mod->size, &there);
        if (p != NULL && memmem(p, there, bytes, n) != NULL)
            return true;
    }
    return false;
}

void place_code(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    memset(out, 0, sizeof *out);
    out->gva = gva;
    const struct module *mod = module_at(mon, gva);
    if (mod == NULL)
        return;
    (void)snprintf(out->module, sizeof out->module, "%s", mod->name);
    out->base = mod->base;
    out->offset = gva - mod->base;
}
