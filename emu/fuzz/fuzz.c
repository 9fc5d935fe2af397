/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include <string.h>

#include "fuzz/processor.h"
#include "layout/lint.h"

/* In FUZZ_BOTH each so many-th layout goes on to the hand-off although nothing was new. */
#define SAMPLE 97
/*
 * A boot to the hand-off builds its page tables first, at 170 to 340 instructions an entry: 46 bits with 1 GiB pages still. From some
 * on they take longer than all else, and are much the same in each: one in so many will do.
 */
#define TABLES_MAX (544 * KIB)
#define TABLES_MANY (64 * KIB)
#define TABLES_SAMPLE 16

void fuzz_init(struct fuzz *f, const struct fuzz_options *o, struct target *t)
{
    f->o = *o;
    f->target = t;
    f->corpus.folder = o->corpus;
    chooser_seed(&f->chooser, o->seed);
}

void fuzz_free(struct fuzz *f)
{
    corpus_free(&f->corpus);
}

/* True when it was not there. A full list knows everything. */
static bool remember(struct fuzz_list *list, const struct fuzz_found *x)
{
    for (size_t i = 0; i < list->nr; i++)
        if (strcmp(list->k[i].family, x->family) == 0) {
            list->k[i].count++;
            return false;
        }
    if (list->nr == FUZZ_KNOWN_MAX)
        return false;
    struct fuzz_known *k = &list->k[list->nr++];
    *k = (struct fuzz_known){.what = x->what, .count = 1};
    memcpy(k->fingerprint, x->fingerprint, sizeof k->fingerprint);
    memcpy(k->family, x->family, sizeof k->family);
    return true;
}

bool fuzz_next_fault(const struct verdict *v, size_t *at, struct fuzz_found *out)
{
    *out = (struct fuzz_found){.verdict = v};
    for (; *at < v->findings.nr; ++*at)
        if (v->findings.f[*at].severity == SEVERITY_ERROR) {
            out->finding = &v->findings.f[(*at)++];
            out->what = rules[out->finding->rule].name;
            finding_fingerprint(out->finding, out->fingerprint);
            finding_family(out->finding, out->family);
            return true;
        }
    const bool odd = v->ending == END_BUDGET || v->ending == END_UNSUPPORTED || v->ending == END_ENGINE;
    if (*at != v->findings.nr || !odd)
        return false;
    ++*at;
    out->what = ending_name(v->ending);
    ending_fingerprint(v, out->fingerprint);
    ending_fingerprint(v, out->family);
    return true;
}

/* What a boot showed. */
struct look {
    bool fault; /* something is wrong */
    bool fresh; /* and it was not known; or, where nothing is wrong, there was new coverage */
};

/*
 * One fault a boot, the first. As in other fuzzers, what is faulty is no start for more: its children would mostly show
 * the same.
 */
static struct look judge(struct fuzz *f, struct fuzz_list *list, const struct verdict *v, const struct layout *l,
                         bool platform)
{
    struct fuzz_found x;
    size_t at = 0;
    if (!fuzz_next_fault(v, &at, &x))
        return (struct look){false, coverage_add(&f->seen[platform ? 0 : 1], &f->target->map)};
    f->stats.faulty += list == &f->known;
    if (!remember(list, &x))
        return (struct look){true, false};
    x.layout = l;
    x.platform = platform;
    if (list == &f->known && f->o.found != NULL)
        f->o.found(f->o.self, &x);
    return (struct look){true, true};
}

/* The first tier. False: no such guest. *@more: it is worth the second. */
static bool run_platform(struct fuzz *f, const struct layout *l, struct look *look, bool *more)
{
    const bool last = f->o.tier == FUZZ_PLATFORM;
    const struct verdict *v = target_run(f->target, l, WARM_PLATFORM, NULL);
    if (v == NULL)
        return false;
    *look = judge(f, last ? &f->known : &f->hinted, v, l, true);
    *more = !last && (look->fresh || f->stats.runs % SAMPLE == 0);
    return true;
}

bool fuzz_is_slow(const struct layout *l, uint64_t mutant)
{
    const uint64_t tables = lint_table_bytes(l);
    return tables > TABLES_MAX || (tables > TABLES_MANY && mutant % TABLES_SAMPLE != 0);
}

