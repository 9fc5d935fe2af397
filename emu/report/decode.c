/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/decode.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* NULL-safe look-up in a table of names. */
static const char *name_in(const char *const *names, size_t nr, unsigned i, const char *otherwise)
{
    return i < nr && names[i] != NULL ? names[i] : otherwise;
}

const char *verdict_word(int exit_code)
{
    static const char *const words[] = {[0] = "PASS", [1] = "FAIL", [3] = "INCONCLUSIVE"};
    return name_in(words, COUNT(words), (unsigned)exit_code, "DEFECT");
}

const char *access_name(enum access_kind a)
{
    static const char *const names[] = {
        [ACCESS_NONE] = "none",
        [ACCESS_READ] = "read",
        [ACCESS_WRITE] = "write",
        [ACCESS_EXEC] = "execute",
    };
    return name_in(names, COUNT(names), a, "?");
}

const char *image_kind_name(enum image_kind k)
{
    static const char *const names[] = {
        [IMAGE_OVMF] = "ovmf",
        [IMAGE_OVMF_CODE] = "ovmf-code",
        [IMAGE_OVMF_VARS] = "ovmf-vars",
        [IMAGE_UNKNOWN] = "flat",
    };
    return name_in(names, COUNT(names), k, "?");
}

const char *guest_type_name(enum guest_type t)
{
    static const char *const names[] = {[GUEST_HVM] = "hvm", [GUEST_PVH] = "pvh"};
    return name_in(names, COUNT(names), t, "?");
}

const char *cpu_vendor_name(enum cpu_vendor v)
{
    static const char *const names[] = {[VENDOR_INTEL] = "intel", [VENDOR_AMD] = "amd"};
    return name_in(names, COUNT(names), v, "?");
}

/* Exceptions: Intel SDM volume 3, table 6-1; AMD APM volume 2, table 8-1. */
static const struct {
    const char *mnemonic, *title;
} vectors[] = {
    [0] = {"#DE", "divide error"},
    [1] = {"#DB", "debug exception"},
    [2] = {"NMI", "non-maskable interrupt"},
    [3] = {"#BP", "breakpoint"},
    [4] = {"#OF", "overflow"},
    [5] = {"#BR", "bound range exceeded"},
    [6] = {"#UD", "invalid opcode"},
    [7] = {"#NM", "device not available"},
    [8] = {"#DF", "double fault"},
    [10] = {"#TS", "invalid TSS"},
    [11] = {"#NP", "segment not present"},
    [12] = {"#SS", "stack-segment fault"},
    [13] = {"#GP", "general protection"},
    [14] = {"#PF", "page fault"},
    [16] = {"#MF", "x87 floating-point error"},
    [17] = {"#AC", "alignment check"},
    [18] = {"#MC", "machine check"},
    [19] = {"#XM", "SIMD floating-point exception"},
    [20] = {"#VE", "virtualization exception"},
    [21] = {"#CP", "control protection exception"},
    [29] = {"#VC", "VMM communication exception"},
    [30] = {"#SX", "security exception"},
};
enum { VECTOR_TS = 10, VECTOR_NP = 11, VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14 };

const char *vector_mnemonic(unsigned v)
{
    return v < COUNT(vectors) && vectors[v].mnemonic != NULL ? vectors[v].mnemonic : "#?";
}

const char *vector_title(unsigned v)
{
    return v < COUNT(vectors) && vectors[v].title != NULL ? vectors[v].title : "unknown exception";
}

const char *walk_level_name(unsigned level)
{
    static const char *const names[] = {[1] = "PTE", [2] = "PDE", [3] = "PDPTE", [4] = "PML4E"};
    return name_in(names, COUNT(names), level, "?");
}

/* Bits and their words, set and clear; NULL says nothing. */
struct bit_word {
    unsigned bit;
    const char *set, *clear;
};

