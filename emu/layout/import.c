/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/import.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GIB4 (4ULL * GIB)
#define LINE_SIZE 512 /* no line of a table is longer, with all its prefixes */

/* What xl.cfg can say; see xlcfg.c and bedkeys.c. */
#define HVM_HOLE_START 0xF0000000ULL
#define PVH_HOLE_START 0xFC000000ULL
#define HOLE_MAX (3840 * MIB)
#define MEMORY_MAX (16ULL << 40)
#define PHYS_BITS_MAX 52
#define VCPUS_MAX 128
#define CMOS_MAX (16 * MIB + 0xFFFF * (64 * KIB))
/* X:tools/libs/light/libxl_x86.c puts the special pages of a PVH guest into its map, and of no other. */
#define SPECIAL_PAGES_BASE 0xFEFF8000ULL
#define SPECIAL_PAGES_END 0xFF000000ULL

struct cursor {
    const char *text;
    size_t n, at;
    unsigned line; /* of what buf holds */
    char buf[LINE_SIZE];
};

/* Steps to the next line; one that is too long is seen as empty, a NUL (a serial line's noise) as a blank. */
static bool next_line(struct cursor *c)
{
    if (c->at >= c->n)
        return false;
    const char *s = c->text + c->at;
    const char *end = memchr(s, '\n', c->n - c->at);
    size_t len = end != NULL ? (size_t)(end - s) : c->n - c->at;
    c->at += len + 1;
    c->line++;
    if (len >= LINE_SIZE)
        len = 0;
    for (size_t i = 0; i < len; i++)
        c->buf[i] = s[i] != '\0' ? s[i] : ' ';
    while (len > 0 && strchr(" \t\r", c->buf[len - 1]) != NULL)
        len--;
    c->buf[len] = '\0';
    return true;
}

