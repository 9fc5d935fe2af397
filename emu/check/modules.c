/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which module an address belongs to. A module that was loaded to pages of its own has its header at a page start
 * below the address; one that runs in place lies in a firmware volume, whose files are walked.
 */
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "check/internal.h"
#include "image/agree.h"
#include "image/fv.h"
#include "image/pe.h"
#include "machine/pages.h"

#define MODULE_MAX_SIZE (2 * MIB)
#define FV_MAX_SIZE (16 * MIB)
#define FV_HEADER_MAX 0x10000u /* its length has 16 bits */
#define FV_SIGNATURE 0x4856465Fu

const struct module *module_known(const struct monitor *mon, uint64_t gva)
{
    const struct verdict *v = mon->v;
    /* The newest first: a module may have been shadowed over an older one. */
    for (size_t i = v->nr_modules; i-- > 0;)
        if (!v->module[i].gone && gva - v->module[i].base < v->module[i].size)
            return &v->module[i];
    return NULL;
}

void module_unloaded(struct monitor *mon, uint64_t base)
{
    struct verdict *v = mon->v;
    for (size_t i = 0; i < v->nr_modules; i++)
        v->module[i].gone |= v->module[i].base == base;
}

static const struct module *remember(struct monitor *mon, const char *name, const char *guid, uint64_t base,
                                     uint32_t size, uint64_t entry)
{
    struct verdict *v = mon->v;
    struct module *mod = verdict_add_module(v);
    if (mod == NULL)
        return NULL;
    (void)snprintf(mod->name, sizeof mod->name, "%s", name);
    (void)snprintf(mod->guid, sizeof mod->guid, "%s", guid);
    mod->base = base;
    mod->size = size;
    mod->entry = entry;
    mod->first = timepoint_now(mon);
    return mod;
}

/* Memory whose content comes page by page (machine/pages.h) needs to know what will be looked at of a view. */
static void will_see(const struct monitor *mon, uint64_t gpa, size_t n)
{
    if (mon->m->memory.pages != NULL)
        pages_want(&mon->m->memory, (struct span){page_down(gpa), page_up(gpa + n)});
}

/* Are there no such bytes? Asked of many pages, few of which anybody has ever looked at. */
static bool lacks(const struct monitor *mon, uint64_t gpa, const char *bytes, size_t n)
{
    return mon->m->memory.pages != NULL && memory_lacks(&mon->m->memory, gpa, bytes, n);
}

/*
 * Guest bytes as a flat view; RAM below 4 GiB is one piece on the host. NULL where there is none. Its first page may be
 * looked at; what lies behind after will_see().
 */
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
    if (*got > memory_run(mem, gpa)) {
        *got = (size_t)memory_run(mem, gpa);
        mon->m->doubt = "there is code beyond the memory that is reserved";
    }
    will_see(mon, gpa, *got < PAGE_SIZE ? *got : PAGE_SIZE);
    return memory_at(mem, gpa);
}

/* The volume whose header is there. */
static bool volume_at(const struct monitor *mon, const uint8_t *p, size_t n, uint64_t gpa, struct fv *fv)
{
    if (n < 0x48 || le32(p + 40) != FV_SIGNATURE)
        return false;
    will_see(mon, gpa, n < FV_HEADER_MAX ? n : FV_HEADER_MAX);
    if (!fv_next(p, n, 0, fv) || fv->offset != 0)
        return false;
    will_see(mon, gpa, fv->length < n ? fv->length : n);
    return true;
}

/* @n bytes at @at, of @size? */
static bool inside(uint32_t at, uint32_t n, size_t size)
{
    return at <= size && n <= size - at;
}

/* The same module, once as a file and once loaded to @base? The file may be one that runs in place, and be relocated. */
static bool same_code(const uint8_t *file, size_t nf, const uint8_t *mem, size_t nm, uint64_t base)
{
    struct pe_info a;
    struct pe_info b;
    if (!pe_parse(file, nf, &a) || !pe_parse(mem, nm, &b) || a.te != b.te || a.machine != b.machine ||
        a.entry_rva != b.entry_rva || a.size_of_image != b.size_of_image || a.code_at != b.code_at ||
        a.code_size != b.code_size || a.code_size == 0)
        return false;
    /* What a TE image was stripped of shifts both addresses alike. */
    return inside(a.code_raw, a.code_size, nf) && inside(b.code_at, b.code_size, nm) &&
           code_agrees(file + a.code_raw, mem + b.code_at, a.code_size,
                       a.te ? b.image_base - a.image_base : base - a.image_base, (struct span){base, base + nm});
}

