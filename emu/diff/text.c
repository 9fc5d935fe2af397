/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "diff/diff.h"
#include "report/decode.h"

#define LINES_MAX 12u /* of a section, without -v */

bool diff_counts(const struct diff_entry *e, unsigned fail_on)
{
    if ((fail_on >> e->section & 1) == 0)
        return false;
    return e->section > DIFF_FINDINGS || e->worse;
}

static bool any_counts(const struct diff_case *c, unsigned fail_on)
{
    for (size_t i = 0; i < c->nr; i++)
        if (diff_counts(&c->e[i], fail_on))
            return true;
    return false;
}

static bool is_inconclusive(const struct diff_case *c)
{
    if (c->state != DIFF_COMPARED)
        return c->state != DIFF_NOT_APPLICABLE;
    return c->exit_code[1] == 3 || c->exit_code[0] == 3;
}

static bool is_defect(const struct diff_case *c)
{
    return c->state == DIFF_COMPARED && (c->exit_code[0] == 70 || c->exit_code[1] == 70);
}

int diff_exit_code(const struct diff_result *r)
{
    int code = 0;
    for (size_t i = 0; i < r->nr; i++) {
        const struct diff_case *c = &r->c[i];
        if (is_defect(c))
            return 70;
        if (any_counts(c, r->fail_on))
            code = 1;
        else if (code == 0 && is_inconclusive(c))
            code = 3;
    }
    return code;
}

/* "+12.3 %" */
static void write_numbers(const struct diff_entry *e, FILE *out)
{
    (void)fprintf(out, " %" PRIu64 ", %" PRIu64, e->a, e->b);
    if (e->a != 0)
        (void)fprintf(out, " (%+.1f %%)", 100 * ((double)e->b - (double)e->a) / (double)e->a);
}

static void write_section(const struct diff_case *c, enum diff_section s, int verbose, FILE *out)
{
    static const char marks[DIFF_MARKS] = {[DIFF_GONE] = '-', [DIFF_NEW] = '+', [DIFF_CHANGED] = '~'};
    size_t count[DIFF_MARKS] = {0}, told = 0, all;
    for (size_t i = 0; i < c->nr; i++)
        if (c->e[i].section == s)
            count[c->e[i].mark]++;
    all = count[DIFF_GONE] + count[DIFF_NEW] + count[DIFF_CHANGED];
    (void)fprintf(out, "    %-12s", diff_section_name(s));
    if (all == 0 && s == DIFF_OUTCOME)
        (void)fprintf(out, "the same: %s", verdict_word(c->exit_code[1]));
    else if (all == 0)
        (void)fprintf(out, "the same: %zu", c->same[s]);
    else
        (void)fprintf(out, "%zu only in A, %zu only in B, %zu not alike; %zu the same", count[DIFF_GONE],
                      count[DIFF_NEW], count[DIFF_CHANGED], c->same[s]);
    (void)fputc('\n', out);
    for (size_t i = 0; i < c->nr; i++) {
        const struct diff_entry *e = &c->e[i];
        if (e->section != s)
            continue;
        if (told++ == LINES_MAX && verbose == 0) {
            (void)fprintf(out, "      and %zu more (-v)\n", all - LINES_MAX);
            break;
        }
        (void)fprintf(out, "      %c %s", marks[e->mark], e->text);
        if (e->numbers)
            write_numbers(e, out);
        (void)fputc('\n', out);
    }
}

static void write_case(const struct diff_result *r, size_t i, int verbose, FILE *out)
{
    const struct diff_case *c = &r->c[i];
    if (c->state != DIFF_COMPARED) {
        (void)fprintf(out, "\n%s: %s\n    why         %s\n", r->layout[i], diff_state_name(c->state), c->reason);
        return;
    }
    (void)fprintf(out, "\n%s (%s): %s\n", r->layout[i], c->handoff,
                  any_counts(c, r->fail_on) ? "DIFFERS"
                  : c->nr == 0              ? "the same in all"
                                            : "nothing that counts");
    for (unsigned s = 0; (c->nr != 0 || verbose != 0) && s < DIFF_SECTIONS; s++)
        write_section(c, (enum diff_section)s, verbose, out);
    for (unsigned side = 0; side < 2; side++)
        for (unsigned k = 0; k < LIMITS; k++) {
            char text[LIMIT_TEXT_SIZE];
            if (c->reached[side].at[k] == 0)
                continue;
            limit_text((enum limit_id)k, c->reached[side].at[k], text);
            (void)fprintf(out, "    %-12s%c: %s\n", "limit", "AB"[side], text);
        }
    if (c->dropped != 0)
        (void)fprintf(out, "    %" PRIu64 " more differences are not told\n", c->dropped);
}

static void write_total(const struct diff_result *r, FILE *out)
{
    size_t differ = 0, same = 0, not_compared = 0;
    for (size_t i = 0; i < r->nr; i++)
        *(r->c[i].state != DIFF_COMPARED ? &not_compared : any_counts(&r->c[i], r->fail_on) ? &differ : &same) += 1;
    const int code = diff_exit_code(r);
    (void)fprintf(out, "\n%s  %zu guest%s: %zu differ%s in what counts (",
                  code == 0   ? "SAME"
                  : code == 1 ? "DIFFERS"
                              : verdict_word(code),
                  r->nr, r->nr == 1 ? "" : "s", differ, differ == 1 ? "s" : "");
    for (unsigned s = 0, n = 0; s < DIFF_SECTIONS; s++)
        if ((r->fail_on >> s & 1) != 0)
            (void)fprintf(out, "%s%s", n++ != 0 ? ", " : "", diff_section_name((enum diff_section)s));
    (void)fprintf(out, "), %zu do%s not", same, same == 1 ? "es" : "");
    if (not_compared != 0)
        (void)fprintf(out, ", %zu not compared", not_compared);
    (void)fputc('\n', out);
}

bool diff_text_write(const struct diff_result *r, const struct report_style *style, FILE *out)
{
    for (unsigned side = 0; side < 2; side++) {
        char sha[HASH_TEXT_SIZE];
        hash_format(r->image[side]->sha256, sha);
        (void)fprintf(out, "%c  %s, 0x%zx bytes, sha256 %s\n", 'A' + (int)side, r->label[side], r->image[side]->size,
                      sha);
    }
    for (size_t i = 0; i < r->nr; i++)
        write_case(r, i, style->verbose, out);
    write_total(r, out);
    return ferror(out) == 0;
}
