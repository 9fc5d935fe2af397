/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed fuzz: boots an image in layout after layout. Here is the process that keeps what comes of it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/fuzz_run.h"
#include "cli/verbs.h"
#include "image/facts.h"

#define TICK_MS 250
#define STATE_FILE ".hvmbed-fuzz-state" /* in the corpus folder, of a run that has not come to its end */

/* --- what the worker sends: anything, if it was broken into ------------------------------------------------------- */

static void say(const char *path, const char *text)
{
    (void)printf("%s: ", path);
    for (; *text != '\0'; text++)
        (void)putchar(*text >= ' ' && *text <= '~' ? *text : '?');
    (void)putchar('\n');
    (void)fflush(stdout);
}

static bool write_file(const char *path, const char *bytes, size_t n, struct diag *d)
{
    struct outfile *out = outfile_open(path, d);
    if (out == NULL)
        return false;
    (void)fwrite(bytes, 1, n, outfile_stream(out));
    return outfile_commit(out, d);
}

/* The next part of a message, which ends in a 0 byte; NULL: there is none. */
static const char *take_part(const char **at, const char *end)
{
    const char *part = *at;
    const char *stop = memchr(part, 0, (size_t)(end - part));
    if (stop == NULL)
        return NULL;
    *at = stop + 1;
    return part;
}

static bool is_name(const char *s, const char *of, size_t least, size_t most)
{
    const size_t n = strlen(s);
    return n >= least && n <= most && strspn(s, of) == n;
}

/* In the summary, too, whatever comes between this and the next state. */
static void remember(struct fuzz_run *x, const char *what, const char *print)
{
    if (x->late.nr == FUZZ_KNOWN_MAX)
        return;
    const struct rule *r = rule_find(what);
    struct fuzz_known *k = &x->late.k[x->late.nr++];
    *k = (struct fuzz_known){.what = r != NULL ? r->name : "ending", .count = 1};
    memcpy(k->fingerprint, print, FINGERPRINT_SIZE);
}

static bool take_found(struct fuzz_run *x, const char *bytes, size_t n)
{
    const char *at = bytes, *const end = bytes + n;
    const char *what = take_part(&at, end), *print = what != NULL ? take_part(&at, end) : NULL,
               *how = print != NULL ? take_part(&at, end) : NULL, *text = how != NULL ? take_part(&at, end) : NULL;
    char path[PATH_MAX];
    if (text == NULL || !is_name(what, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, 64) ||
        !is_name(print, "0123456789abcdef", FINGERPRINT_SIZE - 1, FINGERPRINT_SIZE - 1) || !is_name(how, "01234", 1, 1))
        return false;
    (void)snprintf(path, sizeof path, "%s%s-%s.cfg", x->s.artifact_prefix, what, print);
    if (!write_file(path, at, (size_t)(end - at), &x->trouble))
        return false;
    remember(x, what, print);
    progress_end(&x->progress);
    say(path, text);
    const enum artifact_replay replay = (enum artifact_replay)(how[0] - '0');
    if (replay != REPLAY_PLAIN)
        say(path, artifact_replay_text(replay));
    return true;
}

static bool take_left_out(struct fuzz_run *x, const char *bytes, size_t n)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%sleft-out-%" PRIu64 ".cfg", x->s.artifact_prefix, x->died_at - 1);
    return x->died_at == 0 || write_file(path, bytes, n, &x->trouble);
}

static bool take_corpus(struct fuzz_run *x, const char *bytes, size_t n)
{
    struct layout l;
    char *text = strndup(bytes, n);
    const bool ok = text != NULL && layout_read_text("corpus", text, &l, NULL, &x->trouble) &&
                    corpus_save(&x->fuzz.corpus, &l, &x->trouble);
    free(text);
    return ok;
}

static bool state_path(const struct fuzz_run *x, char out[PATH_MAX])
{
    return x->s.fuzz.corpus != NULL && snprintf(out, PATH_MAX, "%s/%s", x->s.fuzz.corpus, STATE_FILE) < PATH_MAX;
}

static bool take_state(struct fuzz_run *x, const char *bytes, size_t n)
{
    char path[PATH_MAX];
    free(x->state);
    x->state = strndup(bytes, n);
    x->state_size = n;
    x->late.nr = 0;
    return x->state != NULL && (!state_path(x, path) || write_file(path, bytes, n, &x->trouble));
}

static bool take_trouble(struct fuzz_run *x, const char *bytes, size_t n)
{
    return diag_fail(&x->trouble, x->image.path, 0, "%.*s", (int)(n < 200 ? n : 200), bytes);
}

static const struct {
    enum fuzz_message kind;
    bool (*take)(struct fuzz_run *x, const char *bytes, size_t n);
} messages[] = {
    {FUZZ_CORPUS, take_corpus}, {FUZZ_FOUND, take_found},     {FUZZ_LEFT_OUT, take_left_out},
    {FUZZ_STATE, take_state},   {FUZZ_TROUBLE, take_trouble},
};

