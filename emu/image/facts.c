/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "image/bytes.h"
#include "image/guid_names.h"
#include "image/modules.h"
#include "image/pe.h"
#include "image/release.h"
#include "image/section.h"
#include "image/verdict.h"

/* E:MdeModulePkg/Include/Guid/PcdDataBaseSignatureGuid.h */
static const struct guid pcd_database =
    GUID(0x3c7d193c, 0x682c, 0x4c14, 0xa6, 0x8f, 0x55, 0x2d, 0xea, 0x4f, 0x43, 0x7e);

struct reader {
    struct image *im;
    const struct image_tree *t;
    struct image_facts *out;
};

__attribute__((format(printf, 4, 5))) static void add(struct reader *r, const char *name, const char *value,
                                                      const char *evidence, ...)
{
    if (r->out->nr == FACTS_MAX)
        return;
    struct image_fact *f = &r->out->f[r->out->nr++];
    f->name = name;
    (void)snprintf(f->value, sizeof f->value, "%s", value);
    va_list args;
    va_start(args, evidence);
    (void)vsnprintf(f->evidence, sizeof f->evidence, evidence, args);
    va_end(args);
}

static bool has(const struct reader *r, const char *module)
{
    struct image_module m;
    return image_module_find(r->t, module, &m);
}

static void read_machine(struct reader *r)
{
    static const char *const cores[] = {"DxeCore", "PeiCore", "SecMain"};
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        struct image_module m;
        struct pe_info pe = {0};
        if (!image_module_find(r->t, cores[i], &m) || !pe_parse(m.bytes, m.size, &pe))
            continue;
        const char *name = image_machine_name(pe.machine);
        add(r, "machine", name != NULL ? name : "unknown", "the header of %s (0x%04x)", cores[i], pe.machine);
        return;
    }
    add(r, "machine", "unknown", "no DXE core, PEI core or SEC core");
}

/* "DEBUG_GCC5" out of "/…/Build/OvmfXen/DEBUG_GCC5/X64/…/DxeCore.dll". */
static bool target_of(const char *path, char *out, size_t room)
{
    static const char *const targets[] = {"/DEBUG_", "/RELEASE_", "/NOOPT_"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        const char *at = strstr(path, targets[i]);
        size_t n = at != NULL ? strcspn(at + 1, "/\\") : 0;
        if (n == 0 || n >= room)
            continue;
        memcpy(out, at + 1, n);
        out[n] = '\0';
        return true;
    }
    return false;
}

static void read_build(struct reader *r)
{
    struct image_module m;
    size_t modules = 0, asserts = 0;
    char target[64] = "", named[64] = "", guid[GUID_TEXT_SIZE];
    for (size_t cursor = 0; image_module_next(r->t, &cursor, &m); modules++) {
        struct pe_info pe = {0};
        asserts += bytes_have_asserts(m.bytes, m.size) ? 1 : 0;
        if (target[0] != '\0' || !pe_parse(m.bytes, m.size, &pe) || pe.path == NULL ||
            !target_of(pe.path, target, sizeof target))
            continue;
        guid_format(&m.file, guid);
        (void)snprintf(named, sizeof named, "%s", m.name[0] != '\0' ? m.name : guid);
    }
    if (asserts != 0)
        add(r, "build", "DEBUG", "ASSERT texts in %zu of %zu modules", asserts, modules);
    else
        add(r, "build", "RELEASE", "no ASSERT text in any of %zu modules", modules);
    if (target[0] != '\0')
        add(r, "toolchain", target, "the path in %s's debug entry", named);
    else
        add(r, "toolchain", "unknown", "no build path in any debug entry");
}

static bool is_number(const char *p, size_t digits, unsigned at_least, unsigned at_most)
{
    unsigned n = 0;
    for (size_t i = 0; i < digits; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        n = 10 * n + (unsigned)(p[i] - '0');
    }
    return n >= at_least && n <= at_most;
}

/* A version as E: PcdFirmwareVersionString has it, UCS-2: "edk2-stable…" or "2025.02…". */
static bool version_at(const uint8_t *p, size_t n, char *out, size_t room)
{
    section_text(p, n, out, room);
    return strncmp(out, "edk2-stable", 11) == 0 ||
           (is_number(out, 4, 2010, 2099) && out[4] == '.' && is_number(out + 5, 2, 1, 12));
}