static void note(struct import *r, bool doubt, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void note(struct import *r, bool doubt, const char *fmt, ...)
{
    if (r->nr_notes >= IMPORT_NOTES)
        return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(r->notes[r->nr_notes].text, sizeof r->notes[0].text, fmt, ap);
    va_end(ap);
    r->notes[r->nr_notes++].doubt = doubt;
}

/* --- where the last table begins */

/* The table of one form that is being read. */
struct open_table {
    bool open, headed, announced; /* headed: it had a header; announced: a header came, its first entry has not */
    uint64_t first;
    char origin[E820_ORIGIN_SIZE];
};

/*
 * Whether this line is the first of a table. hvmloader numbers its entries. Others have a header, or nothing: then
 * a table ends where its first entry comes again, as in a file with the same log twice.
 */
static bool begins(struct open_table *t, enum e820_line_kind k, const struct e820_line *l)
{
    if (k == E820_LINE_HEADER) {
        t->announced = true;
        return false;
    }
    bool new = !t->open;
    if (l->index >= 0)
        new = new || l->index == 0;
    else
        new = new || t->announced || strcmp(t->origin, l->origin) != 0 ||
              (!t->headed && k == E820_LINE_ENTRY && l->at.start == t->first);
    if (!new)
        return false;
    t->open = true;
    t->headed = t->announced;
    t->announced = false;
    t->first = l->at.start;
    memcpy(t->origin, l->origin, sizeof t->origin);
    return true;
}

/* Puts @c on the first line of the last table and fills what @r says of it. */
static bool find_last(struct cursor *c, const struct import_options *o, struct import *r)
{
    struct open_table open[E820_NR_FORMATS] = {0};
    size_t start = 0;
    for (size_t before = c->at; next_line(c); before = c->at) {
        struct e820_line l;
        const struct e820_format *f;
        enum e820_line_kind k = e820_text_line(c->buf, o->format, &f, &l);
        if (k == E820_LINE_OTHER || !begins(&open[f - e820_formats], k, &l))
            continue;
        start = before;
        r->tables++;
        r->format = f;
        r->line = c->line;
        memcpy(r->origin, l.origin, sizeof r->origin);
    }
    c->at = start;
    c->line = r->line - 1;
    return r->tables != 0;
}

/* --- its entries */

static unsigned bits_for(uint64_t end)
{
    unsigned bits = 0;
    while (bits < 64 && end > 1ULL << bits)
        bits++;
    return bits;
}

static bool add(struct import *r, const struct e820_line *l, const char *name, unsigned line, struct diag *d)
{
    struct e820_map *m = &r->layout.e820;
    if (l->index >= 0 && (unsigned)l->index != m->nr)
        return diag_fail(d, name, line, "E820 entry [%02d] where [%02u] was due: the log has lost lines of the table",
                         l->index, m->nr);
    if (m->nr == E820_MAX)
        return diag_fail(d, name, line,
                         "the table has more than %d entries, which is all that a firmware's buffer holds", E820_MAX);
    if (bits_for(l->at.end) > PHYS_BITS_MAX)
        return diag_fail(d, name, line,
                         "this E820 entry ends at 0x%" PRIx64 ", above what %d physical address bits reach", l->at.end,
                         PHYS_BITS_MAX);
    for (unsigned j = 0; j < m->nr; j++)
        if (span_overlaps(m->e[j].at, l->at))
            return diag_fail(d, name, line,
                             "this E820 entry, 0x%" PRIx64 "-0x%" PRIx64 ", overlaps entry %u, 0x%" PRIx64
                             "-0x%" PRIx64,
                             l->at.start, l->at.end, j, m->e[j].at.start, m->e[j].at.end);
    return e820_add(m, l->at.start, l->at.end, l->type);
}

/* From @c on; guests that start at the same time mix their lines on Xen's console. */
static bool collect(struct cursor *c, struct import *r, const char *name, struct diag *d)
{
    while (next_line(c)) {
        struct e820_line l;
        const struct e820_format *f;
        enum e820_line_kind k = e820_text_line(c->buf, r->format, &f, &l);
        if (k == E820_LINE_OTHER || k == E820_LINE_HEADER || strcmp(l.origin, r->origin) != 0)
            continue;
        if (k == E820_LINE_HIDDEN)
            return diag_fail(d, name, c->line,
                             "the addresses are all zero: /proc/iomem shows them to root only; "
                             "read it with `sudo cat /proc/iomem`");
        if (k == E820_LINE_BAD)
            return diag_fail(d, name, c->line, "this E820 entry cannot be taken: %s", l.why);
        if (!add(r, &l, name, c->line, d))
            return false;
    }
    const struct e820_entry *e = e820_find(&r->layout.e820, MIB);
    if (e == NULL || e->type != E820_TYPE_RAM)
        return diag_fail(d, name, r->line, "the table has no RAM at 0x100000, where Xen loads every guest");
    return true;
}

/* --- what else the log says */

static bool number_after(const char *s, const char *what, unsigned *v, const char **behind)
{
    const char *p = strstr(s, what);
    if (p == NULL)
        return false;
    p += strlen(what);
    p += strspn(p, ": v");
    if (*p < '0' || *p > '9')
        return false;
    char *end;
    unsigned long n = strtoul(p, &end, 10);
    *v = n < 10000 ? (unsigned)n : 10000;
    *behind = end;
    return true;
}

static void see_xen(const char *s, struct import *r)
{
    static const char *const says[] = {"Detected Xen", "Xen version"};
    unsigned major, minor;
    const char *p;
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
        if (!number_after(s, says[i], &major, &p) || major != 4 || p[0] != '.' || !number_after(p, ".", &minor, &p))
            continue;
        r->xen_found = true;
        r->layout.xen_minor = minor;
    }
}

