/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass-through: which of the host's RMRRs this guest is to keep clear of. X:tools/libs/util/libxlu_pci.c,
 * X:libxl_dm.c:libxl__domain_device_construct_rdm.
 */
#include <stdlib.h>
#include <string.h>

#include "layout/keys.h"

#define IGD_BDF (2u << 3) /* 0000:00:02.0 */

/* X:libxl_types.idl: rdm_mem_boundary_memkb; a PVH guest's structure has no such field, and what is read there is 0. */
#define BOUNDARY_HVM (2 * GIB)

static const struct name_value policies[] = {{"strict", 1}, {"relaxed", 0}, NAMES_END};

/* Hexadecimal digits, at most @max, and then @after; moves *@s behind it. */
static bool take_hex(const char **s, unsigned long max, char after, uint32_t *v)
{
    const size_t digits = strspn(*s, "0123456789abcdefABCDEF");
    const unsigned long n = strtoul(*s, NULL, 16);
    if (digits == 0 || digits > 8 || n > max || (after != '\0' && (*s)[digits] != after))
        return false;
    *v = (uint32_t)n;
    *s += digits + (after != '\0');
    return true;
}

/* "DDDD:BB:DD.F" or "BB:DD.F"; @len: how long it is. A function * is function 0, as in xl. */
static bool parse_bdf(const char *s, uint32_t *bdf, size_t *len)
{
    const char *const start = s, *colon = strchr(s, ':');
    const bool has_domain = colon != NULL && colon[1 + strspn(colon + 1, "0123456789abcdefABCDEF")] == ':';
    uint32_t domain = 0, bus, dev, fn = 0;
    if ((has_domain && !take_hex(&s, 0xFFFF, ':', &domain)) || !take_hex(&s, 0xFF, ':', &bus) ||
        !take_hex(&s, 0x1F, '.', &dev))
        return false;
    if (*s == '*')
        s++;
    else if (!take_hex(&s, 7, '\0', &fn))
        return false;
    *len = (size_t)(s - start);
    *bdf = domain << 16 | bus << 8 | dev << 3 | fn;
    return true;
}

/* One of @names, up to a comma or the end. */
static bool parse_word(const char *s, const struct name_value *names, unsigned *v)
{
    const size_t n = strcspn(s, ",");
    for (; names->name != NULL; names++)
        if (strlen(names->name) == n && strncmp(names->name, s, n) == 0) {
            *v = names->value;
            return true;
        }
    return false;
}

/* --- bed_rmrr */

static bool add_rmrr(struct draft *t, const char *s, unsigned line, struct diag *d)
{
    struct rmrr r = {.bdf = NO_BDF};
    const char *p = s, *path = t->f->path;
    size_t len = 0;
    bool ok = parse_range(&p, &r.at.start, &r.at.end);
    p += ok ? strspn(p, " \t") : 0;
    if (ok && *p != '\0')
        ok = parse_bdf(p, &r.bdf, &len) && p[len] == '\0';
    if (!ok)
        return diag_fail(d, path, line,
                         "bed_rmrr: \"%.80s\" is not \"START-END\" or \"START-END BB:DD.F\", such as "
                         "\"0xcb800000-0xcfa00000 00:02.0\"",
                         s);
    if (r.at.start >= r.at.end || r.at.start != page_down(r.at.start) || r.at.end != page_down(r.at.end))
        return diag_fail(d, path, line, "bed_rmrr: \"%.80s\" must be whole pages, the start below the end", s);
    for (unsigned i = 0; i < t->nr_rmrrs; i++)
        if (span_overlaps(t->rmrr[i].at, r.at))
            return diag_fail(d, path, line, "bed_rmrr: \"%.80s\" overlaps entry %u", s, i);
    t->rmrr[t->nr_rmrrs++] = r;
    return true;
}

bool rmrr_read(struct draft *t, const struct key *k, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    if (!cfg_list(t->f, k->name, &list, &nr, d))
        return false;
    if (nr > RDM_MAX)
        return cfg_fail(t->f, k->name, d, "%s has %d entries; %d are the most", k->name, nr, RDM_MAX);
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, k->name, list, i, &s, &line, d) || !add_rmrr(t, s, line, d))
            return false;
    }
    return true;
}

/* --- what the guest is told */

static void add_rdm(struct draft *t, struct span at, bool strict)
{
    struct layout *l = &t->l;
    for (unsigned i = 0; i < l->nr_rdms; i++)
        if (l->rdm[i].at.start == at.start) { /* a device's policy overrides the host's */
            l->rdm[i].strict = strict;
            return;
        }
    if (l->nr_rdms < RDM_MAX)
        l->rdm[l->nr_rdms++] = (struct rdm){.at = at, .strict = strict};
}

