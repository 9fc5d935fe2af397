/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that the bed adds to xl.cfg; docs/layouts.md says what they mean. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout/key_docs.h"
#include "layout/keys.h"

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 99;
}

/* Takes digits at *@s and moves it behind them; false when there are none or they need more than 64 bits. */
static bool take_digits(const char **s, unsigned base, uint64_t *v)
{
    const char *p = *s;
    for (*v = 0; digit_value(*p) < base; p++) {
        unsigned digit = digit_value(*p);
        if (*v > (UINT64_MAX - digit) / base)
            return false;
        *v = *v * base + digit;
    }
    bool any = p != *s;
    *s = p;
    return any;
}

static bool skip_0x(const char **s)
{
    bool hex = (*s)[0] == '0' && ((*s)[1] == 'x' || (*s)[1] == 'X');
    *s += hex ? 2 : 0;
    return hex;
}

/* A whole string: decimal or 0x…, with an optional K, M or G. */
static bool parse_number(const char *s, uint64_t *v)
{
    static const char suffixes[] = "KMG";
    bool hex = skip_0x(&s);
    if (!take_digits(&s, hex ? 16 : 10, v))
        return false;
    for (unsigned i = 0; suffixes[i] != '\0'; i++) {
        unsigned shift = 10 * (i + 1);
        if (*s == suffixes[i]) {
            if (*v > UINT64_MAX >> shift)
                return false;
            *v <<= shift;
            s++;
            break;
        }
    }
    return *s == '\0';
}

static void *field(struct draft *t, const struct key *k)
{
    return (char *)t + k->offset;
}

/* *@found is false when the key is absent. */
static bool read_number(struct draft *t, const struct key *k, uint64_t *v, bool *found, struct diag *d)
{
    const char *s;
    if (!cfg_string(t->f, k->name, &s, d))
        return false;
    *found = s != NULL;
    if (s == NULL)
        return true;
    bool any = k->min == 0 && k->max == 0;
    if (!parse_number(s, v))
        return cfg_fail(t->f, k->name, d, "%s must be a number such as 64 or \"0x40\", not \"%.80s\"", k->name, s);
    if (!any && (*v < k->min || *v > k->max))
        return cfg_fail(t->f, k->name, d, "%s must be from %" PRIu64 " to %" PRIu64 ", not %.80s", k->name, k->min,
                        k->max, s);
    return true;
}

static bool read_u64(struct draft *t, const struct key *k, struct diag *d)
{
    bool found;
    return read_number(t, k, field(t, k), &found, d);
}

static bool read_unsigned(struct draft *t, const struct key *k, struct diag *d)
{
    unsigned *out = field(t, k);
    uint64_t v = *out;
    bool found, ok = read_number(t, k, &v, &found, d);
    *out = (unsigned)v;
    return ok;
}

static bool read_flag(struct draft *t, const struct key *k, struct diag *d)
{
    bool *out = field(t, k);
    uint64_t v = *out;
    bool found, ok = read_number(t, k, &v, &found, d);
    *out = v != 0;
    return ok;
}

static bool read_cmos(struct draft *t, const struct key *k, struct diag *d)
{
    return read_number(t, k, &t->l.cmos_low_ram, &t->l.has_cmos_low_ram, d);
}

static bool read_slack(struct draft *t, const struct key *k, struct diag *d)
{
    const char *s;
    if (!cfg_string(t->f, k->name, &s, d))
        return false;
    t->has_slack = s != NULL;
    if (s == NULL || strcmp(s, "ample") != 0)
        return read_u64(t, k, d);
    t->l.slack_pages = SLACK_AMPLE;
    return true;
}

static bool read_bar(struct draft *t, const struct key *k, struct diag *d)
{
    uint64_t *size = field(t, k);
    if (!read_u64(t, k, d))
        return false;
    return (*size & (*size - 1)) == 0 ||
           cfg_fail(t->f, k->name, d, "%s must be a power of two, such as \"4G\", not %" PRIu64, k->name, *size);
}