static bool find_version(const uint8_t *p, size_t n, char *out, size_t room)
{
    for (size_t i = 0; i + 14 <= n; i++)
        if (p[i + 1] == 0 && (p[i] == 'e' || p[i] == '2') && version_at(p + i, n - i, out, room))
            return true;
    return false;
}

static void read_version(struct reader *r)
{
    struct image_module m;
    char version[64];
    for (size_t cursor = 0; image_module_next(r->t, &cursor, &m);)
        if (find_version(m.bytes, m.size, version, sizeof version)) {
            add(r, "version", version, "a text in %s", m.name);
            return;
        }
    for (size_t i = 0; i < r->t->nr_nodes; i++) {
        const struct tree_node *n = &r->t->node[i];
        size_t size;
        const uint8_t *body = tree_body(r->t, n, &size);
        if (n->kind == TREE_SECTION && n->type == SECTION_RAW && size > 16 &&
            memcmp(body, pcd_database.b, sizeof pcd_database.b) == 0 &&
            find_version(body, size, version, sizeof version)) {
            add(r, "version", version, "a text in a PCD database");
            return;
        }
    }
    add(r, "version", "unknown", "no firmware version text in any module or PCD database");
}

static void read_release(struct reader *r)
{
    struct release_range range;
    char value[64];
    if (release_guess(r->im, r->t, &range))
        add(r, "edk2", release_format(&range, value, sizeof value), "%s", range.told_by);
    else
        add(r, "edk2", "unknown", "nothing in it dates it");
}

/* All of a list that are there, with commas. */
static size_t list_of(const struct reader *r, const char *const *names, char *out, size_t room)
{
    size_t nr = 0, used = 0;
    out[0] = '\0';
    for (; *names != NULL; names++) {
        if (!has(r, *names))
            continue;
        int n = snprintf(out + used, room - used, "%s%s", nr++ != 0 ? ", " : "", *names);
        used = n > 0 && (size_t)n < room - used ? used + (size_t)n : room - 1;
    }
    return nr;
}

static const struct {
    const char *name;
    const char *const modules[6];
} features[] = {
    {"xen", {"XenPlatformPei", "XenBusDxe", "XenIoPvhDxe", "XenIoPciDxe", "XenPvBlkDxe"}},
    {"smm", {"PiSmmCore", "PiSmmCpuDxeSmm", "VariableSmm"}},
    {"secure boot", {"SecureBootConfigDxe", "EnrollDefaultKeys"}},
    {"tpm", {"Tcg2Pei", "Tcg2Dxe", "TcgPei", "TcgDxe"}},
    {"network", {"SnpDxe", "Ip4Dxe", "Ip6Dxe", "HttpBootDxe", "TlsDxe"}},
    {"shell", {"Shell"}},
};

static void read_features(struct reader *r)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        char list[160];
        size_t nr = list_of(r, features[i].modules, list, sizeof list);
        add(r, features[i].name, nr != 0 ? "yes" : "no", "%s", nr != 0 ? list : "none of the modules it takes");
    }
}

static void read_hypercalls(struct reader *r)
{
    static const char *const users[] = {"XenPlatformPei", "XenBusDxe"};
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        struct image_module m;
        if (!image_module_find(r->t, users[i], &m))
            continue;
        enum release_hypercall kind = release_hypercall(m.bytes, m.size);
        if (kind != HYPERCALL_UNKNOWN)
            add(r, "hypercalls", kind == HYPERCALL_DIRECT ? "VMCALL and VMMCALL" : "through the hypercall page",
                "the instructions in %s", users[i]);
        else
            add(r, "hypercalls", "unknown", "no known sequence in %s", users[i]);
        return;
    }
}

/*
 * SMM_REQUIRE makes E:OvmfPkg/Include/Fdf/OvmfPkgDefines.fdf.inc give PcdFlashNvStorageVariableBase64 the FD's base; in
 * OvmfXen.dsc it is dynamic, and else 0, which the database does not store.
 */