static const char *file_name(const struct ffs_file *file, const struct pe_info *pe, const char *guid)
{
    return file->ui[0] != '\0' ? file->ui : pe->name[0] != '\0' ? pe->name : guid;
}

static void note_volume(struct monitor *mon, uint64_t gpa)
{
    for (size_t i = 0; i < mon->nr_volumes; i++)
        if (mon->volume[i] == gpa)
            return;
    if (mon->nr_volumes < VOLUMES_MAX)
        mon->volume[mon->nr_volumes++] = gpa;
}

void note_volumes(struct monitor *mon, uint64_t hob_list)
{
    const struct hob_reader r = boot_hob_reader(mon);
    struct hob_list l = {0};
    (void)hob_list_read(&r, hob_list, (size_t)limit(mon->m->limits, LIMIT_HOBS), &l);
    for (size_t i = 0; i < l.nr; i++)
        if (l.h[i].type == HOB_FV)
            note_volume(mon, l.h[i].range.start);
    hob_list_free(&l);
}

const uint8_t *volume_bytes(const struct monitor *mon, size_t i, size_t *n)
{
    return view(mon, mon->volume[i], FV_MAX_SIZE, n);
}

/* The file that a loaded module comes from, in the volumes known so far; the latest first. */
static bool find_file(struct monitor *mon, const uint8_t *p, size_t n, uint64_t base, struct ffs_file *file)
{
    for (size_t i = mon->nr_volumes; i-- > 0;) {
        size_t nv;
        const uint8_t *volume = view(mon, mon->volume[i], FV_MAX_SIZE, &nv);
        struct fv fv;
        if (volume == NULL || !volume_at(mon, volume, nv, mon->volume[i], &fv))
            continue;
        for (size_t cursor = 0; ffs_next(volume, nv, &fv, &cursor, file);)
            if (file->pe_offset != 0 && same_code(volume + file->pe_offset, nv - file->pe_offset, p, n, base))
                return true;
    }
    return false;
}

static const struct module *remember_loaded(struct monitor *mon, const uint8_t *p, size_t n, uint64_t base,
                                            const struct pe_info *pe)
{
    struct ffs_file file;
    char guid[GUID_TEXT_SIZE];
    const uint64_t entry = base + pe->entry_rva;
    if (!find_file(mon, p, n, base, &file))
        return remember(mon, pe->name[0] != '\0' ? pe->name : "(no name)", "", base, pe->size_of_image, entry);
    guid_format(&file.name, guid);
    return remember(mon, pe->name[0] != '\0' ? pe->name : file_name(&file, pe, guid), guid, base, pe->size_of_image,
                    entry);
}

static const struct module *loaded_at(struct monitor *mon, uint64_t gpa)
{
    uint64_t lowest = gpa > MODULE_MAX_SIZE ? gpa - MODULE_MAX_SIZE : 0;
    for (uint64_t page = page_down(gpa); page >= lowest && page >= PAGE_SIZE; page -= PAGE_SIZE) {
        size_t n;
        struct pe_info pe;
        if (lacks(mon, page + 1, "Z", 1))
            continue;
        const uint8_t *p = view(mon, page, MODULE_MAX_SIZE, &n);
        if (p == NULL || n < 2)
            return NULL;
        if ((p[0] != 'M' && p[0] != 'V') || p[1] != 'Z')
            continue;
        will_see(mon, page, n);
        if (!pe_parse(p, n, &pe))
            continue;
        if (gpa - page < pe.size_of_image)
            return remember_loaded(mon, p, n, page, &pe);
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
        const uint64_t base = buf_gpa + file.pe_offset;
        const uint64_t entry = pe_parse(buf + file.pe_offset, n - file.pe_offset, &pe) ? base + pe.entry_rva : 0;
        char guid[GUID_TEXT_SIZE];
        guid_format(&file.name, guid);
        note_volume(mon, buf_gpa);
        return remember(mon, file_name(&file, &pe, guid), guid, base, file.pe_size, entry);
    }
    return NULL;
}