static bool take_message(struct fuzz_run *x, uint8_t kind, const char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].kind == kind)
            return messages[i].take(x, bytes, n);
    return false;
}

#define HEAD (1 + sizeof(uint32_t))

static bool hear(void *self, size_t job, const uint8_t *bytes, size_t n)
{
    struct fuzz_run *x = self;
    (void)job;
    if (n > x->room - x->size) {
        uint8_t *more = realloc(x->message, 2 * x->room + n);
        if (more == NULL)
            return false;
        x->message = more;
        x->room = 2 * x->room + n;
    }
    memcpy(x->message + x->size, bytes, n);
    x->size += n;
    size_t at = 0;
    for (uint32_t size; x->size - at >= HEAD; at += HEAD + size) {
        memcpy(&size, x->message + at + 1, sizeof size);
        if (size > FUZZ_STATE_MAX)
            return false;
        if (x->size - at - HEAD < size)
            break;
        if (!take_message(x, x->message[at], (const char *)x->message + at + HEAD, size))
            return false;
    }
    memmove(x->message, x->message + at, x->size - at);
    x->size -= at;
    return true;
}

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    (void)self;
    (void)job;
    (void)r;
    return POOL_TAKEN;
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    struct fuzz_run *x = self;
    (void)job;
    (void)again;
    x->lost = true;
    pool_why(r, x->why);
}

static void show(void *self, const struct pool_state *s)
{
    struct fuzz_run *x = self;
    (void)s;
    progress_say_for(&x->progress, x->board->line, sizeof x->board->line);
}

/* --- workers, one after the other --------------------------------------------------------------------------------- */

/* Stands where the last state says. */
static bool go_back(struct fuzz_run *x)
{
    return x->state == NULL || fuzz_state_read(x->state, x->state_size, &x->fuzz, &x->session, &x->trouble);
}

/* A case that ends its process twice is left out. False: enough of them. */
static bool blame(struct fuzz_run *x)
{
    const uint64_t number = x->board->number;
    const bool again = x->died_at != number + 1;
    progress_end(&x->progress);
    (void)fprintf(stderr, "hvmbed: case %" PRIu64 ": %s; %s\n", number, x->why,
                  again ? "it will be tried again" : "inconclusive: it is left out");
    x->died_at = number + 1;
    if (again)
        return true;
    if (x->nr_left_out == FUZZ_LEFT_OUT_MAX)
        return diag_fail(&x->trouble, x->image.path, 0, "too many cases end their process: %s", x->why);
    x->left_out[x->nr_left_out++] = number;
    return true;
}

static enum pool_verdict run_workers(struct fuzz_run *x, int *signal, struct diag *d)
{
    for (;;) {
        struct pool_setup p = {.nr = 1,
                               .at_once = 1,
                               .once = true,
                               .work = fuzz_work,
                               .hear = hear,
                               .take = take,
                               .lost = lost,
                               .show = show,
                               .tick_ms = TICK_MS,
                               .self = x};
        sandbox_apply(&x->s.sandbox, 0, &p);
        /* Layouts may be of any size, and there is no end: what is in memory is watched, and a boot has its budget. */
        x->s.sandbox.setup.address_space = 0;
        x->s.sandbox.setup.cpu_seconds = 0;
        x->lost = false;
        x->size = 0;
        (void)fflush(NULL);
        const enum pool_verdict v = pool_run(&p, signal, d);
        if (v != POOL_ALL_DONE || !x->lost || x->trouble.message[0] != '\0' || !blame(x) || !go_back(x))
            return v;
    }
}

/* --- before ------------------------------------------------------------------------------------------------------- */

static void add_seed(void *self, const struct layout *l, const struct diag *why)
{
    struct fuzz_run *x = self;
    struct fuzz_session *s = &x->session;
    if (l == NULL) {
        (void)fprintf(stderr, "hvmbed: %s: left out: %s\n", why->file, why->message);
        return;
    }
    struct layout *more = realloc(s->seed, (s->nr_seeds + 1) * sizeof *more);
    if (more == NULL)
        return;
    s->seed = more;
    s->seed[s->nr_seeds++] = *l;
}

static bool add_seeds(struct fuzz_run *x, struct diag *d)
{
    char folder[PATH_MAX];
    for (size_t i = 0; i < x->s.nr_seeds; i++) {
        char path[PATH_MAX];
        struct layout l;
        if (!layout_find(x->s.seed[i], path, sizeof path, d) || !layout_read(path, &l, d))
            return false;
        add_seed(x, &l, NULL);
    }
    if (x->s.nr_seeds == 0 && !preset_folder(folder, sizeof folder))
        return diag_fail(d, "", 0, "the presets are not there; name a layout to begin with: -l FILE");
    return (x->s.nr_seeds != 0 || corpus_load(folder, add_seed, x, d)) &&
           (x->s.fuzz.corpus == NULL || corpus_load(x->s.fuzz.corpus, add_seed, x, d));
}