static void append(char out[DECODE_TEXT_SIZE], const char *separator, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void append(char out[DECODE_TEXT_SIZE], const char *separator, const char *fmt, ...)
{
    size_t used = strlen(out);
    int n = snprintf(out + used, DECODE_TEXT_SIZE - used, "%s", used > 0 ? separator : "");
    used += (size_t)n < DECODE_TEXT_SIZE - used ? (size_t)n : 0;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(out + used, DECODE_TEXT_SIZE - used, fmt, ap);
    va_end(ap);
}

static void append_bits(char out[DECODE_TEXT_SIZE], const char *separator, const struct bit_word *words, size_t nr,
                        uint64_t value)
{
    for (size_t i = 0; i < nr; i++) {
        const char *word = (value >> words[i].bit & 1) != 0 ? words[i].set : words[i].clear;
        if (word != NULL)
            append(out, separator, "%s", word);
    }
}

void decode_error_code(unsigned vector, uint32_t code, char out[DECODE_TEXT_SIZE])
{
    /* SDM volume 3, figure 4-12. A fetch is told by bit 4 and counts as a read. */
    static const struct bit_word page_fault[] = {
        {0, "protection violation", "not present"},
        {2, "user", "supervisor"},
        {3, "reserved bit set", NULL},
        {5, "protection key", NULL},
        {6, "shadow stack", NULL},
        {15, "SGX", NULL},
    };
    /* SDM volume 3, figure 6-7. */
    static const struct bit_word selector[] = {{0, "external event", NULL}};

    out[0] = '\0';
    if (vector == VECTOR_PF) {
        append(out, ", ", "%s", (code & 16) != 0 ? "instruction fetch" : (code & 2) != 0 ? "write" : "read");
        append_bits(out, ", ", page_fault, COUNT(page_fault), code);
    } else if (vector >= VECTOR_TS && vector <= VECTOR_GP) {
        static const char *const tables[] = {"GDT", "IDT", "LDT", "IDT"}; /* bits 2:1 */
        unsigned table = code >> 1 & 3, index = code >> 3 & 0x1fff;
        if (code == 0)
            append(out, ", ", "no selector");
        else if ((table & 1) != 0)
            append(out, ", ", "IDT vector %u", index);
        else
            append(out, ", ", "%s selector 0x%x", tables[table], (unsigned)(code & 0xfffc));
        append_bits(out, ", ", selector, COUNT(selector), code);
    }
}

void decode_page_entry(unsigned level, uint64_t entry, char out[DECODE_TEXT_SIZE])
{
    /* SDM volume 3, tables 4-15 to 4-20. */
    static const struct bit_word common[] = {{0, "P", "not present"}, {1, "RW", NULL},  {2, "US", NULL},
                                             {3, "PWT", NULL},        {4, "PCD", NULL}, {5, "A", NULL}};
    static const struct bit_word large[] = {{6, "D", NULL}, {7, "PS", NULL}, {8, "G", NULL}};
    static const struct bit_word leaf[] = {{6, "D", NULL}, {7, "PAT", NULL}, {8, "G", NULL}};
    static const struct bit_word tail[] = {{63, "XD", NULL}};
    out[0] = '\0';
    append_bits(out, " ", common, COUNT(common), entry);
    if (level == 1)
        append_bits(out, " ", leaf, COUNT(leaf), entry);
    else if ((entry >> 7 & 1) != 0)
        append_bits(out, " ", large, COUNT(large), entry);
    append_bits(out, " ", tail, COUNT(tail), entry);
}

const char *path_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void layout_label(const struct layout *l, char *out, size_t room)
{
    const char *last = path_last(l->path);
    size_t n = strlen(last);
    if (n > 4 && strcmp(last + n - 4, ".cfg") == 0)
        n -= 4;
    (void)snprintf(out, room, "%.*s", n > 0 ? (int)n : (int)strlen("default layout"), n > 0 ? last : "default layout");
}
