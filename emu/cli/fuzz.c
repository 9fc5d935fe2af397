/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed fuzz: boots an image in layout after layout. */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/cli.h"
#include "cli/fuzz_options.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "fuzz/artifact.h"

#define STATUS_EVERY 0.25 /* seconds */

struct session {
    struct fuzz_settings s;
    struct image image;
    struct target target;
    struct fuzz fuzz;
    struct progress progress;
    double began, told;
    sigset_t signals; /* that end it */
    struct diag trouble;
    uint64_t saved, not_replayed;
};

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rate(const struct session *x, double at)
{
    return at > x->began ? (double)x->fuzz.stats.runs / (at - x->began) : 0;
}

/* Time decides when to stop, and nothing else. */
static bool go_on(void *self)
{
    struct session *x = self;
    const struct timespec none = {0};
    const double at = now();
    if (x->progress.on && at - x->told >= STATUS_EVERY) {
        char text[160];
        (void)snprintf(text, sizeof text,
                       "%" PRIu64 " runs, %.0f runs/s, cov %" PRIu64 ", ft %" PRIu64 ", corpus %zu, findings %zu",
                       x->fuzz.stats.runs, rate(x, at), fuzz_edges(&x->fuzz), fuzz_features(&x->fuzz),
                       x->fuzz.corpus.nr, x->fuzz.known.nr);
        progress_say(&x->progress, text);
        x->told = at;
    }
    return x->trouble.message[0] == '\0' && (x->s.seconds == 0 || at - x->began < (double)x->s.seconds) &&
           sigtimedwait(&x->signals, NULL, &none) < 0;
}

static bool save(struct session *x, const struct fuzz_found *f, const char *path, enum artifact_replay how)
{
    struct outfile *out = outfile_open(path, &x->trouble);
    if (out == NULL)
        return false;
    artifact_write(f->layout, f, how, outfile_stream(out));
    return outfile_commit(out, &x->trouble);
}

static void found(void *self, const struct fuzz_found *f)
{
    struct session *x = self;
    char path[PATH_MAX];
    if (x->trouble.message[0] != '\0')
        return;
    (void)snprintf(path, sizeof path, "%s%s-%s.cfg", x->s.artifact_prefix, f->what, f->fingerprint);
    const enum artifact_replay how = artifact_replay(&x->target, f->layout, f->fingerprint, f->platform, &x->s.monitor);
    x->not_replayed += how == REPLAY_NOT;
    if (!save(x, f, path, how))
        return;
    x->saved++;
    progress_end(&x->progress);
    (void)printf("%s: %s\n", path, f->finding != NULL ? f->finding->text : f->verdict->detail);
    if (how != REPLAY_PLAIN)
        (void)printf("%s: %s\n", path, artifact_replay_text(how));
    (void)fflush(stdout);
}

/* --- seeds */

static void seed_corpus(void *self, const struct layout *l, const struct diag *why)
{
    struct session *x = self;
    if (l == NULL)
        (void)fprintf(stderr, "hvmbed: %s: left out: %s\n", why->file, why->message);
    else if (go_on(x))
        fuzz_seed(&x->fuzz, l);
}

static bool seed_all(struct session *x, struct diag *d)
{
    for (size_t i = 0; i < x->s.nr_seeds; i++) {
        char path[PATH_MAX];
        struct layout l;
        if (!layout_find(x->s.seed[i], path, sizeof path, d) || !layout_read(path, &l, d))
            return false;
        fuzz_seed(&x->fuzz, &l);
    }
    char folder[PATH_MAX];
    if (x->s.nr_seeds == 0 && !preset_folder(folder, sizeof folder))
        return diag_fail(d, "", 0, "the presets are not there; name a layout to begin with: -l FILE");
    if (x->s.nr_seeds == 0 && !corpus_load(folder, seed_corpus, x, d))
        return false;
    if (x->s.fuzz.corpus != NULL && !corpus_load(x->s.fuzz.corpus, seed_corpus, x, d))
        return false;
    return x->fuzz.corpus.nr != 0 ||
           diag_fail(d, x->image.path, 0,
                     "it boots in none of the layouts to begin with; see hvmbed run, --mode, --guest");
}

/* --- what came of it */

