/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/e820_text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define TYPE_PRAM 12u
#define TYPE_SOFT_RESERVED 0xEFFFFFFFu

/* The words of Linux (arch/x86/kernel/e820.c:e820_print_type, e820_type_to_string); X:xen/arch/x86/e820.c has the first. */
static const struct {
    uint32_t type;
    const char *dmesg, *iomem;
} words[] = {
    {E820_TYPE_RAM, "usable", "System RAM"},
    {E820_TYPE_RESERVED, "reserved", "Reserved"},
    {E820_TYPE_ACPI, "ACPI data", "ACPI Tables"},
    {E820_TYPE_NVS, "ACPI NVS", "ACPI Non-volatile Storage"},
    {E820_TYPE_UNUSABLE, "unusable", "Unusable memory"},
    {E820_TYPE_PMEM, "persistent (type 7)", "Persistent Memory"},
    {TYPE_PRAM, "persistent (type 12)", "Persistent Memory (legacy)"},
    {TYPE_SOFT_RESERVED, "soft reserved", "Soft Reserved"},
};
#define NR_WORDS (sizeof words / sizeof words[0])

/* --- reading: small steps that move *@s on when they succeed */

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

static bool take(const char **s, const char *token)
{
    size_t n = strlen(token);
    if (strncmp(*s, token, n) != 0)
        return false;
    *s += n;
    return true;
}