/* Whatever makes a run another one. */
static void describe_settings(struct fuzz_run *x)
{
    const struct fuzz_settings *s = &x->s;
    const struct mutate_options *m = &s->fuzz.mutate;
    char sha[HASH_TEXT_SIZE], severities[RULE_COUNT + 1] = {0};
    hash_format(x->image.sha256, sha);
    for (unsigned i = 0; i < RULE_COUNT; i++)
        severities[i] = (char)('0' + s->monitor.severity[i]);
    int n = snprintf(x->session.settings, sizeof x->session.settings,
                     "%s %s seed %" PRIu64 " runs %" PRIu64 " tier %d%s%s%s budget %" PRIu64 " severities %s",
                     HVMBED_VERSION, sha, s->fuzz.seed, s->runs, (int)s->fuzz.tier, m->hostile ? " hostile" : "",
                     m->hvm ? " hvm" : "", m->pvh ? " pvh" : "", s->monitor.budget, severities);
    for (size_t i = 0; i < s->nr_seeds && n > 0 && n < (int)sizeof x->session.settings; i++)
        n += snprintf(x->session.settings + n, sizeof x->session.settings - (size_t)n, " %s", s->seed[i]);
}

/* Where a run with these settings was when it was interrupted or killed. False: there is none. */
static bool take_up(struct fuzz_run *x)
{
    char path[PATH_MAX], settings[FUZZ_SETTINGS_SIZE];
    struct diag d = {0};
    memcpy(settings, x->session.settings, sizeof settings);
    if (!state_path(x, path))
        return false;
    FILE *in = fopen(path, "rbe");
    char *text = in != NULL ? malloc(FUZZ_STATE_MAX) : NULL;
    const size_t n = text != NULL ? fread(text, 1, FUZZ_STATE_MAX, in) : 0;
    if (in != NULL)
        (void)fclose(in);
    bool ok = n != 0 && fuzz_state_read(text, n, &x->fuzz, &x->session, &d);
    if (n != 0 && !ok)
        (void)fprintf(stderr, "hvmbed: %s: %s; it begins anew\n", path, d.message);
    free(text);
    if (ok && strcmp(settings, x->session.settings) != 0) {
        /* Another run's: its layouts are in the folder, and are begun with. */
        fuzz_free(&x->fuzz);
        fuzz_session_free(&x->session);
        memset(&x->fuzz, 0, sizeof x->fuzz);
        memset(&x->session, 0, sizeof x->session);
        fuzz_init(&x->fuzz, &x->s.fuzz, &x->target);
        ok = false;
    }
    memcpy(x->session.settings, settings, sizeof settings);
    if (ok)
        (void)fprintf(stderr, "hvmbed: %s: goes on after %" PRIu64 " mutants\n", path, x->fuzz.mutants);
    return ok;
}

