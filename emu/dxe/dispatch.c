/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dxe/dispatch.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "image/guid_names.h"
#include "image/section.h"

/* EFI_FV_FILETYPE_*: what the DXE core dispatches. */
#define FILE_DRIVER 0x07
#define FILE_COMBINED 0x08

/* E:MdeModulePkg/Core/Dxe/DxeMain/DxeProtocolNotify.c: mArchProtocols. Ordered by what a missing one leads to. */
static const struct {
    const char *name, *edk2;
} arch[] = {
    {"Bds", "gEfiBdsArchProtocolGuid"},
    {"VariableWrite", "gEfiVariableWriteArchProtocolGuid"},
    {"Variable", "gEfiVariableArchProtocolGuid"},
    {"Capsule", "gEfiCapsuleArchProtocolGuid"},
    {"MonotonicCounter", "gEfiMonotonicCounterArchProtocolGuid"},
    {"Security", "gEfiSecurityArchProtocolGuid"},
    {"Cpu", "gEfiCpuArchProtocolGuid"},
    {"Metronome", "gEfiMetronomeArchProtocolGuid"},
    {"Timer", "gEfiTimerArchProtocolGuid"},
    {"WatchdogTimer", "gEfiWatchdogTimerArchProtocolGuid"},
    {"Runtime", "gEfiRuntimeArchProtocolGuid"},
    {"Reset", "gEfiResetArchProtocolGuid"},
    {"RealTimeClock", "gEfiRealTimeClockArchProtocolGuid"},
};
#define NR_ARCH (sizeof arch / sizeof arch[0])
_Static_assert(NR_ARCH <= DXE_ARCH_MAX, "room for all of them");

/* What is looked for in a driver that was started but has not done what it is there for: what it may be waiting for. */
static const struct {
    const char *name, *edk2;
} awaited[] = {
    {"FaultTolerantWrite", "gEfiFaultTolerantWriteProtocolGuid"},
    {"FirmwareVolumeBlock", "gEfiFirmwareVolumeBlockProtocolGuid"},
};

