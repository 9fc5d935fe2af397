/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool: what children hand back, and what becomes of those that cannot. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pool/pool.h"

#define JOBS 12
#define LIMIT 200000u

/* What a child does; each job has one of these. */
enum deed { WELL, MUCH, TOO_MUCH, NOTHING, ABORT, SEGV, EXIT, UNUSABLE, HANG, GARBAGE, FIRST_TIME_ONLY, CLOSES };

struct shared {
    pid_t hanging;
    unsigned tried[JOBS];
};

struct bench {
    enum deed deed[JOBS];
    struct shared *shared; /* with the children */
    size_t taken[JOBS];    /* bytes */
    unsigned nr_taken, lost_once, lost;
    enum pool_end how[JOBS];
    int value[JOBS];
    size_t order[JOBS];
    unsigned shown, most_running;
    bool interrupt, stop;
};

static void take_down(const struct bench *b)
{
    (void)munmap(b->shared, sizeof *b->shared);
}

static struct bench set_up(void)
{
    struct bench b = {0};
    b.shared = mmap(NULL, sizeof *b.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(b.shared != MAP_FAILED);
    return b;
}

static void fall(const struct bench *b, size_t job)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    switch (b->deed[job]) {
    case ABORT:
        abort();
    case SEGV:
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer's would make an exit of it */
        (void)raise(SIGSEGV);
        break;
    case EXIT:
        _exit(7);
    case HANG:
        b->shared->hanging = getpid();
        for (;;)
            (void)pause();
    default:
        break;
    }
}

static bool work(void *self, size_t job, FILE *out)
{
    const struct bench *b = self;
    unsigned times = ++b->shared->tried[job];
    fall(b, job);
    size_t n = b->deed[job] == MUCH ? LIMIT : b->deed[job] == TOO_MUCH ? LIMIT + 1 : 10 + job;
    for (size_t i = 0; i < n && b->deed[job] != NOTHING; i++)
        (void)fputc(b->deed[job] == GARBAGE ? 'x' : (int)job, out);
    if (b->deed[job] == FIRST_TIME_ONLY && times == 1)
        abort();
    if (b->deed[job] == CLOSES) {
        (void)fflush(out);
        (void)close(fileno(out)); /* the pipe ends, the process does not */
        (void)usleep(50000);
    }
    return b->deed[job] != UNUSABLE;
}

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    struct bench *b = self;
    assert_int_equal(r->end, POOL_HANDED_BACK);
    for (size_t i = 0; i < r->size; i++)
        if (r->bytes[i] != job)
            return POOL_REFUSED;
    b->taken[job] = r->size;
    b->order[b->nr_taken++] = job;
    return b->stop ? POOL_STOP : POOL_TAKEN;
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    struct bench *b = self;
    b->lost_once += again ? 1 : 0;
    b->lost += again ? 0 : 1;
    b->how[job] = r->end;
    b->value[job] = r->value;
}

static void show(void *self, const struct pool_state *s)
{
    struct bench *b = self;
    b->shown++;
    b->most_running = s->nr_running > b->most_running ? s->nr_running : b->most_running;
    pid_t pid = b->shared->hanging;
    if (pid == 0)
        return;
    if (b->interrupt)
        (void)kill(getpid(), SIGTERM);
    else
        (void)kill(pid, SIGKILL);
    b->shared->hanging = 0;
}

static enum pool_verdict run(struct bench *b, size_t nr, unsigned at_once, int *signal)
{
    struct diag d = {0};
    const struct pool_setup s = {.nr = nr,
                                 .at_once = at_once,
                                 .limit = LIMIT,
                                 .work = work,
                                 .take = take,
                                 .lost = lost,
                                 .show = show,
                                 .tick_ms = 5,
                                 .self = b};
    enum pool_verdict v = pool_run(&s, signal, &d);
    /* Whatever happened: nobody is left. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return v;
}

static void all_well(void **state)
{
    (void)state;
    for (unsigned at_once = 1; at_once <= 5; at_once += 2) {
        struct bench b = set_up();
        int signal;
        b.deed[3] = MUCH;
        b.deed[4] = NOTHING;
        assert_int_equal(run(&b, JOBS, at_once, &signal), POOL_ALL_DONE);
        assert_int_equal(signal, 0);
        assert_int_equal(b.nr_taken, JOBS);
        assert_int_equal(b.lost + b.lost_once, 0);
        for (size_t i = 0; i < JOBS; i++)
            assert_int_equal(b.taken[i], i == 3 ? LIMIT : i == 4 ? 0 : 10 + i);
        for (size_t i = 0; at_once == 1 && i < JOBS; i++)
            assert_int_equal(b.order[i], i);
        assert_true(b.most_running >= 1 && b.most_running <= at_once);
        take_down(&b);
    }
}

/* One job of each kind among good ones: it is tried twice, and the others are there. */
static void costs_itself(void **state)
{
    static const struct {
        enum deed deed;
        enum pool_end end;
        int value;
    } kinds[] = {
        {ABORT, POOL_SIGNAL, SIGABRT}, {SEGV, POOL_SIGNAL, SIGSEGV}, {EXIT, POOL_STATUS, 7},
        {UNUSABLE, POOL_STATUS, 1},    {HANG, POOL_SIGNAL, SIGKILL}, {TOO_MUCH, POOL_TOO_MUCH, 0},
        {GARBAGE, POOL_NONSENSE, 0},
    };
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct bench b = set_up();
        int signal;
        b.deed[1] = kinds[k].deed;
        assert_int_equal(run(&b, 4, 2, &signal), POOL_ALL_DONE);
        assert_int_equal(b.nr_taken, 3);
        assert_int_equal(b.lost_once, 1);
        assert_int_equal(b.lost, 1);
        assert_int_equal(b.shared->tried[1], 2);
        assert_int_equal(b.shared->tried[0] + b.shared->tried[2] + b.shared->tried[3], 3);
        assert_int_equal(b.how[1], kinds[k].end);
        assert_int_equal(b.value[1], kinds[k].value);
        take_down(&b);
    }
}

