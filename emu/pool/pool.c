/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool/pool.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pool/child.h"

#define CHUNK ((size_t)64 << 10)
#define MEMORY_MS 100
#define CLOSING_MS 1 /* between its last byte and its end a child has next to nothing to do */

struct child {
    struct pool_child process;
    size_t job;
    uint8_t *bytes;
    size_t size, room;
    bool too_much, too_large;
};

struct pool {
    const struct pool_setup *s;
    struct child *child; /* in the order they were started */
    size_t *running;     /* their jobs */
    struct pollfd *poll;
    unsigned nr;
    size_t next, done;
    size_t *lost; /* jobs to be tried again */
    size_t nr_lost, next_lost;
    bool again; /* that is what is done now */
    bool starved;
    bool stopped;
    double looked; /* when memory was looked at */
    int signals;
    sigset_t watched, before;
    struct sigaction chld;
};

void pool_limits_met(const struct pool_result *r, const struct limits *l, struct limits_reached *out)
{
    limit_reach(out, LIMIT_MEMORY, l, r->end == POOL_MEMORY);
    limit_reach(out, LIMIT_CPU, l, r->end == POOL_SIGNAL && r->value == SIGXCPU);
}

void pool_why(const struct pool_result *r, char out[POOL_WHY_SIZE])
{
    const char *name = r->end == POOL_SIGNAL ? sigabbrev_np(r->value) : NULL;
    char call[40];
    int n;
    switch (r->end) {
    case POOL_SIGNAL:
        n = snprintf(out, POOL_WHY_SIZE, "killed by signal %d (%s)", r->value, name != NULL ? name : "?");
        if (r->value == SIGXCPU)
            (void)snprintf(out + n, POOL_WHY_SIZE - (size_t)n, ": it used more CPU time than it may");
        if (r->value != SIGSYS || r->asked == 0)
            break;
        cage_syscall_name(r->asked - 1, call, sizeof call);
        (void)snprintf(out + n, POOL_WHY_SIZE - (size_t)n, ": it asked for the system call %s, which its cage forbids",
                       call);
        break;
    case POOL_NO_CAGE:
        (void)snprintf(out, POOL_WHY_SIZE, "its process could not be caged");
        break;
    case POOL_MEMORY:
        (void)snprintf(out, POOL_WHY_SIZE, "its process had more memory than it may");
        break;
    case POOL_STATUS:
        (void)snprintf(out, POOL_WHY_SIZE, "its process ended with status %d", r->value);
        break;
    case POOL_TOO_MUCH:
        (void)snprintf(out, POOL_WHY_SIZE, "its process handed back too much");
        break;
    case POOL_NO_CHILD:
        (void)snprintf(out, POOL_WHY_SIZE, "no process for it: %s", strerror(r->value));
        break;
    default:
        (void)snprintf(out, POOL_WHY_SIZE, "its process handed back nonsense");
    }
}

unsigned pool_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (unsigned)n : 1;
}

/* --- one child */

static void show(const struct pool *p)
{
    const struct pool_state state = {.done = p->done, .nr = p->s->nr, .running = p->running, .nr_running = p->nr};
    if (p->s->show != NULL)
        p->s->show(p->s->self, &state);
}

static void lose(struct pool *p, size_t job, const struct pool_result *r)
{
    bool again = !p->again && !p->s->once;
    if (again)
        p->lost[p->nr_lost++] = job;
    else
        p->done++;
    p->s->lost(p->s->self, job, r, again);
}

static void start(struct pool *p, size_t job)
{
    struct child *c = &p->child[p->nr];
    *c = (struct child){.job = job};
    int error = pool_child_start(&c->process, p->s, job, &p->before);
    if (error == 0) {
        p->running[p->nr++] = job;
        return;
    }
    /* With others running it is a matter of waiting. */
    p->starved = p->nr != 0;
    if (p->starved) {
        *(p->again ? &p->next_lost : &p->next) -= 1;
        return;
    }
    const struct pool_result r = {.end = POOL_NO_CHILD, .value = error};
    lose(p, job, &r);
}