static bool read_vendor(struct draft *t, const struct key *k, struct diag *d)
{
    static const struct {
        const char *name;
        enum cpu_vendor vendor;
    } vendors[] = {{"intel", VENDOR_INTEL}, {"amd", VENDOR_AMD}};
    const char *s;
    if (!cfg_string(t->f, k->name, &s, d))
        return false;
    for (size_t i = 0; s != NULL && i < sizeof vendors / sizeof vendors[0]; i++) {
        if (strcmp(s, vendors[i].name) == 0) {
            t->l.vendor = vendors[i].vendor;
            return true;
        }
    }
    return s == NULL || cfg_fail(t->f, k->name, d, "%s must be \"intel\" or \"amd\", not \"%.80s\"", k->name, s);
}

static bool read_version(struct draft *t, const struct key *k, struct diag *d)
{
    const unsigned oldest = oldest_xen_minor(t->l.type);
    uint64_t major, minor;
    const char *s, *p;
    if (!cfg_string(t->f, k->name, &s, d))
        return false;
    if (s == NULL)
        return true;
    p = s;
    if (!take_digits(&p, 10, &major) || *p++ != '.' || !take_digits(&p, 10, &minor) || *p != '\0')
        return cfg_fail(t->f, k->name, d, "%s must be a version such as \"4.17\", not \"%.80s\"", k->name, s);
    if (major != 4 || minor < oldest || minor > 99)
        return cfg_fail(t->f, k->name, d, "%s must be from \"4.%u\" to \"4.99\" for this guest, not \"%.80s\"", k->name,
                        oldest, s);
    t->l.xen_major = (unsigned)major;
    t->l.xen_minor = (unsigned)minor;
    return true;
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

bool parse_range(const char **at, uint64_t *start, uint64_t *end)
{
    const char *s = skip_blanks(*at);
    skip_0x(&s);
    if (!take_digits(&s, 16, start))
        return false;
    s = skip_blanks(s);
    if (*s++ != '-')
        return false;
    s = skip_blanks(s);
    skip_0x(&s);
    const bool ok = take_digits(&s, 16, end);
    *at = s;
    return ok;
}

/* "START-END TYPE" with hexadecimal addresses, END being the address after the last byte. */
static bool parse_entry(const char *s, uint64_t *start, uint64_t *end, uint32_t *type)
{
    if (!parse_range(&s, start, end) || (*s != ' ' && *s != '\t'))
        return false;
    *type = e820_type_parse(skip_blanks(s));
    return *type != 0;
}

/* Adds entry @i of the list; false with @d. */
static bool add_entry(struct draft *t, const char *s, unsigned line, struct diag *d)
{
    struct e820_map *m = &t->l.e820;
    const char *path = t->f->path;
    unsigned i = m->nr;
    uint64_t start, end;
    uint32_t type;

    if (!parse_entry(s, &start, &end, &type))
        return diag_fail(d, path, line,
                         "bed_e820 entry %u: \"%.80s\" is not \"START-END TYPE\", such as "
                         "\"0x100000-0x40000000 RAM\" (hexadecimal; RAM, RESERVED, ACPI, NVS, UNUSABLE or "
                         "a number)",
                         i, s);
    if (start >= end)
        return diag_fail(d, path, line, "bed_e820 entry %u: \"%.80s\" %s", i, s,
                         start == end ? "is empty" : "ends before it starts, or wraps");
    if (end > 1ULL << t->l.phys_bits)
        return diag_fail(d, path, line,
                         "bed_e820 entry %u: \"%.80s\" ends above what %u physical address bits reach; "
                         "raise bed_phys_bits",
                         i, s, t->l.phys_bits);
    for (unsigned j = 0; j < i; j++) {
        struct span other = m->e[j].at;
        if (span_overlaps(other, (struct span){start, end}))
            return diag_fail(d, path, line, "bed_e820 entry %u: \"%.80s\" overlaps entry %u, 0x%" PRIx64 "-0x%" PRIx64,
                             i, s, j, other.start, other.end);
    }
    return e820_add(m, start, end, type);
}

static bool read_e820(struct draft *t, const struct key *k, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    if (!cfg_list(t->f, k->name, &list, &nr, d))
        return false;
    if (list == NULL)
        return true;
    if (nr > E820_MAX)
        return cfg_fail(t->f, k->name, d, "%s has %d entries; the firmware's buffer holds %d", k->name, nr, E820_MAX);
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, k->name, list, i, &s, &line, d) || !add_entry(t, s, line, d))
            return false;
        t->at.entry[i] = line;
    }
    const struct e820_entry *e = e820_find(&t->l.e820, MIB);
    if (e == NULL || e->type != E820_TYPE_RAM)
        return cfg_fail(t->f, k->name, d, "%s has no RAM at 0x100000, where Xen loads every guest", k->name);
    t->l.has_e820 = true;
    return true;
}

