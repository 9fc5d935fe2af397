/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bisect/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool sought_print(struct sought *s, const char *digits)
{
    if (s->nr_prints == SOUGHT_MAX)
        return false;
    (void)snprintf(s->print[s->nr_prints++], FINGERPRINT_SIZE, "%s", digits);
    return true;
}

static bool has_print(const struct sought *s, const struct finding *f)
{
    char fingerprint[FINGERPRINT_SIZE], family[FINGERPRINT_SIZE];
    if (s->nr_prints == 0)
        return false;
    finding_fingerprint(f, fingerprint);
    finding_family(f, family);
    for (unsigned i = 0; i < s->nr_prints; i++)
        if (strcmp(s->print[i], fingerprint) == 0 || strcmp(s->print[i], family) == 0)
            return true;
    return false;
}

static bool is_sought(const struct sought *s, const struct finding *f)
{
    if (s->nr_rules == 0 && s->nr_prints == 0)
        return f->severity == SEVERITY_ERROR;
    return s->rule[f->rule] || has_print(s, f);
}

static const struct finding *find(const struct sought *s, const struct findings *all)
{
    for (size_t i = 0; i < all->nr; i++)
        if (is_sought(s, &all->f[i]))
            return &all->f[i];
    return NULL;
}

/* "error[exception] 134fc46917824b84 in family d2a7fd35f6afda67, PeiCore+0x2fa: exception 14 …" */
static void describe(const struct finding *f, char *out, size_t room)
{
    char fingerprint[FINGERPRINT_SIZE], family[FINGERPRINT_SIZE];
    finding_fingerprint(f, fingerprint);
    finding_family(f, family);
    const bool placed = f->at.module[0] != '\0';
    (void)snprintf(out, room, "%s[%s] %s in family %s, %s%s0x%" PRIx64 ": %s", severity_name(f->severity),
                   rules[f->rule].name, fingerprint, family, f->at.module, placed ? "+" : "",
                   placed ? f->at.offset : f->at.gva, f->text);
}

/* The one that stopped the boot: nothing comes behind it. */
static const struct finding *stopper(const struct verdict *v)
{
    return v->ending == END_FINDING && v->findings.nr != 0 ? &v->findings.f[v->findings.nr - 1] : NULL;
}

static void judge(const struct sought *s, const struct verdict *v, struct judgement *out)
{
    const struct finding *f = find(s, &v->findings), *last = stopper(v);
    const bool any = s->nr_rules == 0 && s->nr_prints == 0;
    if (f == NULL && any && verdict_exit_code(v) == 1)
        f = last; /* it stopped the boot, whatever -W made of it */
    if (f != NULL) {
        out->answer = BISECT_BAD;
        describe(f, out->why, sizeof out->why);
    } else if (v->ending == END_ENGINE) {
        out->answer = BISECT_ABORT;
        (void)snprintf(out->why, sizeof out->why, "%s", v->detail);
    } else if (ending_arrived(v->ending)) {
        out->answer = BISECT_GOOD;
        (void)snprintf(out->why, sizeof out->why, "came as far as it should%s",
                       any                   ? " without an error"
                       : v->findings.nr != 0 ? ", with other findings only"
                                             : ", without a finding");
    } else if (last != NULL) {
        char what[512];
        describe(last, what, sizeof what);
        out->answer = BISECT_SKIP;
        (void)snprintf(out->why, sizeof out->why, "another fault came first: %s", what);
    } else {
        out->answer = BISECT_SKIP;
        (void)snprintf(out->why, sizeof out->why, "inconclusive (%s): %s", ending_name(v->ending), v->detail);
    }
}

void bisect_judge(const struct sought *s, const struct verdict *v, struct judgement *out)
{
    judge(s, v, out);
    for (char *c = out->why; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

enum bisect_answer bisect_worse(enum bisect_answer a, enum bisect_answer b)
{
    static const enum bisect_answer order[] = {BISECT_ABORT, BISECT_BAD, BISECT_SKIP};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return BISECT_GOOD;
}

int bisect_exit_code(enum bisect_answer a, bool invert)
{
    return a == BISECT_SKIP ? 125 : (a == BISECT_BAD) != invert ? 1 : 0;
}

const char *bisect_word(enum bisect_answer a, bool invert)
{
    static const char *const words[][2] = {
        [BISECT_GOOD] = {"GOOD", "FIXED"},
        [BISECT_BAD] = {"BAD", "BROKEN"},
        [BISECT_SKIP] = {"SKIP", "SKIP"},
        [BISECT_ABORT] = {"ABORT", "ABORT"},
    };
    return words[a][invert];
}