/* Reads what is there; at the end of it the pipe is closed. */
static void receive(struct pool *p, struct child *c)
{
    if (c->room - c->size < CHUNK) {
        uint8_t *more = realloc(c->bytes, c->room * 2 + CHUNK);
        if (more == NULL) {
            pool_child_kill(&c->process);
            return;
        }
        c->bytes = more;
        c->room = c->room * 2 + CHUNK;
    }
    ssize_t n = read(c->process.fd, c->bytes + c->size, CHUNK);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        (void)close(c->process.fd);
        c->process.fd = -1;
        return;
    }
    if (p->s->hear != NULL) {
        if (p->s->hear(p->s->self, c->job, c->bytes, (size_t)n))
            return;
    } else {
        c->size += (size_t)n;
        if (c->size <= p->s->limit)
            return;
    }
    c->too_much = true;
    pool_child_kill(&c->process);
}

static void ended(struct pool *p, struct child *c, int status)
{
    struct pool_result r = {.end = POOL_HANDED_BACK, .bytes = c->bytes, .size = c->size};
    const struct pool_words *words = c->process.words;
    if (c->too_much)
        r.end = POOL_TOO_MUCH;
    else if (c->too_large)
        r.end = POOL_MEMORY;
    else if (words->uncaged)
        r.end = POOL_NO_CAGE;
    else if (WIFSIGNALED(status))
        r = (struct pool_result){.end = POOL_SIGNAL, .value = WTERMSIG(status), .asked = words->cage.asked};
    else if (WEXITSTATUS(status) != 0)
        r = (struct pool_result){.end = POOL_STATUS, .value = WEXITSTATUS(status)};
    enum pool_answer answer = r.end == POOL_HANDED_BACK ? p->s->take(p->s->self, c->job, &r) : POOL_REFUSED;
    if (r.end == POOL_HANDED_BACK)
        r.end = POOL_NONSENSE;
    p->stopped = p->stopped || answer == POOL_STOP;
    if (answer == POOL_REFUSED)
        lose(p, c->job, &r);
    else
        p->done++;
}

/* Those whose pipe is closed and who have ended. */
static void reap(struct pool *p)
{
    unsigned left = 0;
    bool any = false;
    for (unsigned i = 0; i < p->nr; i++) {
        struct child c = p->child[i];
        int status;
        pid_t got = c.process.fd < 0 && !p->stopped ? waitpid(c.process.pid, &status, WNOHANG) : 0;
        if (got == 0 || (got < 0 && errno == EINTR)) {
            p->running[left] = c.job;
            p->child[left++] = c;
            continue;
        }
        any = true;
        ended(p, &c, got > 0 ? status : -1);
        pool_child_free(&c.process);
        free(c.bytes);
    }
    p->nr = left;
    p->starved = p->starved && !any;
    if (any)
        show(p);
}

static void end_all(struct pool *p)
{
    for (unsigned i = 0; i < p->nr; i++) {
        pool_child_kill(&p->child[i].process);
        pool_child_wait(&p->child[i].process);
        pool_child_free(&p->child[i].process);
        free(p->child[i].bytes);
    }
    p->nr = 0;
}

/* --- all of them */

static bool next_job(struct pool *p, size_t *job)
{
    if (p->next < p->s->nr) {
        *job = p->next++;
        return true;
    }
    /* What failed among others may do alone: memory was short, say. */
    if (p->next_lost == p->nr_lost || p->nr != 0)
        return false;
    p->again = true;
    *job = p->lost[p->next_lost++];
    return true;
}

static void fill(struct pool *p)
{
    size_t job;
    unsigned before = p->nr;
    while (p->nr < p->s->at_once && !p->starved && next_job(p, &job))
        start(p, job);
    if (p->nr != before)
        show(p);
}