static bool prepare(struct fuzz_run *x, const char *path, struct diag *d)
{
    struct mutate_options *m = &x->s.fuzz.mutate;
    x->target.limits = &x->s.sandbox.limits;
    if (!sandbox_open(&x->s.sandbox, d) || !image_load(path, &x->image, d))
        return false;
    m->image_size = x->image.size;
    if (!m->hvm && !m->pvh) {
        m->hvm = true;
        m->pvh = x->image.pvh.present;
    }
    x->s.monitor.image = &x->image;
    if ((x->s.fuzz.corpus != NULL && !corpus_make(x->s.fuzz.corpus, d)) ||
        !target_open(&x->target, &x->image, &x->s.monitor, d))
        return false;
    x->board = mmap(NULL, sizeof *x->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (x->board == MAP_FAILED) {
        x->board = NULL;
        return diag_fail(d, "", 0, "out of memory");
    }
    fuzz_init(&x->fuzz, &x->s.fuzz, &x->target);
    describe_settings(x);
    if (!take_up(x) && !add_seeds(x, d))
        return false;
    for (size_t i = 0; i < x->session.nr_seeds; i++)
        if (!target_hold(&x->target, &x->session.seed[i], d))
            return false;
    return true;
}

/* --- what came of it ---------------------------------------------------------------------------------------------- */

static double rate(const struct fuzz_run *x, double seconds)
{
    return seconds > 0 ? (double)x->fuzz.stats.runs / seconds : 0;
}

static void say_summary(const struct fuzz_run *x, double seconds)
{
    const struct fuzz_stats *s = &x->fuzz.stats;
    (void)fprintf(stderr,
                  "%" PRIu64 " runs in %.1f s, %.0f runs/s, %" PRIu64 " to the hand-off; cov %" PRIu64 ", ft %" PRIu64
                  ", corpus %zu; %zu findings\n",
                  s->runs, seconds, rate(x, seconds), s->handoffs, fuzz_edges(&x->fuzz), fuzz_features(&x->fuzz),
                  x->fuzz.corpus.nr, x->fuzz.known.nr + x->late.nr);
    if (s->too_slow != 0)
        (void)fprintf(stderr, "%" PRIu64 " layouts were not booted to the hand-off: their page tables take too long\n",
                      s->too_slow);
    if (s->left_out != 0)
        (void)fprintf(stderr, "%" PRIu64 " cases are inconclusive: they ended their process, twice\n", s->left_out);
    if (x->session.not_replayed != 0)
        (void)fprintf(stderr, "%" PRIu64 " findings did NOT come again from reset: a defect in hvmbed\n",
                      x->session.not_replayed);
    if (x->s.sandbox.off || x->s.sandbox.state.missing != 0)
        (void)fprintf(stderr, "sandbox: %s\n", x->s.sandbox.says);
    if (!x->s.final_stats)
        return;
    (void)fprintf(stderr,
                  "stat::number_of_executed_units: %" PRIu64 "\nstat::average_exec_per_sec:     %.0f\n"
                  "stat::new_units_added:          %zu\nstat::handoff_units:            %" PRIu64
                  "\nstat::impossible_units:         %" PRIu64 "\nstat::faulty_units:             %" PRIu64
                  "\nstat::boots_from_reset:         %" PRIu64 "\nstat::boots_taken_up:           %" PRIu64
                  "\nstat::replays:                  %" PRIu64 "\nstat::replays_in_new_machines:  %" PRIu64 "\n",
                  s->runs, rate(x, seconds), x->fuzz.corpus.nr, s->handoffs, s->impossible, s->faulty,
                  x->session.nr_cold, x->session.nr_warm, x->session.nr_replays, x->session.nr_replays_anew);
}

static void list_findings(const struct fuzz_run *x)
{
    const struct fuzz_list *const lists[] = {&x->fuzz.known, &x->late};
    for (size_t j = 0; j < 2; j++)
        for (size_t i = 0; i < lists[j]->nr; i++) {
            const struct fuzz_known *k = &lists[j]->k[i];
            (void)printf("%s %s in %" PRIu64 " boots\n", k->fingerprint, k->what, k->count);
        }
}

/* A run that has come to its end is not gone on with: the same command does the same again. */
static void forget_state(const struct fuzz_run *x)
{
    char path[PATH_MAX];
    if (x->s.runs != 0 && x->fuzz.mutants >= x->s.runs && state_path(x, path))
        (void)unlink(path);
}

static int fuzz(struct fuzz_run *x, const char *path)
{
    struct diag d = {0};
    int signal = 0;
    if (!prepare(x, path, &d))
        return cli_complain(&d);
    progress_init(&x->progress, x->s.quiet);
    x->began = x->told = fuzz_now();
    /* Ctrl-C ends it as time does: what was found is told. */
    const enum pool_verdict v = run_workers(x, &signal, &d);
    progress_end(&x->progress);
    if (x->trouble.message[0] == '\0' && v != POOL_FAILED)
        (void)go_back(x);
    if (x->trouble.message[0] != '\0' || v == POOL_FAILED)
        return cli_complain(x->trouble.message[0] != '\0' ? &x->trouble : &d);
    list_findings(x);
    say_summary(x, fuzz_now() - x->began);
    if (fflush(stdout) == 0) /* not before all is told: who is killed here tells it the next time */
        forget_state(x);
    if (x->fuzz.known.nr + x->late.nr != 0)
        return EXIT_FINDING;
    return x->fuzz.stats.left_out != 0 ? EXIT_INCONCLUSIVE : EXIT_CLEAN;
}

int cli_fuzz(int argc, char **argv)
{
    int first = 0, code;
    struct fuzz_run *x = calloc(1, sizeof *x);
    if (x == NULL)
        return EXIT_DEFECT;
    fuzz_settings_init(&x->s);
    code = EXIT_DEFECT;
    if (fuzz_options_spell(&fuzz_verb, argc, argv) && options_begin(&fuzz_verb, x, argc, argv, &first, &code)) {
        x->s.fuzz.corpus = argc - first > 1 ? argv[first + 1] : NULL;
        code = fuzz(x, argv[first]);
    }
    if (x->board != NULL)
        (void)munmap(x->board, sizeof *x->board);
    fuzz_free(&x->fuzz);
    fuzz_session_free(&x->session);
    target_close(&x->target);
    image_free(&x->image);
    free(x->message);
    free(x->state);
    free(x);
    return code;
}