static bool run_handoff(struct fuzz *f, const struct layout *l, struct look *look)
{
    if (fuzz_is_slow(l, f->mutants)) {
        f->stats.too_slow++;
        return f->o.tier == FUZZ_BOTH;
    }
    const struct verdict *v = target_run(f->target, l, WARM_HANDOFF, NULL);
    if (v == NULL)
        return false;
    f->stats.handoffs++;
    const struct look second = judge(f, &f->known, v, l, false);
    look->fault = look->fault || second.fault;
    look->fresh = look->fresh || second.fresh;
    return true;
}

static void run(struct fuzz *f, const struct layout *l)
{
    struct look look = {0};
    bool more = true;
    if ((f->o.tier != FUZZ_HANDOFF && !run_platform(f, l, &look, &more)) || (more && !run_handoff(f, l, &look))) {
        f->stats.impossible++;
        return;
    }
    f->stats.runs++;
    if (!look.fresh || look.fault || !corpus_add(&f->corpus, l))
        return;
    if (f->o.keep != NULL)
        (void)f->o.keep(f->o.self, l);
    else
        (void)corpus_save(&f->corpus, l, &f->trouble);
}

static bool may_begin(struct fuzz *f, const struct layout *l)
{
    if (f->o.begins == NULL || f->o.begins(f->o.self, f->seeds + f->mutants, l))
        return true;
    f->stats.left_out++;
    return false;
}

/* What others are to take over comes from a layout as people have it, not from the first mutant. */
static void warm_up(struct fuzz *f, const struct layout *l)
{
    bool *done = &f->warmed_up[l->type];
    if (*done || l->has_e820 || l->has_cmos_low_ram || l->fill != 0)
        return;
    *done = true;
    if (f->o.tier != FUZZ_HANDOFF)
        target_warm_up(f->target, l, WARM_PLATFORM);
    if (f->o.tier != FUZZ_PLATFORM)
        target_warm_up(f->target, l, WARM_HANDOFF);
    f->o.mutate.nr_spared = warm_fixed(f->target->warm, f->o.mutate.spared, MUTATE_SPARED_MAX);
}

/* Is it one of those that are asked for? */
static bool is_wanted(const struct fuzz *f, const struct layout *l)
{
    const struct mutate_options *m = &f->o.mutate;
    return (l->type == GUEST_HVM ? m->hvm : m->pvh) && (m->hostile || layout_is_legal(l, m->image_size));
}

void fuzz_seed(struct fuzz *f, const struct layout *l)
{
    if (is_wanted(f, l) && may_begin(f, l)) {
        warm_up(f, l);
        run(f, l);
    }
    f->seeds++;
}

void fuzz_take_up(struct fuzz *f)
{
    for (size_t i = 0; i < f->corpus.nr; i++)
        warm_up(f, &f->corpus.l[i]);
}

/*
 * One to change, mostly of a kind with those before it: so many mutants are made of one processor, whose beginning of a
 * boot is kept meanwhile. It is that of a layout of the corpus that came early.
 */
#define BATCH 256u
#define EARLY 64u
#define SEARCHED 16u

static const struct layout *choose_alike(struct fuzz *f)
{
    const struct layout *l = corpus_choose(&f->corpus, &f->chooser);
    if (l == NULL)
        return NULL;
    struct chooser c;
    chooser_seed(&c, f->mutants / BATCH);
    const struct layout *like = &f->corpus.l[choose(&c, f->corpus.nr < EARLY ? f->corpus.nr : EARLY)];
    for (unsigned i = 0; i < SEARCHED && !processor_same(l, like); i++)
        l = corpus_choose(&f->corpus, &f->chooser);
    return l;
}

bool fuzz_loop(struct fuzz *f, uint64_t runs)
{
    for (; (runs == 0 || f->mutants < runs) && (f->o.go_on == NULL || f->o.go_on(f->o.self)); f->mutants++) {
        const struct layout *from = choose_alike(f);
        const struct layout *other = corpus_choose(&f->corpus, &f->chooser);
        if (from == NULL)
            return false;
        struct layout l = *from;
        if (!mutate(&l, other, &f->chooser, &f->o.mutate))
            f->stats.impossible++;
        else if (may_begin(f, &l))
            run(f, &l);
        if (f->trouble.message[0] != '\0')
            return false;
    }
    return true;
}

uint64_t fuzz_edges(const struct fuzz *f)
{
    return f->seen[0].edges + f->seen[1].edges;
}

uint64_t fuzz_features(const struct fuzz *f)
{
    return fuzz_edges(f) + f->seen[0].shapes + f->seen[1].shapes;
}