/* The volume around @gpa: its header is on a page start below. */
static const struct module *in_place(struct monitor *mon, uint64_t gpa)
{
    uint64_t lowest = gpa > FV_MAX_SIZE ? gpa - FV_MAX_SIZE : 0;
    for (uint64_t page = page_down(gpa);; page -= PAGE_SIZE) {
        size_t n = 0;
        const bool blank = lacks(mon, page + 40, "_FVH", 4);
        const uint8_t *p = blank ? NULL : view(mon, page, FV_MAX_SIZE, &n);
        struct fv fv;
        if (p == NULL && !blank)
            return NULL;
        if (p != NULL && volume_at(mon, p, n, page, &fv))
            return gpa - page < fv.length ? in_volume(mon, p, n, &fv, page, gpa) : NULL;
        if (page < PAGE_SIZE || page - PAGE_SIZE < lowest)
            return NULL;
    }
}

const struct module *module_at(struct monitor *mon, uint64_t gva)
{
    const struct module *mod = module_known(mon, gva);
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
        const uint8_t *p = module_bytes(mon, mod, &there);
        if (p != NULL && memmem(p, there, bytes, n) != NULL)
            return true;
    }
    return false;
}

const uint8_t *module_bytes(const struct monitor *mon, const struct module *mod, size_t *n)
{
    const uint8_t *p = view(mon, mod->base, mod->size, n);
    if (p != NULL)
        will_see(mon, mod->base, *n);
    return p;
}

/* Its headers in memory. */
static bool headers(const struct monitor *mon, const struct module *mod, struct debug_module *d, struct pe_info *pe)
{
    *d = (struct debug_module){.name = mod->name, .base = mod->base};
    d->bytes = module_bytes(mon, mod, &d->size);
    return d->bytes != NULL && pe_parse(d->bytes, d->size, pe);
}

const struct symbols_match *module_symbols(struct monitor *mon, const struct module *mod)
{
    struct debug_module d;
    struct pe_info pe;
    if (mon->options.symbols == NULL || !headers(mon, mod, &d, &pe))
        return NULL;
    d.entry = pe.entry_rva;
    return symbols_for(mon->options.symbols, &d);
}

const struct module *monitor_module(struct monitor *mon, uint64_t gva)
{
    return module_at(mon, gva);
}

const struct symbols_match *monitor_symbols(struct monitor *mon, const struct module *mod)
{
    return module_symbols(mon, mod);
}

uint32_t monitor_entry(const struct monitor *mon, const struct module *mod)
{
    struct debug_module d;
    struct pe_info pe;
    return headers(mon, mod, &d, &pe) ? pe.entry_rva : 0;
}

static void place_module(const struct module *mod, uint64_t gva, struct code_place *out)
{
    memset(out, 0, sizeof *out);
    out->gva = gva;
    if (mod == NULL)
        return;
    (void)snprintf(out->module, sizeof out->module, "%s", mod->name);
    out->base = mod->base;
    out->offset = gva - mod->base;
    memcpy(out->guid, mod->guid, sizeof out->guid);
}

static void place(struct monitor *mon, const struct module *mod, uint64_t gva, uint64_t insn, struct code_place *out)
{
    place_module(mod, gva, out);
    if (mod == NULL)
        return;
    const struct symbols_match *match = module_symbols(mon, mod);
    if (match != NULL)
        (void)debug_file_place(match->file, insn - match->bias, &out->source);
}

void place_code(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place(mon, module_at(mon, gva), gva, gva, out);
}

void place_return(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place(mon, module_at(mon, gva - 1), gva, gva - 1, out);
}

void place_block(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place(mon, module_known(mon, gva), gva, gva, out);
}

void place_without_source(struct monitor *mon, uint64_t gva, struct code_place *out)
{
    place_module(module_at(mon, gva), gva, out);
}