/* Of row @i of the tables; image/guid_names.c has all of these. */
static const struct guid *arch_guid(size_t i)
{
    return guid_named(arch[i].edk2);
}
static const struct guid *awaited_guid(size_t i)
{
    return guid_named(awaited[i].edk2);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static void add_depex(struct dxe_file *f, const uint8_t *stream, size_t size)
{
    size_t cursor = 0;
    struct section s;
    bool damaged;
    while (section_next(stream, size, &cursor, &s, &damaged)) {
        if (s.type != SECTION_DXE_DEPEX)
            continue;
        f->depex = stream + s.body;
        f->ndepex = s.offset + s.size - s.body;
        return;
    }
}

void dxe_files_add(struct dxe_files *all, const uint8_t *volume, size_t size)
{
    struct fv fv;
    struct ffs_file file;
    if (!fv_next(volume, size, 0, &fv) || fv.offset != 0 || !fv_has_files(&fv))
        return;
    for (size_t cursor = 0; all->nr < DXE_FILES_MAX && ffs_next(volume, size, &fv, &cursor, &file);) {
        if ((file.type != FILE_DRIVER && file.type != FILE_COMBINED) || file.pe_offset == 0 ||
            dxe_file_find(all, &file.name) != NULL)
            continue;
        struct dxe_file *f = &all->f[all->nr++];
        *f = (struct dxe_file){.guid = file.name, .pe = volume + file.pe_offset, .npe = file.pe_size};
        if (file.ui[0] != '\0')
            (void)snprintf(f->name, sizeof f->name, "%s", file.ui);
        else
            guid_format(&file.name, f->name);
        add_depex(f, volume + file.offset + file.header_size, file.size - file.header_size);
    }
}

struct dxe_file *dxe_file_find(struct dxe_files *all, const struct guid *g)
{
    for (size_t i = 0; i < all->nr; i++)
        if (guid_equal(&all->f[i].guid, g))
            return &all->f[i];
    return NULL;
}

/* --- dependencies ------------------------------------------------------------------------------------------------- */

enum { OP_BEFORE, OP_AFTER, OP_PUSH, OP_AND, OP_OR, OP_NOT, OP_TRUE, OP_FALSE, OP_END, OP_SOR };
#define DEPEX_STACK 64
#define DEPEX_TERMS 64

/* What a driver waits for. */
struct wants {
    struct guid term[DEPEX_TERMS];
    size_t nr;
    const char *how; /* "before ", "after ": another driver; else "": protocols */
};

static void want(struct wants *w, const struct guid *g)
{
    if (w->nr < DEPEX_TERMS)
        w->term[w->nr++] = *g;
}

/* A value on the stack, and where in the list of terms those begin that it would take to change it. */
struct operand {
    bool is;
    size_t from;
};

/* One operator that takes @top's operands and leaves one. False: there is no such operator. */
static bool apply(uint8_t op, struct operand *top, struct wants *w)
{
    switch (op) {
    case OP_AND:
        top->is = top[0].is && top[1].is;
        break;
    case OP_OR:
        top->is = top[0].is || top[1].is;
        break;
    case OP_NOT:
        top->is = !top->is;
        break;
    case OP_TRUE:
    case OP_FALSE:
        *top = (struct operand){op == OP_TRUE, w->nr};
        break;
    default:
        return false;
    }
    if (top->is || op == OP_NOT)
        w->nr = top->from;
    return true;
}

static size_t operands(uint8_t op)
{
    return op == OP_AND || op == OP_OR ? 2 : op == OP_NOT || op == OP_END ? 1 : 0;
}

/* True when the dispatcher would start the driver: PI 1.7, volume 2, 10.7. Else @w: the terms that keep it from it. */
static bool depex_true(const struct dxe_file *f, const struct efi_protocols *there, struct wants *w)
{
    struct operand stack[DEPEX_STACK + 2] = {{0}};
    size_t depth = 0;
    for (size_t at = 0; at < f->ndepex;) {
        const uint8_t op = f->depex[at++];
        if (op == OP_SOR)
            continue; /* only when somebody asks for it */
        if (depth < operands(op) || depth == DEPEX_STACK)
            return false;
        depth -= operands(op);
        if (op == OP_END)
            return stack[depth].is;
        if (op > OP_PUSH) {
            if (!apply(op, &stack[depth++], w))
                return false;
            continue;
        }
        struct guid g;
        if (f->ndepex - at < sizeof g.b)
            return false;
        memcpy(g.b, f->depex + at, sizeof g.b);
        at += sizeof g.b;
        stack[depth] = (struct operand){op == OP_PUSH && efi_protocol(there, &g) != NULL, w->nr};
        if (!stack[depth++].is)
            want(w, &g);
        if (op != OP_PUSH) { /* scheduled by another driver, not by protocols */
            w->how = op == OP_BEFORE ? "before " : "after ";
            return false;
        }
    }
    return false;
}

static bool may_start(const struct dxe_file *f, const struct efi_protocols *there, struct wants *w)
{
    bool all = true;
    if (f->depex != NULL)
        return depex_true(f, there, w);
    for (size_t i = 0; i < NR_ARCH; i++)
        if (efi_protocol(there, arch_guid(i)) == NULL) {
            want(w, arch_guid(i));
            all = false;
        }
    return all;
}

/* What people call it. */
static const char *bare_name(const struct guid *g, char text[GUID_TEXT_SIZE])
{
    for (size_t i = 0; i < NR_ARCH; i++)
        if (guid_equal(arch_guid(i), g))
            return arch[i].name;
    const char *name = guid_name(g);
    if (name != NULL)
        return name;
    guid_format(g, text);
    return text;
}

static void format_wants(const struct wants *w, char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < w->nr && used < room; i++) {
        char text[GUID_TEXT_SIZE];
        const int n = snprintf(out + used, room - used, "%s%s%s", i != 0 ? ", " : "", w->how != NULL ? w->how : "",
                               bare_name(&w->term[i], text));
        used += n > 0 ? (size_t)n : 0;
    }
}

/* --- causes ------------------------------------------------------------------------------------------------------- */

static bool carries(const struct dxe_file *f, const struct guid *g)
{
    return f->npe != 0 && memmem(f->pe, f->npe, g->b, sizeof g->b) != NULL;
}

static bool is_error(const struct dxe_file *f)
{
    return f->fate == DXE_RETURNED && f->status >> 63 != 0;
}

static void cause(struct dxe_dispatch *out, const char *fmt, ...)
{
    va_list args;
    if (out->nr_causes == DXE_CAUSES_MAX)
        return;
    va_start(args, fmt);
    (void)vsnprintf(out->cause[out->nr_causes++], DXE_TEXT_SIZE, fmt, args);
    va_end(args);
}

static bool is_among(const struct dxe_file *f, const struct dxe_file *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == f)
            return true;
    return false;
}

/*
 * Who would have installed @g: a driver that carries its GUID and does not itself wait for it. One that was never
 * started or ended with an error comes first: the others have had their chance. Those of the chain so far wait for it.
 */
static const struct dxe_file *provider(const struct dxe_files *all, const struct guid *g,
                                       const struct efi_protocols *there, const struct dxe_file *const *seen,
                                       size_t nr_seen)
{
    const struct dxe_file *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < all->nr; i++) {
        const struct dxe_file *f = &all->f[i];
        struct wants w = {.nr = 0};
        if (!carries(f, g) || is_among(f, seen, nr_seen))
            continue;
        if (f->depex != NULL && memmem(f->depex, f->ndepex, g->b, sizeof g->b) != NULL)
            continue; /* it asks for it */
        int rank = is_error(f) ? 2 : f->fate == DXE_NOT_STARTED && f->depex != NULL && !may_start(f, there, &w) ? 3 : 1;
        if (f->depex == NULL)
            rank = 0;
        if (rank > best_rank) {
            best = f;
            best_rank = rank;
        }
    }
    return best;
}