static bool promises_flash(const struct reader *r)
{
    const uint64_t base = (UINT64_C(1) << 32) - r->im->size;
    for (size_t i = 0; i < r->t->nr_nodes; i++) {
        const struct tree_node *n = &r->t->node[i];
        size_t size;
        const uint8_t *body = tree_body(r->t, n, &size);
        if (n->kind != TREE_SECTION || n->type != SECTION_RAW || size < 16 ||
            memcmp(body, pcd_database.b, sizeof pcd_database.b) != 0)
            continue;
        for (size_t at = 16; at + 8 <= size; at += 8)
            if (le64(body + at) == base)
                return true;
    }
    return false;
}

/* OvmfXen has no SMM, and nothing refuses the flag. */
static void xen_with_smm_require(struct reader *r)
{
    struct image_verdict *v = &r->im->verdict;
    v->hvm.answer = ANSWER_DOUBTFUL;
    (void)snprintf(v->hvm.why, sizeof v->hvm.why,
                   "built with SMM_REQUIRE: it boots to the DXE hand-off, then the DXE core cannot find BDS (no "
                   "variable driver starts: PcdFlashNvStorageVariableBase64 promises flash that Xen does not "
                   "have); build it without");
    if (v->pvh.answer == ANSWER_YES)
        v->pvh = v->hvm;
    add(r, "smm_require", "yes", "a PCD database holds this image's base, 0x%llx, as the variables' place",
        (1ULL << 32) - r->im->size);
}

/*
 * OvmfPkg's other platforms take SmmAccessPei only with SMM_REQUIRE. It loops for ever on any board but Q35
 * (E:OvmfPkg/SmmAccess/SmmAccessPei.c:SmmAccessPeiEntryPoint), as PlatformPei does before it (Q35TsegMbytesInitialization);
 * Xen's guests have an i440FX.
 */
static void ovmf_with_smm_require(struct reader *r)
{
    struct image_verdict *v = &r->im->verdict;
    if (v->hvm.answer != ANSWER_NO) {
        v->hvm.answer = ANSWER_NO;
        (void)snprintf(
            v->hvm.why, sizeof v->hvm.why,
            "built with SMM_REQUIRE, for a Q35 board: on Xen's i440FX it stops for ever in PEI; use OvmfXen, "
            "built without");
    }
    add(r, "smm_require", "yes", "SmmAccessPei, which OvmfPkg's platforms take only with that");
}

static void sharpen(struct reader *r)
{
    struct image_verdict *v = &r->im->verdict;
    bool xen_pei = has(r, "XenPlatformPei"), xen = xen_pei || has(r, "XenBusDxe");
    if (v->flavour == FLAVOUR_OVMFXEN && v->hvm.answer == ANSWER_YES && promises_flash(r)) {
        xen_with_smm_require(r);
    } else if (v->flavour == FLAVOUR_OVMF && has(r, "SmmAccessPei")) {
        ovmf_with_smm_require(r);
    } else if (v->hvm.answer == ANSWER_UNKNOWN && xen) {
        v->hvm.answer = ANSWER_YES;
        v->hvm.why[0] = '\0';
    } else if (v->hvm.answer == ANSWER_UNKNOWN && r->t->nr_buffers > 1) {
        v->hvm.answer = ANSWER_DOUBTFUL;
        (void)snprintf(v->hvm.why, sizeof v->hvm.why, "none of its modules is Xen's (XenPlatformPei, XenBusDxe)");
    }
}

void image_facts(struct image *im, const struct image_tree *t, struct image_facts *out)
{
    struct reader r = {im, t, out};
    *out = (struct image_facts){0};
    struct image_module any;
    if (!image_module_next(t, &(size_t){0}, &any))
        return;
    read_machine(&r);
    if (t->nr_buffers < 2) /* what is packed stayed closed */
        return;
    read_build(&r);
    read_version(&r);
    if (im->verdict.flavour != FLAVOUR_NOT_X86)
        read_release(&r);
    read_features(&r);
    read_hypercalls(&r);
    sharpen(&r);
}

void image_look_closer(struct image *im, const struct limits *limits, struct limits_reached *met)
{
    struct diag d = {0};
    struct image_tree tree = {0};
    struct image_facts *facts = im->kind == IMAGE_OVMF ? calloc(1, sizeof *facts) : NULL;
    if (facts != NULL && image_tree_build(im->bytes, im->size, true, limits, &tree, &d))
        image_facts(im, &tree, facts);
    image_tree_limits_met(&tree, met);
    image_tree_free(&tree);
    free(facts);
}