static void second_chance(void **state)
{
    (void)state;
    struct bench b = set_up();
    int signal;
    b.deed[0] = b.deed[5] = FIRST_TIME_ONLY;
    b.deed[2] = CLOSES;
    assert_int_equal(run(&b, JOBS, 3, &signal), POOL_ALL_DONE);
    assert_int_equal(b.lost_once, 2);
    assert_int_equal(b.lost, 0);
    assert_int_equal(b.nr_taken, JOBS);
    assert_int_equal(b.order[JOBS - 2], 0);
    assert_int_equal(b.order[JOBS - 1], 5);
    assert_int_equal(b.taken[0], 10);
    take_down(&b);
}

static void interrupted(void **state)
{
    (void)state;
    struct bench b = set_up();
    int signal;
    b.deed[1] = b.deed[2] = HANG;
    b.interrupt = true;
    assert_int_equal(run(&b, JOBS, 2, &signal), POOL_INTERRUPTED);
    assert_int_equal(signal, SIGTERM);
    assert_int_equal(b.lost, 0);
    sigset_t mask;
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    assert_int_equal(sigismember(&mask, SIGTERM), 0);
    take_down(&b);
}

static void ignored_signal(void **state)
{
    (void)state;
    struct bench b = set_up();
    int ended;
    b.deed[1] = HANG;
    b.interrupt = true;
    void (*before)(int) = signal(SIGTERM, SIG_IGN);
    assert_true(before != SIG_ERR);
    b.deed[1] = WELL;
    b.shared->hanging = getpid(); /* show() sends the signal once */
    assert_int_equal(run(&b, JOBS, 2, &ended), POOL_ALL_DONE);
    assert_int_equal(b.nr_taken, JOBS);
    (void)signal(SIGTERM, before);
    take_down(&b);
}

static void stopped(void **state)
{
    (void)state;
    struct bench b = set_up();
    int signal;
    b.stop = true;
    b.deed[1] = HANG;
    assert_int_equal(run(&b, JOBS, 2, &signal), POOL_STOPPED);
    assert_int_equal(b.nr_taken, 1);
    take_down(&b);
}

static void children_ignored(void **state)
{
    (void)state;
    struct bench b = set_up();
    int ended;
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    b.deed[2] = EXIT;
    assert_int_equal(run(&b, JOBS, 2, &ended), POOL_ALL_DONE);
    assert_int_equal(b.nr_taken, JOBS - 1);
    assert_true(signal(SIGCHLD, before) == SIG_IGN);
    take_down(&b);
}

static void nothing_to_do(void **state)
{
    (void)state;
    struct bench b = set_up();
    int signal;
    assert_int_equal(run(&b, 0, 4, &signal), POOL_ALL_DONE);
    take_down(&b);
}

static void no_files(void **state)
{
    (void)state;
    struct bench b = set_up();
    struct rlimit before, few;
    int signal;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 10; /* enough for some children, not for twelve at once */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(run(&b, JOBS, JOBS, &signal), POOL_ALL_DONE);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(b.nr_taken, JOBS);
    assert_true(b.most_running < JOBS);
    take_down(&b);
}

static void reasons(void **state)
{
    (void)state;
    char why[POOL_WHY_SIZE];
    pool_why(&(struct pool_result){.end = POOL_SIGNAL, .value = SIGSEGV}, why);
    assert_string_equal(why, "killed by signal 11 (SEGV)");
    pool_why(&(struct pool_result){.end = POOL_SIGNAL, .value = 9999}, why);
    assert_string_equal(why, "killed by signal 9999 (?)");
    pool_why(&(struct pool_result){.end = POOL_STATUS, .value = 7}, why);
    assert_string_equal(why, "its process ended with status 7");
    assert_true(pool_processors() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_well),         cmocka_unit_test(costs_itself), cmocka_unit_test(second_chance),
        cmocka_unit_test(interrupted),      cmocka_unit_test(stopped),      cmocka_unit_test(ignored_signal),
        cmocka_unit_test(children_ignored), cmocka_unit_test(no_files),     cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