/* Drivers that failed and share one of the awaited protocols with @f. */
static void tell_failed_partners(const struct dxe_files *all, const struct dxe_file *f, struct dxe_dispatch *out)
{
    for (size_t k = 0; k < sizeof awaited / sizeof awaited[0]; k++)
        for (size_t i = 0; carries(f, awaited_guid(k)) && i < all->nr; i++) {
            const struct dxe_file *other = &all->f[i];
            const char *name = efi_status_name(other->status);
            if (other != f && is_error(other) && carries(other, awaited_guid(k)))
                cause(out, "%s, which could have given it %s, returned %s (%#llx)", other->name, awaited[k].name,
                      name != NULL ? name : "an error", (unsigned long long)other->status);
        }
}

/* A started driver has not installed what is missed: what could it be waiting for? NULL when nothing is known. */
static const struct guid *waits_for(const struct dxe_file *f, const struct guid *missed,
                                    const struct efi_protocols *there)
{
    for (size_t k = 0; k < sizeof awaited / sizeof awaited[0]; k++)
        if (carries(f, awaited_guid(k)) && !guid_equal(awaited_guid(k), missed) &&
            efi_protocol(there, awaited_guid(k)) == NULL)
            return awaited_guid(k);
    return NULL;
}

static void follow(const struct dxe_files *all, const struct efi_protocols *there, const struct guid *missed,
                   struct dxe_dispatch *out)
{
    struct guid next = *missed;
    const struct dxe_file *seen[DXE_CAUSES_MAX];
    for (size_t n = 0; n < DXE_CAUSES_MAX; n++) {
        char text[DXE_TEXT_SIZE - 128] = "", name[GUID_TEXT_SIZE];
        struct wants w = {.nr = 0};
        const struct dxe_file *f = provider(all, &next, there, seen, n);
        const char *what = bare_name(&next, name);
        seen[n] = f;
        if (f == NULL) {
            cause(out, "%s: no %sdriver of this image carries it", what, n != 0 ? "other " : "");
            return;
        }
        if (f->fate == DXE_NOT_STARTED) {
            const bool could = may_start(f, there, &w);
            format_wants(&w, text, sizeof text);
            cause(out, "%s is for %s to install, which was never started%s%s", what, f->name,
                  could ? "" : ": it waits for ", text);
            if (could || w.nr == 0 || w.how != NULL)
                return;
            next = w.term[0];
            continue;
        }
        if (is_error(f)) {
            const char *status = efi_status_name(f->status);
            cause(out, "%s is for %s to install, which returned %s (%#llx)", what, f->name,
                  status != NULL ? status : "an error", (unsigned long long)f->status);
            return;
        }
        if (f->fate == DXE_RUNNING) {
            cause(out, "%s is for %s to install, which was started and has not returned", what, f->name);
            return;
        }
        const struct guid *awaits = waits_for(f, &next, there);
        char other[GUID_TEXT_SIZE];
        cause(out, "%s is for %s to install, which was started and has not%s%s", what, f->name,
              awaits != NULL ? ": it waits for " : "", awaits != NULL ? bare_name(awaits, other) : "");
        if (awaits == NULL) {
            tell_failed_partners(all, f, out);
            return;
        }
        next = *awaits;
    }
}

/* --- all together ------------------------------------------------------------------------------------------------- */

static void tell_waiting(const struct dxe_file *f, const struct efi_protocols *there, struct dxe_dispatch *out)
{
    if (out->nr_waiting == DXE_WAITING_MAX) {
        out->waiting_dropped++;
        return;
    }
    struct dxe_waiting *at = &out->waiting[out->nr_waiting++];
    struct wants w = {.nr = 0};
    memcpy(at->name, f->name, sizeof at->name);
    if (there == NULL)
        return;
    if (may_start(f, there, &w))
        (void)snprintf(at->wants, sizeof at->wants, "nothing: its turn had not come");
    else
        format_wants(&w, at->wants, sizeof at->wants);
}

void dxe_explain(const struct dxe_files *all, const struct efi_protocols *there, struct dxe_dispatch *out)
{
    memset(out, 0, sizeof *out);
    out->protocols = there != NULL;
    for (size_t i = 0; i < all->nr; i++) {
        const struct dxe_file *f = &all->f[i];
        out->started += f->fate != DXE_NOT_STARTED;
        out->failed += is_error(f);
        if (is_error(f) && out->nr_errors < DXE_WAITING_MAX) {
            memcpy(out->error[out->nr_errors].name, f->name, sizeof f->name);
            out->error[out->nr_errors++].status = f->status;
        }
        if (f->fate == DXE_NOT_STARTED)
            tell_waiting(f, there, out);
    }
    if (there == NULL)
        return;
    for (size_t i = 0; i < NR_ARCH; i++)
        if (efi_protocol(there, arch_guid(i)) == NULL) {
            if (out->nr_missing == 0)
                follow(all, there, arch_guid(i), out);
            out->missing[out->nr_missing++] = arch[i].name;
        }
}
