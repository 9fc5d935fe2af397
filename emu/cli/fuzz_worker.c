/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed fuzz, the process that boots: it can open nothing, and sends what is to be kept. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/fuzz_run.h"
#include "layout/write.h"

#define STATUS_EVERY 0.25 /* seconds */

double fuzz_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void send_message(struct fuzz_run *x, enum fuzz_message kind, const char *bytes, size_t n)
{
    const uint32_t size = (uint32_t)n;
    (void)fputc(kind, x->out);
    (void)fwrite(&size, sizeof size, 1, x->out);
    (void)fwrite(bytes, 1, n, x->out);
    (void)fflush(x->out);
}

static void send_layout(struct fuzz_run *x, enum fuzz_message kind, const struct layout *l)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return;
    layout_write(l, f);
    if (fclose(f) == 0)
        send_message(x, kind, text, n);
    free(text);
}

static void send_state(struct fuzz_run *x)
{
    const uint64_t cases = x->fuzz.seeds + x->fuzz.mutants;
    if (x->any_sent && x->sent == cases)
        return;
    x->session.nr_warm = x->target.nr_warm;
    x->session.nr_cold = x->target.nr_cold;
    x->session.nr_replays = x->target.nr_replays;
    x->session.nr_replays_anew = x->target.nr_replays_anew;
    char *text = fuzz_state_write(&x->fuzz, &x->session);
    if (text != NULL)
        send_message(x, FUZZ_STATE, text, strlen(text));
    free(text);
    x->sent = cases;
    x->any_sent = true;
}

static void show(struct fuzz_run *x, double at)
{
    const struct fuzz_stats *s = &x->fuzz.stats;
    const double seconds = at - x->began;
    (void)snprintf(x->board->line, sizeof x->board->line,
                   "%" PRIu64 " runs, %.0f runs/s, cov %" PRIu64 ", ft %" PRIu64 ", corpus %zu, findings %zu", s->runs,
                   seconds > 0 ? (double)s->runs / seconds : 0, fuzz_edges(&x->fuzz), fuzz_features(&x->fuzz),
                   x->fuzz.corpus.nr, x->fuzz.known.nr);
    x->told = at;
}

/* A state is some 100 KiB of text, a few milliseconds: at most a hundredth of the time, and seconds of boots to do again. */
static uint64_t checkpoint(const struct fuzz_settings *s)
{
    static const uint64_t usual[] = {[FUZZ_PLATFORM] = 2048, [FUZZ_HANDOFF] = 256, [FUZZ_BOTH] = 256};
    return s->checkpoint != 0 ? s->checkpoint : usual[s->fuzz.tier];
}

/* Between two cases. Time decides when to stop, and nothing else. */
static bool go_on(void *self)
{
    struct fuzz_run *x = self;
    const double at = fuzz_now();
    if ((x->fuzz.seeds + x->fuzz.mutants) % checkpoint(&x->s) == 0)
        send_state(x);
    if (x->progress.on && at - x->told >= STATUS_EVERY)
        show(x, at);
    return x->s.seconds == 0 || at - x->began < (double)x->s.seconds;
}

static bool begins(void *self, uint64_t number, const struct layout *l)
{
    struct fuzz_run *x = self;
    x->board->number = number;
    for (size_t i = 0; i < x->nr_left_out; i++)
        if (x->left_out[i] == number) {
            send_layout(x, FUZZ_LEFT_OUT, l);
            return false;
        }
    return true;
}

static bool keep(void *self, const struct layout *l)
{
    send_layout(self, FUZZ_CORPUS, l);
    return true;
}

static void found(void *self, const struct fuzz_found *f)
{
    struct fuzz_run *x = self;
    char *text = NULL;
    size_t n = 0;
    const enum artifact_replay how = artifact_replay(&x->target, f->layout, f, &x->s.monitor);
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    x->session.not_replayed += how == REPLAY_NOT;
    x->session.saved++;
    (void)fprintf(out, "%s%c%s%c%d%c%s%c", f->what, 0, f->fingerprint, 0, (int)how, 0,
                  f->finding != NULL ? f->finding->text : f->verdict->detail, 0);
    artifact_write(f->layout, f, how, out);
    if (fclose(out) == 0)
        send_message(x, FUZZ_FOUND, text, n);
    free(text);
}

bool fuzz_work(void *self, size_t job, FILE *out)
{
    struct fuzz_run *x = self;
    struct fuzz *f = &x->fuzz;
    bool more = true;
    (void)job;
    x->out = out;
    f->o.go_on = go_on;
    f->o.begins = begins;
    f->o.keep = keep;
    f->o.found = found;
    f->o.self = x;
    x->target.nr_warm = x->session.nr_warm;
    x->target.nr_cold = x->session.nr_cold;
    x->target.nr_replays = x->session.nr_replays;
    x->target.nr_replays_anew = x->session.nr_replays_anew;
    if (f->seeds != 0)
        fuzz_take_up(f);
    while (f->seeds < x->session.nr_seeds && (more = go_on(x)))
        fuzz_seed(f, &x->session.seed[f->seeds]);
    if (more && f->corpus.nr == 0) {
        static const char none[] = "it boots in none of the layouts to begin with; see hvmbed run, --mode, --guest";
        send_message(x, FUZZ_TROUBLE, none, sizeof none - 1);
        return true;
    }
    if (more)
        (void)fuzz_loop(f, x->s.runs);
    send_state(x);
    return true;
}