/* "strategy=host,policy=strict", in any order. */
static bool read_rdm(struct draft *t, bool *host, unsigned *strict, struct diag *d)
{
    static const struct name_value strategies[] = {{"host", 1}, NAMES_END};
    const char *s;
    if (!cfg_string(t->f, "rdm", &s, d))
        return false;
    for (const char *p = s; p != NULL;) {
        unsigned v;
        if (strncmp(p, "strategy=", 9) == 0 && parse_word(p + 9, strategies, &v))
            *host = true;
        else if (strncmp(p, "policy=", 7) != 0 || !parse_word(p + 7, policies, strict))
            return cfg_fail(t->f, "rdm", d,
                            "rdm=\"%.80s\": say \"strategy=host\", \"policy=strict\" or \"policy=relaxed\", with "
                            "commas between",
                            s);
        p = strchr(p, ',');
        if (p != NULL)
            p++;
    }
    return true;
}

/* X:libxlu_pci.c:xlu_pci_parse_spec_string; keys other than bdf and rdm_policy do not concern memory. */
static bool parse_device(const char *s, uint32_t *bdf, unsigned *strict)
{
    size_t len;
    *bdf = NO_BDF;
    if (parse_bdf(s, bdf, &len)) {
        s += len;
        s += *s == '@' ? strcspn(s, ",") : 0;
    } else {
        *bdf = NO_BDF;
    }
    for (; *s != '\0'; s += strcspn(s, ",")) {
        s += *s == ',';
        if (strncmp(s, "rdm_policy=", 11) == 0 && !parse_word(s + 11, policies, strict))
            return false;
        if (strncmp(s, "bdf=", 4) == 0 && !parse_bdf(s + 4, bdf, &len))
            return false;
        if (strcspn(s, "=") > strcspn(s, ","))
            return false;
    }
    return true;
}

static bool read_devices(struct draft *t, unsigned policy, bool *has_igd, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    if (!cfg_list(t->f, "pci", &list, &nr, d))
        return false;
    if (nr != 0 && t->l.type == GUEST_PVH)
        return cfg_fail(t->f, "pci", d, "xl passes no PCI devices to a PVH guest; remove pci, or say type=\"hvm\"");
    unsigned others = 0;
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line, strict = policy;
        uint32_t bdf;
        if (!cfg_item(t->f, "pci", list, i, &s, &line, d))
            return false;
        if (!parse_device(s, &bdf, &strict))
            return diag_fail(d, t->f->path, line,
                             "pci: \"%.80s\" is not \"BB:DD.F,KEY=VALUE,...\", such as \"00:02.0,rdm_policy=relaxed\"",
                             s);
        for (unsigned j = 0; j < t->nr_rmrrs && bdf != NO_BDF; j++)
            if (t->rmrr[j].bdf == bdf)
                add_rdm(t, t->rmrr[j].at, strict != 0);
        *has_igd = *has_igd || bdf == IGD_BDF;
        others += bdf != IGD_BDF;
    }
    if (others != 0)
        draft_note(t, "pci", "pci: the devices themselves, their BARs and option ROMs, are not there");
    return true;
}

/* X:libxl_dm.c:libxl__detect_gfx_passthru_kind, which asks the host what 00:02.0 is. */
static bool read_graphics(struct draft *t, bool has_igd, struct diag *d)
{
    static const struct name_value kinds[] = {{"0", 0}, {"1", 1}, {"default", 1}, {"igd", 2}, NAMES_END};
    unsigned kind = 0;
    if (t->l.type != GUEST_HVM || cfg_line(t->f, "gfx_passthru") == 0)
        return true;
    if (!draft_choice(t, "gfx_passthru", kinds, false, &kind, d))
        return false;
    if (kind == 1 && !has_igd)
        return cfg_fail(t->f, "gfx_passthru", d,
                        "gfx_passthru is for Intel's graphics, and pci does not have 00:02.0: xl would not know what "
                        "to do; add it, or remove gfx_passthru");
    t->l.dev.igd = kind != 0 && has_igd;
    return true;
}

bool rdm_keys_read(struct draft *t, struct diag *d)
{
    bool host = false, has_igd = false;
    unsigned strict = 0;
    long boundary = ABSENT;
    if (!read_rdm(t, &host, &strict, d))
        return false;
    for (unsigned i = 0; i < t->nr_rmrrs && host; i++)
        add_rdm(t, t->rmrr[i].at, strict != 0);
    if (!read_devices(t, strict, &has_igd, d) || !read_graphics(t, has_igd, d))
        return false;
    t->l.rdm_boundary = t->l.type == GUEST_HVM ? BOUNDARY_HVM : 0;
    if (t->l.type != GUEST_HVM)
        return true;
    if (!cfg_long(t->f, "rdm_mem_boundary", &boundary, d))
        return false;
    if (boundary == ABSENT)
        return true;
    if (boundary < 0 || boundary > BOUNDARY_MAX_MIB)
        return cfg_fail(t->f, "rdm_mem_boundary", d, "rdm_mem_boundary must be from 0 to %d (MiB), not %ld",
                        BOUNDARY_MAX_MIB, boundary);
    t->l.rdm_boundary = (uint64_t)boundary * MIB;
    return true;
}
