/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/parse.h"

#include <limits.h>
#include <string.h>

static int digit(char c)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(lower, c) : NULL;
    if (at != NULL)
        return (int)(at - lower);
    at = c != '\0' ? strchr(upper, c) : NULL;
    return at != NULL ? (int)(at - upper) : -1;
}

bool gdb_number(const char **p, uint64_t *v)
{
    unsigned n = 0;
    *v = 0;
    for (; digit(**p) >= 0; (*p)++, n++) {
        if (n == 16)
            return false;
        *v = *v << 4 | (unsigned)digit(**p);
    }
    return n != 0;
}

bool gdb_literal(const char **p, char c)
{
    if (**p != c || c == '\0')
        return false;
    (*p)++;
    return true;
}

bool gdb_range(const char **p, uint64_t *at, uint64_t *n)
{
    return gdb_number(p, at) && gdb_literal(p, ',') && gdb_number(p, n) && *n <= UINT64_MAX - *at;
}

bool gdb_bytes(const char *p, uint8_t *out, size_t room, size_t *n)
{
    for (*n = 0; p[0] != '\0'; p += 2) {
        if (digit(p[0]) < 0 || digit(p[1]) < 0 || *n == room)
            return false;
        out[(*n)++] = (uint8_t)(digit(p[0]) << 4 | digit(p[1]));
    }
    return true;
}

void gdb_hex(const void *bytes, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t *b = bytes;
    for (size_t i = 0; i < n; i++) {
        *out++ = hex[b[i] >> 4];
        *out++ = hex[b[i] & 15];
    }
    *out = '\0';
}

bool gdb_parse_point(const char *p, struct gdb_point *out)
{
    if (p[0] < '0' || p[0] > '4' || p[1] != ',')
        return false;
    out->kind = (enum gdb_point_kind)(p[0] - '0');
    p += 2;
    return gdb_range(&p, &out->at, &out->size) && (*p == '\0' || *p == ';');
}

bool gdb_thread(const char **p, int *id)
{
    uint64_t v;
    if (gdb_literal(p, '-')) {
        *id = GDB_ALL_THREADS;
        return gdb_literal(p, '1');
    }
    if (!gdb_number(p, &v) || v > INT_MAX)
        return false;
    *id = (int)v;
    return true;
}

/* One action; *@step says whether it is one. */
static bool action(const char **p, bool *step, int *thread)
{
    uint64_t signal;
    const char what = **p;
    if (what == '\0' || strchr("cCsS", what) == NULL)
        return false;
    (*p)++;
    if ((what == 'C' || what == 'S') && !gdb_number(p, &signal))
        return false;
    *step = what == 's' || what == 'S';
    *thread = GDB_ALL_THREADS;
    return !gdb_literal(p, ':') || gdb_thread(p, thread);
}

bool gdb_parse_vcont(const char *p, struct gdb_resume *out)
{
    *out = (struct gdb_resume){false, 0};
    if (*p == '\0')
        return false;
    while (gdb_literal(&p, ';')) {
        bool step;
        int thread;
        if (!action(&p, &step, &thread))
            return false;
        /* The first action that names a thread is the one that counts for it. */
        if (step && !out->step)
            *out = (struct gdb_resume){true, thread > 0 ? thread : 0};
    }
    return *p == '\0';
}