static void say_summary(const struct session *x, double seconds)
{
    const struct fuzz_stats *s = &x->fuzz.stats;
    (void)fprintf(stderr,
                  "%" PRIu64 " runs in %.1f s, %.0f runs/s, %" PRIu64 " to the hand-off; cov %" PRIu64 ", ft %" PRIu64
                  ", corpus %zu; %zu findings\n",
                  s->runs, seconds, rate(x, x->began + seconds), s->handoffs, fuzz_edges(&x->fuzz),
                  fuzz_features(&x->fuzz), x->fuzz.corpus.nr, x->fuzz.known.nr);
    if (s->too_slow != 0)
        (void)fprintf(stderr, "%" PRIu64 " layouts were not booted to the hand-off: their page tables take too long\n",
                      s->too_slow);
    if (x->not_replayed != 0)
        (void)fprintf(stderr, "%" PRIu64 " findings did NOT come again from reset: a defect in hvmbed\n",
                      x->not_replayed);
    if (!x->s.final_stats)
        return;
    (void)fprintf(stderr,
                  "stat::number_of_executed_units: %" PRIu64 "\nstat::average_exec_per_sec:     %.0f\n"
                  "stat::new_units_added:          %zu\nstat::handoff_units:            %" PRIu64
                  "\nstat::impossible_units:         %" PRIu64 "\nstat::faulty_units:             %" PRIu64
                  "\nstat::boots_from_reset:         %" PRIu64 "\nstat::boots_taken_up:           %" PRIu64 "\n",
                  s->runs, rate(x, x->began + seconds), x->fuzz.corpus.nr, s->handoffs, s->impossible, s->faulty,
                  x->target.nr_cold, x->target.nr_warm);
}

static void list_findings(const struct session *x)
{
    for (size_t i = 0; i < x->fuzz.known.nr; i++) {
        const struct fuzz_known *k = &x->fuzz.known.k[i];
        (void)printf("%s %s in %" PRIu64 " boots\n", k->fingerprint, k->what, k->count);
    }
}

static int fuzz(struct session *x, const char *path)
{
    struct diag d = {0};
    struct mutate_options *m = &x->s.fuzz.mutate;
    if (!image_load(path, &x->image, &d))
        return cli_complain(&d);
    m->image_size = x->image.size;
    if (!m->hvm && !m->pvh) {
        m->hvm = true;
        m->pvh = x->image.pvh.present;
    }
    x->s.fuzz.go_on = go_on;
    x->s.fuzz.found = found;
    x->s.fuzz.self = x;
    x->s.monitor.image = &x->image;
    if (x->s.fuzz.corpus != NULL && !corpus_make(x->s.fuzz.corpus, &d))
        return cli_complain(&d);
    if (!target_open(&x->target, &x->image, &x->s.monitor, &d))
        return cli_complain(&d);
    fuzz_init(&x->fuzz, &x->s.fuzz, &x->target);
    progress_init(&x->progress, x->s.quiet);
    x->began = x->told = now();
    bool ok = seed_all(x, &d);
    if (ok && !fuzz_loop(&x->fuzz, x->s.runs))
        d = x->fuzz.trouble;
    progress_end(&x->progress);
    if (x->trouble.message[0] != '\0')
        d = x->trouble;
    if (d.message[0] != '\0')
        return cli_complain(&d);
    list_findings(x);
    say_summary(x, now() - x->began);
    return x->fuzz.known.nr != 0 ? EXIT_FINDING : EXIT_CLEAN;
}

int cli_fuzz(int argc, char **argv)
{
    int first = 0, code;
    struct session *x = calloc(1, sizeof *x);
    if (x == NULL)
        return EXIT_DEFECT;
    fuzz_settings_init(&x->s);
    code = EXIT_DEFECT;
    if (fuzz_options_spell(&fuzz_verb, argc, argv) && options_begin(&fuzz_verb, x, argc, argv, &first, &code)) {
        /* Ctrl-C ends it as time does: what was found is told. */
        (void)sigemptyset(&x->signals);
        (void)sigaddset(&x->signals, SIGINT);
        (void)sigaddset(&x->signals, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &x->signals, NULL);
        x->s.fuzz.corpus = argc - first > 1 ? argv[first + 1] : NULL;
        code = fuzz(x, argv[first]);
    }
    fuzz_free(&x->fuzz);
    target_close(&x->target);
    image_free(&x->image);
    free(x);
    return code;
}