#define AT(member) offsetof(struct draft, l.member)
/* Read in this order: bed_e820 needs bed_phys_bits. */
static const struct key keys[] = {
    {.name = "bed_xen_version", .read = read_version},
    {.name = "bed_phys_bits", .read = read_unsigned, .offset = AT(phys_bits), .min = 32, .max = 52},
    {.name = "bed_page_1g", .read = read_flag, .offset = AT(page_1g), .min = 0, .max = 1},
    {.name = "bed_vendor", .read = read_vendor},
    {.name = "bed_fill", .read = read_u64, .offset = AT(fill)},
    {.name = "bed_slack_pages", .read = read_slack, .offset = AT(slack_pages), .hvm_only = true},
    {.name = "bed_cmos_low_ram", .read = read_cmos, .min = CMOS_LOW_RAM_MIN, .max = CMOS_LOW_RAM_MAX, .hvm_only = true},
    {.name = "bed_pci_bar64",
     .read = read_bar,
     .offset = AT(pci_bar64),
     .min = 4 * KIB,
     .max = 1024 * GIB,
     .hvm_only = true},
    {.name = "bed_e820", .read = read_e820},
    {.name = "bed_rmrr", .read = rmrr_read},
    {.name = "bed_tpm_version", .read = read_unsigned, .offset = AT(tpm_version), .min = 0, .max = 2, .hvm_only = true},
};
#define NR_KEYS (sizeof keys / sizeof keys[0])

const char *bed_key_name(size_t i)
{
    return i < NR_KEYS ? keys[i].name : NULL;
}

/* Levenshtein's distance, of short names. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], la = strlen(a), lb = strlen(b);
    if (lb >= sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[lb];
}

static bool refuse_unknown(const struct cfgfile *f, struct diag *d)
{
    char name[64];
    unsigned line = 1;
    for (size_t at = 0; cfg_next_key(f, &at, &line, name, sizeof name);) {
        if (strncmp(name, "bed_", 4) != 0)
            continue;
        size_t nearest = 0, least = SIZE_MAX;
        for (size_t i = 0; i < NR_KEYS; i++) {
            size_t far = distance(name, keys[i].name);
            if (far < least) {
                least = far;
                nearest = i;
            }
        }
        if (least != 0)
            return diag_fail(d, f->path, line, "no key is called %s; did you mean %s?", name, keys[nearest].name);
    }
    return true;
}

bool bed_keys_read(struct draft *t, struct diag *d)
{
    if (!refuse_unknown(t->f, d))
        return false;
    for (size_t i = 0; i < NR_KEYS; i++) {
        const struct key *k = &keys[i];
        if (k->hvm_only && t->l.type != GUEST_HVM && cfg_line(t->f, k->name) != 0)
            return cfg_fail(t->f, k->name, d, "%s has no meaning for a PVH guest; remove it", k->name);
        if (!k->read(t, k, d))
            return false;
    }
    return true;
}