/* The kernel bounds what a process may reserve; what it has in memory is looked at from outside. */
static void watch_memory(struct pool *p)
{
    struct timespec t;
    if (p->s->memory == 0 || clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return;
    const double now = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    if (now - p->looked < MEMORY_MS / 1e3)
        return;
    p->looked = now;
    for (unsigned i = 0; i < p->nr; i++) {
        struct child *c = &p->child[i];
        if (c->too_large || pool_child_memory(&c->process) <= p->s->memory)
            continue;
        c->too_large = true;
        pool_child_kill(&c->process);
    }
}

/* Waits until something happens: bytes, a signal, a tick. False when interrupted by *signal. */
static bool wait_for_some(struct pool *p, int *signal)
{
    int timeout = p->s->show != NULL && p->s->tick_ms > 0 ? p->s->tick_ms : -1;
    if (p->s->memory != 0 && (timeout < 0 || timeout > MEMORY_MS))
        timeout = MEMORY_MS;
    p->poll[p->nr] = (struct pollfd){.fd = p->signals, .events = POLLIN};
    for (unsigned i = 0; i < p->nr; i++) {
        p->poll[i] = (struct pollfd){.fd = p->child[i].process.fd, .events = POLLIN};
        timeout = p->child[i].process.fd < 0 ? CLOSING_MS : timeout;
    }
    int n = poll(p->poll, p->nr + 1, timeout);
    struct signalfd_siginfo info;
    if (n > 0 && p->poll[p->nr].revents != 0 && read(p->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        *signal = (int)info.ssi_signo;
        return false;
    }
    for (unsigned i = 0; n > 0 && i < p->nr; i++)
        if (p->poll[i].revents != 0)
            receive(p, &p->child[i]);
    if (n == 0 && timeout != CLOSING_MS)
        show(p);
    watch_memory(p);
    return true;
}

static enum pool_verdict work(struct pool *p, int *signal)
{
    show(p);
    while (p->done < p->s->nr) {
        fill(p);
        if (p->nr != 0 && !wait_for_some(p, signal))
            return POOL_INTERRUPTED;
        reap(p);
        if (p->stopped)
            return POOL_STOPPED;
    }
    return POOL_ALL_DONE;
}

/* The signals that end it are read from a file; those that the caller ignores stay ignored. */
static bool watch_signals(struct pool *p)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction act;
    (void)sigemptyset(&p->watched);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (sigaction(ends[i], NULL, &act) == 0 && act.sa_handler != SIG_IGN)
            (void)sigaddset(&p->watched, ends[i]);
    if (sigprocmask(SIG_BLOCK, &p->watched, &p->before) != 0)
        return false;
    /* Where it is ignored, children would leave nothing to wait for. */
    act = (struct sigaction){.sa_handler = SIG_DFL};
    (void)sigaction(SIGCHLD, &act, &p->chld);
    p->signals = signalfd(-1, &p->watched, SFD_CLOEXEC);
    return p->signals >= 0;
}

static bool set_up(struct pool *p)
{
    p->child = calloc(p->s->at_once, sizeof *p->child);
    p->running = calloc(p->s->at_once, sizeof *p->running);
    p->poll = calloc((size_t)p->s->at_once + 1, sizeof *p->poll);
    p->lost = calloc(p->s->nr + 1, sizeof *p->lost);
    return p->child != NULL && p->running != NULL && p->poll != NULL && p->lost != NULL && watch_signals(p);
}

enum pool_verdict pool_run(const struct pool_setup *s, int *signal, struct diag *d)
{
    struct pool p = {.s = s, .signals = -1};
    (void)sigprocmask(SIG_BLOCK, NULL, &p.before);
    (void)sigaction(SIGCHLD, NULL, &p.chld);
    *signal = 0;
    enum pool_verdict v = POOL_FAILED;
    if (set_up(&p))
        v = work(&p, signal);
    else
        (void)diag_fail(d, "", 0, "cannot start processes: %s", strerror(errno));
    end_all(&p);
    if (p.signals >= 0)
        (void)close(p.signals);
    (void)sigaction(SIGCHLD, &p.chld, NULL);
    (void)sigprocmask(SIG_SETMASK, &p.before, NULL);
    free(p.child);
    free(p.running);
    free(p.poll);
    free(p.lost);
    return v;
}