/* X:tools/firmware/hvmloader/{smp,cacheattr}.c: " - CPU0 ... 46-bit phys ... fixed MTRRs ...". */
static void see_cpus(const char *s, struct import *r)
{
    unsigned cpu;
    const char *p;
    if (number_after(s, "- CPU", &cpu, &p) && cpu < VCPUS_MAX) {
        r->vcpus_found = true;
        r->layout.vcpus = cpu + 1;
    }
    p = strstr(s, "-bit phys");
    if (p == NULL)
        return;
    const char *digits = p;
    while (digits > s && p - digits < 3 && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    unsigned long bits = strtoul(digits, NULL, 10);
    if (bits >= 32 && bits <= PHYS_BITS_MAX) {
        r->phys_found = true;
        r->layout.phys_bits = (unsigned)bits;
    }
}

/* True with *@type when the log names the kind of guest. */
static bool see_all(struct cursor *c, struct import *r, enum guest_type *type)
{
    static const char *const says[] = {"paravirtualized kernel on Xen ", "Hypervisor detected: Xen "};
    bool known = false;
    *type = GUEST_HVM;
    while (next_line(c)) {
        struct e820_line l;
        const struct e820_format *f;
        (void)e820_text_line(c->buf, r->format, &f, &l);
        bool ours = strcmp(l.origin, r->origin) == 0;
        see_xen(c->buf, r);
        if (ours && strcmp(r->format->name, "hvmloader") == 0)
            see_cpus(c->buf, r);
        for (size_t i = 0; ours && !known && i < sizeof says / sizeof says[0]; i++) {
            const char *p = strstr(c->buf, says[i]);
            p = p != NULL ? p + strlen(says[i]) : "";
            if (strncmp(p, "PVH", 3) != 0 && strncmp(p, "HVM", 3) != 0)
                continue;
            *type = p[0] == 'P' ? GUEST_PVH : GUEST_HVM;
            known = true;
        }
    }
    for (unsigned i = 0; !known && i < r->layout.e820.nr; i++) {
        const struct e820_entry *e = &r->layout.e820.e[i];
        known = e->type == E820_TYPE_RESERVED && e->at.start == SPECIAL_PAGES_BASE && e->at.end == SPECIAL_PAGES_END;
        *type = known ? GUEST_PVH : GUEST_HVM;
    }
    known = known || strcmp(r->format->name, "hvmloader") == 0;
    return known;
}

/* --- the layout */

/* What libxl must be told so that there is RAM where the table says so. */
static void size_memory(struct import *r)
{
    struct layout *l = &r->layout;
    uint64_t hole = l->type == GUEST_HVM ? HVM_HOLE_START : PVH_HOLE_START;
    uint64_t low = 0, high = 0;
    for (unsigned i = 0; i < l->e820.nr; i++) {
        struct span at = l->e820.e[i].at;
        if (l->e820.e[i].type != E820_TYPE_RAM)
            continue;
        if (at.start < GIB4 && at.end > low)
            low = at.end < GIB4 ? at.end : GIB4;
        if (at.end > GIB4 && at.end > high)
            high = at.end;
    }
    uint64_t low_mib = (low + MIB - 1) / MIB * MIB;
    if (low > hole)
        note(r, true, "RAM from 0x%" PRIx64 " to 0x%" PRIx64 " is in Xen's hole below 4 GiB: nothing will be behind it",
             hole, low);
    else if (high != 0 && l->type == GUEST_HVM && low_mib < hole)
        hole = low_mib > GIB4 - HOLE_MAX ? low_mib : GIB4 - HOLE_MAX;
    if (high != 0 && l->type == GUEST_HVM && hole != HVM_HOLE_START)
        l->mmio_hole = GIB4 - hole;

    uint64_t ram = high != 0 ? hole + (high - GIB4) : low_mib < hole ? low_mib : hole;
    l->memory = l->maxmem = (ram + MIB - 1) / MIB * MIB;
    if (l->type == GUEST_HVM && low != low_mib && low >= MIB && low <= CMOS_MAX && low <= hole) {
        l->has_cmos_low_ram = true;
        l->cmos_low_ram = low;
    }
}

static bool make_layout(struct import *r, const struct import_options *o, struct diag *d)
{
    struct layout *l = &r->layout;
    struct guest_memory g;
    unsigned least = l->type == GUEST_HVM ? 7 : 11; /* as read_version() in bedkeys.c */
    if (r->xen_found && (l->xen_minor < least || l->xen_minor > 99)) {
        note(r, true, "Xen 4.%u is not modelled; bed_xen_version is left at its default", l->xen_minor);
        r->xen_found = false;
    }
    if (!r->xen_found)
        l->xen_minor = 17;
    size_memory(r);
    unsigned bits = l->phys_bits;
    for (unsigned i = 0; i < l->e820.nr; i++)
        if (bits_for(l->e820.e[i].at.end) > bits)
            bits = bits_for(l->e820.e[i].at.end);
    if (r->phys_found && bits > l->phys_bits)
        note(r, true, "the log says %u physical address bits, and the table needs %u", l->phys_bits, bits);
    l->phys_bits = bits;
    if (l->memory > MEMORY_MAX)
        return diag_fail(d, o->name, r->line, "its RAM makes %llu MiB; xl's memory cannot be more than %llu",
                         l->memory / MIB, MEMORY_MAX / MIB);
    if (layout_resolve(l, MIB, &g, d))
        return true;
    if (d != NULL) {
        (void)snprintf(d->file, sizeof d->file, "%s", o->name);
        d->line = r->line;
    }
    return false;
}

static void say_whence(struct import *r, bool type_known, const struct import_options *o)
{
    if (r->tables > 1)
        note(r, true, "%u E820 tables in this log; the last is taken, %s at line %u%s%s", r->tables, r->format->whose,
             r->line, r->origin[0] != '\0' ? ", of " : "", r->origin);
    if (strcmp(r->format->name, "xl-dmesg") == 0)
        note(r, true, "this is the host's own map, not a guest's");
    else if (strcmp(r->format->name, "hvmloader") != 0)
        note(r, false,
             "Linux shows what came to it through the firmware and, in /proc/iomem, what it made of that; "
             "hvmloader's log shows what the firmware was told");
    if (!type_known && !o->as_given)
        note(r, true,
             "the log does not say what kind of guest it was: taken for an HVM guest; --as pvh says otherwise");
}

bool import_log(const char *text, size_t n, const struct import_options *o, struct import *r, struct diag *d)
{
    memset(r, 0, sizeof *r);
    layout_default(&r->layout);
    r->layout.has_e820 = true;

    struct cursor *c = calloc(1, sizeof *c);
    if (c == NULL)
        return diag_fail(d, o->name, 0, "out of memory");
    *c = (struct cursor){.text = text, .n = n};
    bool found = find_last(c, o, r);
    bool ok = found && collect(c, r, o->name, d);
    if (ok) {
        enum guest_type type;
        *c = (struct cursor){.text = text, .n = n};
        bool known = see_all(c, r, &type);
        r->layout.type = o->as_given ? o->as : type;
        say_whence(r, known, o);
        ok = make_layout(r, o, d);
    }
    free(c);
    if (found)
        return ok;
    if (o->format != NULL)
        return diag_fail(d, o->name, 0, "no E820 table here; looked for %s", o->format->looks);
    char looks[300] = "";
    for (size_t i = 0; i < E820_NR_FORMATS; i++) {
        size_t len = strlen(looks);
        (void)snprintf(looks + len, sizeof looks - len, "%s%s", i != 0 ? ", " : "", e820_formats[i].looks);
    }
    return diag_fail(d, o->name, 0, "no E820 table here; looked for %s", looks);
}

/* A comment is one line, whatever a file is called. */
static void write_plain(const char *s, FILE *out)
{
    for (; *s != '\0'; s++)
        fputc(*s >= ' ' && *s <= '~' ? *s : '?', out);
}

void import_write(const struct import *r, const char *name, FILE *out)
{
    const struct layout *l = &r->layout;
    fputs("# The E820 of ", out);
    write_plain(name, out);
    fprintf(out, ", line %u (%s%s%s), imported by hvmbed.\n", r->line, r->format->name,
            r->origin[0] != '\0' ? ", domain " : "", r->origin);
    for (unsigned i = 0; i < r->nr_notes; i++)
        fprintf(out, "# Note: %s.\n", r->notes[i].text);
    fprintf(out, "type = \"%s\"\n", l->type == GUEST_HVM ? "hvm" : "pvh");
    fprintf(out, "memory = %llu\n", l->memory / MIB);
    if (r->vcpus_found)
        fprintf(out, "vcpus = %u\n", l->vcpus);
    if (l->type == GUEST_HVM) {
        if (l->mmio_hole != 0)
            fprintf(out, "mmio_hole = %llu\n", l->mmio_hole / MIB);
        fputs("vga = \"none\"\nbed_slack_pages = \"ample\"\n", out);
        if (l->has_cmos_low_ram)
            fprintf(out, "bed_cmos_low_ram = \"0x%" PRIx64 "\"\n", l->cmos_low_ram);
    }
    if (r->xen_found)
        fprintf(out, "bed_xen_version = \"%u.%u\"\n", l->xen_major, l->xen_minor);
    fprintf(out, "bed_phys_bits = %u\nbed_e820 = [\n", l->phys_bits);
    for (unsigned i = 0; i < l->e820.nr; i++) {
        const struct e820_entry *e = &l->e820.e[i];
        const char *type = e820_type_name(e->type);
        fprintf(out, "    \"0x%" PRIx64 "-0x%" PRIx64 " ", e->at.start, e->at.end);
        if (type != NULL)
            fputs(type, out);
        else
            fprintf(out, "%" PRIu32, e->type);
        fprintf(out, "\"%s\n", i + 1 < l->e820.nr ? "," : "");
    }
    fputs("]\n", out);
}
