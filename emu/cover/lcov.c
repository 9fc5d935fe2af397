/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lcov's tracefile (geninfo(1)): by source line. A line exists where a line table of a module that ran has code for it;
 * it was hit when some of that code was in a block that ran. Modules share sources: a line that ran in one of them ran.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cover/coverage.h"
#include "debug/lines.h"

#define ROWS_MAX (1u << 24)

/* A line, or with @name a function. */
struct row {
    const char *file, *name;
    unsigned line;
    bool hit;
};
struct rows {
    struct row *r;
    size_t nr, room;
};

struct gather {
    struct rows lines, functions;
    struct span *ran; /* of the module, addresses in its .debug file, in order, disjoint */
    size_t nr_ran;
    bool failed;
};

static void push(struct gather *g, struct rows *to, struct row r)
{
    if (to->nr == to->room) {
        const size_t room = to->room != 0 ? 2 * to->room : 4096;
        struct row *grown = room <= ROWS_MAX ? realloc(to->r, room * sizeof *grown) : NULL;
        if (grown == NULL) {
            g->failed = true;
            return;
        }
        to->r = grown;
        to->room = room;
    }
    to->r[to->nr++] = r;
}

static bool ran(const struct gather *g, struct span code)
{
    size_t lo = 0, hi = g->nr_ran;
    while (lo < hi) { /* the first that ends above its start */
        const size_t mid = lo + (hi - lo) / 2;
        if (g->ran[mid].end <= code.start)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->nr_ran && g->ran[lo].start < code.end;
}

static void on_line(void *self, const struct debug_line *l)
{
    struct gather *g = self;
    push(g, &g->lines, (struct row){.file = l->file, .line = l->line, .hit = ran(g, l->code)});
}

static void on_function(void *self, const struct debug_function *f)
{
    struct gather *g = self;
    push(g, &g->functions, (struct row){f->file, f->name, f->line, false}); /* settle() says which ran */
}

static int by_place(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int order = strcmp(x->file, y->file);
    if (order != 0)
        return order;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->name != NULL ? strcmp(x->name, y->name) : 0;
}

/* In order, each once, hit if one of its rows was. */
static void fold(struct rows *rows)
{
    size_t nr = 0;
    if (rows->nr != 0)
        qsort(rows->r, rows->nr, sizeof *rows->r, by_place);
    for (size_t i = 0; i < rows->nr; i++) {
        if (nr != 0 && by_place(&rows->r[nr - 1], &rows->r[i]) == 0)
            rows->r[nr - 1].hit |= rows->r[i].hit;
        else
            rows->r[nr++] = rows->r[i];
    }
    rows->nr = nr;
}

/* Where the group of functions at @i ends, that one line declares, and how far its lines go: to the next group's. */
static size_t group(const struct rows *functions, size_t i, unsigned *end)
{
    const struct row *const f = &functions->r[i];
    while (++i < functions->nr && strcmp(functions->r[i].file, f->file) == 0 && functions->r[i].line == f->line)
        ;
    const bool more = i < functions->nr && strcmp(functions->r[i].file, f->file) == 0;
    *end = more ? functions->r[i].line : UINT_MAX;
    return i;
}

/*
 * Functions as lcov 2 wants them, which refuses files that disagree with themselves: what lies between the declarations of
 * one function and the next is its lines; it ran when one of these did, and stands at the first of them: one that is only
 * inlined may have no code for its declaration. Its own code is not asked: the compiler moves instructions out of
 * it without their function, and into it without their line. A function without lines is left out. Both lists are folded.
 */
static void settle(struct rows *functions, const struct rows *lines)
{
    size_t nr = 0;
    size_t l = 0;
    unsigned end;
    for (size_t i = 0, next; i < functions->nr; i = next) {
        const struct row f = functions->r[i];
        unsigned first = 0;
        bool hit = false;
        next = group(functions, i, &end);
        for (int order; l < lines->nr && (order = strcmp(lines->r[l].file, f.file)) <= 0; l++) {
            if (order == 0 && lines->r[l].line >= end)
                break;
            if (order == 0 && lines->r[l].line >= f.line) {
                first = first != 0 ? first : lines->r[l].line;
                hit |= lines->r[l].hit;
            }
        }
        for (size_t k = i; first != 0 && k < next; k++)
            functions->r[nr++] = (struct row){f.file, functions->r[k].name, first, hit};
    }
    functions->nr = nr;
}

/* What ran of @m, as spans of addresses in its .debug file. */
static bool join_blocks(struct gather *g, const struct cover_module *m)
{
    free(g->ran);
    g->nr_ran = 0;
    g->ran = calloc(m->nr + 1, sizeof *g->ran);
    if (g->ran == NULL)
        return false;
    for (size_t i = 0; i < m->nr; i++) {
        const uint64_t start = m->link_base + m->block[i].offset, end = start + m->block[i].size;
        if (g->nr_ran != 0 && start <= g->ran[g->nr_ran - 1].end) {
            if (end > g->ran[g->nr_ran - 1].end)
                g->ran[g->nr_ran - 1].end = end;
        } else {
            g->ran[g->nr_ran++] = (struct span){start, end};
        }
    }
    return true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* One source file's functions and lines; both cursors stand at its first. */
static void write_file(const struct gather *g, const char *file, size_t *function, size_t *line, FILE *out)
{
    const struct rows *f = &g->functions, *l = &g->lines;
    size_t nr = 0, hit = 0;
    const size_t first = *function;
    (void)fprintf(out, "SF:%s\n", file);
    for (; *function < f->nr && strcmp(f->r[*function].file, file) == 0; ++*function)
        (void)fprintf(out, "FN:%u,%s\n", f->r[*function].line, f->r[*function].name);
    for (size_t i = first; i < *function; i++) {
        (void)fprintf(out, "FNDA:%d,%s\n", f->r[i].hit, f->r[i].name);
        hit += f->r[i].hit;
    }
    (void)fprintf(out, "FNF:%zu\nFNH:%zu\n", *function - first, hit);
    for (hit = 0; *line < l->nr && strcmp(l->r[*line].file, file) == 0; ++*line) {
        (void)fprintf(out, "DA:%u,%d\n", l->r[*line].line, l->r[*line].hit);
        hit += l->r[*line].hit;
        nr++;
    }
    (void)fprintf(out, "LF:%zu\nLH:%zu\nend_of_record\n", nr, hit);
}

static void write_all(const struct gather *g, FILE *out)
{
    size_t f = 0, l = 0;
    (void)fputs("TN:hvmbed\n", out);
    while (l < g->lines.nr) {
        const char *file = g->lines.r[l].file;
        /* Declared in a file that has no line of code: not to be told. */
        while (f < g->functions.nr && strcmp(g->functions.r[f].file, file) < 0)
            f++;
        write_file(g, file, &f, &l, out);
    }
}

static bool gather_module(struct gather *g, const struct cover_module *m, struct debug_file *file)
{
    const struct debug_listener to = {on_line, on_function, g};
    if (!join_blocks(g, m))
        return false;
    (void)debug_file_lines(file, &to);
    return !g->failed;
}

bool cover_write_lcov(const struct coverage *c, FILE *out, struct diag *d)
{
    struct gather g = {0};
    /* Rows quote the files' strings: all stay open until the end. */
    struct debug_file **open = calloc(c->nr + 1, sizeof *open); /* NOLINT(bugprone-sizeof-expression) */
    bool ok = open != NULL;
    size_t nr = 0;
    for (size_t i = 0; ok && i < c->nr; i++) {
        const struct cover_module *m = &c->module[i];
        const char *why;
        if (m->debug == NULL)
            continue;
        if (m->file == NULL && (open[i] = debug_file_open(m->debug, &why)) == NULL) {
            (void)diag_fail(d, m->debug, 0, "%s", why);
            continue;
        }
        ok = gather_module(&g, m, m->file != NULL ? m->file : open[i]);
        nr++;
    }
    if (ok && nr != 0) {
        fold(&g.lines);
        fold(&g.functions);
        settle(&g.functions, &g.lines);
        write_all(&g, out);
    }
    for (size_t i = 0; open != NULL && i < c->nr; i++)
        debug_file_close(open[i]);
    free(open);
    free(g.ran);
    free(g.lines.r);
    free(g.functions.r);
    if (!ok)
        return diag_fail(d, "", 0, "out of memory");
    if (nr == 0)
        return diag_fail(d, "", 0, "lcov goes by source lines, and no .debug file matches what ran: see --symbols");
    return ferror(out) == 0 || diag_fail(d, "", 0, "cannot write the coverage");
}
