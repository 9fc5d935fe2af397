/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/filter.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BIT(k) (1u << (k))
#define EXITS \
    (BIT(TRACE_PORT) | BIT(TRACE_MMIO) | BIT(TRACE_MSR) | BIT(TRACE_CPUID) | BIT(TRACE_TSC) | BIT(TRACE_HYPERCALL))
#define USUAL \
    ((EXITS & ~BIT(TRACE_TSC)) | BIT(TRACE_PHASE) | BIT(TRACE_MODULE) | BIT(TRACE_INTERRUPT) | BIT(TRACE_EXCEPTION))
#define CHOSEN (1u << 31) /* kind= has been said */

static const struct {
    const char *name;
    unsigned kinds;
} kinds[] = {
    {"phase", BIT(TRACE_PHASE)},
    {"module", BIT(TRACE_MODULE)},
    {"port", BIT(TRACE_PORT)},
    {"mmio", BIT(TRACE_MMIO)},
    {"msr", BIT(TRACE_MSR)},
    {"cpuid", BIT(TRACE_CPUID)},
    {"tsc", BIT(TRACE_TSC)},
    {"hypercall", BIT(TRACE_HYPERCALL)},
    {"interrupt", BIT(TRACE_INTERRUPT)},
    {"exception", BIT(TRACE_EXCEPTION)},
    {"block", BIT(TRACE_BLOCK)},
    {"insn", BIT(TRACE_INSN)},
    {"read", BIT(TRACE_READ)},
    {"write", BIT(TRACE_WRITE)},
    /* From here on several. */
    {"memory", BIT(TRACE_READ) | BIT(TRACE_WRITE)},
    {"exits", EXITS},
    {"all", BIT(TRACE_KINDS) - 1},
};
#define NR_KINDS (sizeof kinds / sizeof kinds[0])

const char *trace_kind_name(enum trace_kind k)
{
    return (unsigned)k < TRACE_KINDS ? kinds[k].name : "?";
}

void trace_filter_defaults(struct trace_filter *f)
{
    *f = (struct trace_filter){.kinds = USUAL, .until = UINT64_MAX};
}

/* --- values: each takes one word of a list */

static bool add_kind(struct trace_filter *f, const char *word)
{
    for (size_t i = 0; i < NR_KINDS; i++)
        if (strcmp(kinds[i].name, word) == 0) {
            f->kinds = ((f->kinds & CHOSEN) != 0 ? f->kinds : CHOSEN) | kinds[i].kinds;
            return true;
        }
    return false;
}

static bool add_phase(struct trace_filter *f, const char *word)
{
    for (unsigned p = 0; p <= PHASE_LOADER; p++)
        if (strcasecmp(phase_name((enum phase)p), word) == 0) {
            f->phases |= BIT(p);
            return true;
        }
    return false;
}

static bool add_module(struct trace_filter *f, const char *word)
{
    if (f->nr_modules == TRACE_LIST_MAX || word[0] == '\0' || strlen(word) >= sizeof f->module[0])
        return false;
    memcpy(f->module[f->nr_modules++], word, strlen(word) + 1);
    return true;
}

static bool number(const char **s, int base, uint64_t *out)
{
    char *end;
    if (base == 16 ? !isxdigit((unsigned char)**s) : !isdigit((unsigned char)**s))
        return false;
    errno = 0;
    *out = strtoull(*s, &end, base);
    *s = end;
    return errno == 0;
}

static bool from_to(const char *word, int base, uint64_t *from, uint64_t *to)
{
    return number(&word, base, from) && *word++ == '-' && number(&word, base, to) && *word == '\0' && *from < *to;
}

static bool add_range(struct trace_filter *f, const char *word)
{
    struct span *at = &f->range[f->nr_ranges];
    return f->nr_ranges < TRACE_LIST_MAX && from_to(word, 16, &at->start, &at->end) && ++f->nr_ranges != 0;
}

static bool set_window(struct trace_filter *f, const char *word)
{
    return from_to(word, 10, &f->from, &f->until);
}

static bool set_limit(struct trace_filter *f, const char *word)
{
    return number(&word, 10, &f->limit) && *word == '\0' && f->limit != 0;
}

bool trace_filter_add(struct trace_filter *f, const char *text)
{
    static const struct {
        const char *key;
        bool (*add)(struct trace_filter *f, const char *word);
    } keys[] = {{"kind=", add_kind},   {"phase=", add_phase},   {"module=", add_module},
                {"range=", add_range}, {"window=", set_window}, {"limit=", set_limit}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strncmp(text, keys[i].key, strlen(keys[i].key)) != 0)
            continue;
        for (const char *at = text + strlen(keys[i].key);; at++) {
            char word[80];
            const size_t n = strcspn(at, ",");
            if (n >= sizeof word)
                return false;
            memcpy(word, at, n);
            word[n] = '\0';
            if (!keys[i].add(f, word))
                return false;
            at += n;
            if (*at == '\0')
                return true;
        }
    }
    return false;
}

/* --- matching */

static bool in_modules(const struct trace_filter *f, const char *module)
{
    for (unsigned i = 0; i < f->nr_modules; i++)
        if (strcmp(f->module[i], module) == 0)
            return true;
    return f->nr_modules == 0;
}

static bool in_ranges(const struct trace_filter *f, uint64_t at)
{
    for (unsigned i = 0; i < f->nr_ranges; i++)
        if (span_has(f->range[i], at))
            return true;
    return f->nr_ranges == 0;
}

bool trace_matches(const struct trace_filter *f, enum trace_kind k, enum phase phase, const char *module, uint64_t at,
                   uint64_t instructions)
{
    return trace_wants(f, k) && instructions >= f->from && instructions < f->until && in_ranges(f, at) &&
           (f->phases == 0 || (f->phases >> phase & 1) != 0) && in_modules(f, module);
}