/* Digits up to @max; *wide is set when the number is larger. False when there is no digit. */
static bool take_number(const char **s, unsigned base, uint64_t max, uint64_t *v, bool *wide)
{
    const char *digits = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";
    size_t n = strspn(*s, digits);
    *v = 0;
    for (size_t i = 0; i < n; i++) {
        char c = (*s)[i];
        uint64_t digit = (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (*v > (max - digit) / base) {
            *wide = true;
            break;
        }
        *v = *v * base + digit;
    }
    *s += n;
    return n != 0;
}

static enum e820_line_kind bad(struct e820_line *l, const char *why)
{
    l->why = why;
    return E820_LINE_BAD;
}

/* An entry is complete; @end is the last byte's address when @inclusive. */
static enum e820_line_kind entry(struct e820_line *l, uint64_t start, uint64_t end, bool inclusive, bool wide)
{
    if (wide)
        return bad(l, "an address has too many digits");
    if (inclusive && end == UINT64_MAX)
        return bad(l, "it reaches the end of the 64-bit address space");
    end += inclusive;
    if (start == end)
        return bad(l, "it is empty");
    if (start > end)
        return bad(l, "it ends before it starts, or wraps");
    if (l->type == 0)
        return bad(l, "its type is not known, or the line is cut off");
    l->at = (struct span){start, end};
    return E820_LINE_ENTRY;
}

/* The whole of @s as a type in decimal or hexadecimal, up to @behind; 0 when it is none. */
static uint32_t type_number(const char *s, unsigned base, const char *behind)
{
    uint64_t v;
    bool wide = false;
    bool ok = take_number(&s, base, UINT32_MAX, &v, &wide) && !wide && strcmp(s, behind) == 0;
    return ok ? (uint32_t)v : 0;
}

/* Newer kernels put the size before the type: "639 KB System RAM", "3.7 GB …". */
static const char *skip_size(const char *s)
{
    const char *p = s + strspn(s, "0123456789.");
    if (p == s)
        return s;
    p = skip_blanks(p);
    p += *p != '\0' && strchr("KMGTPE", *p) != NULL;
    p += *p == 'i';
    return *p == 'B' ? skip_blanks(p + 1) : s;
}

/* A type in words, perhaps in parentheses; 0 when not known. */
static uint32_t type_words(const char *s)
{
    char plain[40];
    s = skip_size(skip_blanks(s));
    size_t n = strlen(s);
    if (n > 2 && s[0] == '(' && s[n - 1] == ')') {
        s++;
        n -= 2;
    }
    if (n >= sizeof plain)
        return 0;
    memcpy(plain, s, n);
    plain[n] = '\0';
    for (size_t i = 0; i < NR_WORDS; i++)
        if (strcasecmp(plain, words[i].dmesg) == 0 || strcasecmp(plain, words[i].iomem) == 0)
            return words[i].type;
    const char *p = plain;
    return take(&p, "type ") ? type_number(p, 10, "") : 0;
}

/* --- hvmloader: X:tools/firmware/hvmloader/e820.c:dump_e820_table */

/* "HHHHHHHH:LLLLLLLL" */
static bool take_halves(const char **s, uint64_t *v, bool *wide)
{
    uint64_t high, low;
    if (!take_number(s, 16, UINT32_MAX, &high, wide) || !take(s, ":") || !take_number(s, 16, UINT32_MAX, &low, wide))
        return false;
    *v = high << 32 | low;
    return true;
}

static enum e820_line_kind hvmloader_line(const char *s, struct e820_line *l)
{
    uint64_t index, start, end;
    bool wide = false, odd = false;
    s = skip_blanks(s);
    if (strcmp(s, "E820 table:") == 0)
        return E820_LINE_HEADER;
    if (!take(&s, "[") || !take_number(&s, 10, 9999, &index, &odd) || !take(&s, "]: ") || odd)
        return E820_LINE_OTHER;
    l->index = (int)index;
    if (!take_halves(&s, &start, &wide) || !take(&s, " - ") || !take_halves(&s, &end, &wide) || !take(&s, ": "))
        return bad(l, "it is not \"[NN]: HHHHHHHH:LLLLLLLL - HHHHHHHH:LLLLLLLL: TYPE\", or is cut off");
    l->type = take(&s, "UNKNOWN (") ? type_number(s, 16, ")") : *s >= 'A' && *s <= 'Z' ? e820_type_parse(s) : 0;
    return entry(l, start, end, false, wide);
}

static bool hvmloader_write(const struct e820_map *m, FILE *out, struct diag *d)
{
    (void)d;
    e820_write(m, out);
    return true;
}

/* --- Linux's boot messages */

static enum e820_line_kind dmesg_line(const char *s, struct e820_line *l)
{
    static const char *const who[] = {"BIOS-e820: ", "BIOS-e801: ", "BIOS-88: ", "Xen: "};
    uint64_t start, end;
    bool wide = false, known = false;
    s = skip_blanks(s);
    const char *header = s;
    (void)take(&header, "e820: ");
    if (strcmp(header, "BIOS-provided physical RAM map:") == 0)
        return E820_LINE_HEADER;
    for (size_t i = 0; i < sizeof who / sizeof who[0] && !known; i++)
        known = take(&s, who[i]);
    if (!known)
        return E820_LINE_OTHER;

    s = skip_blanks(s);
    if (take(&s, "[mem ")) { /* since 3.6, ends inclusive */
        if (!take(&s, "0x") || !take_number(&s, 16, UINT64_MAX, &start, &wide) || !take(&s, "-0x") ||
            !take_number(&s, 16, UINT64_MAX, &end, &wide) || !take(&s, "]"))
            return bad(l, "it is not \"[mem 0xSTART-0xLAST] TYPE\", or is cut off");
        l->type = type_words(s);
        return entry(l, start, end, true, wide);
    }
    if (!take_number(&s, 16, UINT64_MAX, &start, &wide) || *s != ' ')
        return E820_LINE_OTHER;
    if (!take(&s, " - ") || !take_number(&s, 16, UINT64_MAX, &end, &wide))
        return bad(l, "it is not \"START - END (TYPE)\", or is cut off");
    l->type = type_words(s);
    return entry(l, start, end, false, wide);
}

/* Kernel-like words for a type that has none: "type 6". */
static const char *dmesg_word(uint32_t type, char *buf, size_t n)
{
    for (size_t i = 0; i < NR_WORDS; i++)
        if (words[i].type == type)
            return words[i].dmesg;
    (void)snprintf(buf, n, "type %" PRIu32, type);
    return buf;
}

static bool dmesg_write(const struct e820_map *m, FILE *out, struct diag *d)
{
    char buf[24];
    (void)d;
    fputs("[    0.000000] BIOS-provided physical RAM map:\n", out);
    for (unsigned i = 0; i < m->nr; i++)
        fprintf(out, "[    0.000000] BIOS-e820: [mem 0x%016" PRIx64 "-0x%016" PRIx64 "] %s\n", m->e[i].at.start,
                m->e[i].at.end - 1, dmesg_word(m->e[i].type, buf, sizeof buf));
    return true;
}

/* --- Xen's own boot messages: X:xen/arch/x86/e820.c:print_e820_memory_map; ends are inclusive since 4.14 or so */

static enum e820_line_kind xen_line(const char *s, struct e820_line *l)
{
    static const char header[] = "RAM map:";
    uint64_t start, end;
    bool wide = false;
    s = skip_blanks(s);
    size_t n = strlen(s);
    if (n > sizeof header && strcmp(s + n - (sizeof header - 1), header) == 0 && strstr(s, "physical") == NULL)
        return E820_LINE_HEADER;

    bool inclusive = take(&s, "[");
    size_t digits = strspn(s, "0123456789abcdef");
    if (digits < 16 || !take_number(&s, 16, UINT64_MAX, &start, &wide) || !take(&s, inclusive ? ", " : " - "))
        return E820_LINE_OTHER;
    if (!take_number(&s, 16, UINT64_MAX, &end, &wide) || (inclusive && !take(&s, "]")))
        return bad(l, "it is not \"[START, LAST] (TYPE)\" or \"START - END (TYPE)\", or is cut off");
    l->type = type_words(s);
    return entry(l, start, end, inclusive, wide);
}

static bool xen_write(const struct e820_map *m, FILE *out, struct diag *d)
{
    char buf[24];
    (void)d;
    fputs("(XEN) Xen-e820 RAM map:\n", out);
    for (unsigned i = 0; i < m->nr; i++) {
        const char *word = dmesg_word(m->e[i].type, buf, sizeof buf);
        bool plain = word == buf;
        fprintf(out, "(XEN)  [%016" PRIx64 ", %016" PRIx64 "] %s%s%s\n", m->e[i].at.start, m->e[i].at.end - 1,
                plain ? "" : "(", word, plain ? "" : ")");
    }
    return true;
}

/* --- /proc/iomem */

static enum e820_line_kind iomem_line(const char *s, struct e820_line *l)
{
    uint64_t start, end;
    bool wide = false;
    if (!take_number(&s, 16, UINT64_MAX, &start, &wide) || !take(&s, "-") ||
        !take_number(&s, 16, UINT64_MAX, &end, &wide))
        return E820_LINE_OTHER;
    if (!take(&s, " : "))
        return E820_LINE_OTHER;
    bool cut = false;
    for (size_t i = 0; i < NR_WORDS; i++) {
        if (strcasecmp(s, words[i].iomem) == 0)
            l->type = words[i].type;
        cut = cut || strncasecmp(s, words[i].iomem, strlen(s)) == 0;
    }
    if (l->type == 0 && cut)
        return bad(l, "it is cut off");
    if (l->type == 0)
        return strcmp(s, "Unknown E820 type") == 0 ? bad(l, "/proc/iomem does not say which type it has")
                                                   : E820_LINE_OTHER; /* a device */
    if (start == 0 && end == 0 && !wide)
        return E820_LINE_HIDDEN;
    return entry(l, start, end, true, wide);
}

static const char *iomem_word(uint32_t type)
{
    for (size_t i = 0; i < NR_WORDS; i++)
        if (words[i].type == type)
            return words[i].iomem;
    return NULL;
}

static bool iomem_write(const struct e820_map *m, FILE *out, struct diag *d)
{
    for (unsigned i = 0; i < m->nr; i++)
        if (iomem_word(m->e[i].type) == NULL)
            return diag_fail(d, "", 0,
                             "E820 entry %u has type %" PRIu32 ", for which /proc/iomem has no name; "
                             "another --format can say it",
                             i, m->e[i].type);
    for (unsigned i = 0; i < m->nr; i++)
        fprintf(out, "%08" PRIx64 "-%08" PRIx64 " : %s\n", m->e[i].at.start, m->e[i].at.end - 1,
                iomem_word(m->e[i].type));
    return true;
}

const struct e820_format e820_formats[E820_NR_FORMATS] = {
    {"hvmloader", "hvmloader's", "hvmloader's \"E820 table:\"", false, hvmloader_line, hvmloader_write},
    {"xl-dmesg", "Xen's", "Xen's \"Xen-e820 RAM map:\"", false, xen_line, xen_write},
    {"dmesg", "Linux's", "Linux's \"BIOS-e820: [mem …]\" or \"Xen: [mem …]\"", false, dmesg_line, dmesg_write},
    {"iomem", "/proc/iomem's", "/proc/iomem's \"START-LAST : System RAM\"", true, iomem_line, iomem_write},
};

const struct e820_format *e820_format_find(const char *name)
{
    for (size_t i = 0; i < E820_NR_FORMATS; i++)
        if (strcmp(e820_formats[i].name, name) == 0)
            return &e820_formats[i];
    return NULL;
}

/* --- prefixes */

/* "(d1)", "(d1v0)": whose line Xen's console shows. */
static const char *skip_domain(const char *s, char *origin)
{
    uint64_t id, vcpu;
    bool wide = false;
    if (!take(&s, "(d") || !take_number(&s, 10, 99999, &id, &wide) || wide)
        return NULL;
    if (*s == 'v') {
        s++;
        if (!take_number(&s, 10, 99999, &vcpu, &wide))
            return NULL;
    }
    if (!take(&s, ")"))
        return NULL;
    (void)snprintf(origin, E820_ORIGIN_SIZE, "d%" PRIu64, id);
    return s;
}

/* The position behind one prefix, NULL when there is none. */
static const char *skip_prefix(const char *s, char *origin)
{
    s = skip_blanks(s);
    if (take(&s, "(XEN)"))
        return s;
    const char *p = skip_domain(s, origin);
    if (p != NULL)
        return p;
    if (*s == '<') { /* a message's level */
        size_t n = strspn(s + 1, "0123456789");
        if (n >= 1 && n <= 3 && s[1 + n] == '>')
            return s + n + 2;
    }
    if (*s == '[') { /* a time, a CPU or a thread */
        size_t n = strcspn(s, "]");
        return s[n] == ']' && n < 48 ? s + n + 1 : NULL;
    }
    static const char kernel[] = "kernel: "; /* syslog */
    p = strstr(s, kernel);
    return p != NULL && p - s < 160 ? p + sizeof kernel - 1 : NULL;
}

enum e820_line_kind e820_text_line(const char *s, const struct e820_format *only, const struct e820_format **f,
                                   struct e820_line *l)
{
    *l = (struct e820_line){.index = -1};
    for (const char *at = s; at != NULL; at = skip_prefix(at, l->origin)) {
        for (size_t i = 0; i < E820_NR_FORMATS; i++) {
            const struct e820_format *e = &e820_formats[i];
            if ((only != NULL && e != only) || (e->bare && at != s))
                continue;
            enum e820_line_kind k = e->line(at, l);
            if (k != E820_LINE_OTHER) {
                *f = e;
                return k;
            }
            l->type = 0;
            l->index = -1;
        }
    }
    return E820_LINE_OTHER;
}
