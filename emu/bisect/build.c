/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bisect/build.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE 5 /* seconds between asking it to end and making it */

/* Waited for, and sent on. */
static const int signals[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};

static _Noreturn void become(const struct build_setup *s, int out, const sigset_t *mask)
{
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)setpgid(0, 0);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        dup2(out, STDERR_FILENO) >= 0)
        (void)execl("/bin/sh", "sh", "-c", s->command, (char *)NULL);
    _exit(127);
}

static struct timespec after(unsigned seconds)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)seconds;
    return t;
}

/* What is left until then; false: nothing. */
static bool left(const struct timespec *until, struct timespec *out)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    out->tv_sec = until->tv_sec - now.tv_sec;
    out->tv_nsec = until->tv_nsec - now.tv_nsec;
    if (out->tv_nsec < 0) {
        out->tv_sec--;
        out->tv_nsec += 1000000000;
    }
    return out->tv_sec >= 0;
}

/* 0: it has ended, with @status. Else a signal to this process, or SIGALRM: it is @until. */
static int await(pid_t child, const sigset_t *set, const struct timespec *until, int *status)
{
    for (;;) {
        const pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR))
            return 0;
        struct timespec t = {0, 0};
        if (until != NULL && !left(until, &t))
            return SIGALRM;
        const int got = until != NULL ? sigtimedwait(set, NULL, &t) : sigwaitinfo(set, NULL);
        if (got > 0 && got != SIGCHLD)
            return got;
    }
}

/* All of it: asked first, so that it can put things in order. */
static void end(pid_t child, const sigset_t *set, int *status)
{
    const struct timespec until = after(GRACE);
    (void)kill(-child, SIGTERM);
    while (await(child, set, &until, status) != 0) {
        struct timespec t;
        if (!left(&until, &t)) {
            (void)kill(-child, SIGKILL);
            (void)waitpid(child, status, 0);
            return;
        }
    }
    (void)kill(-child, SIGKILL); /* what it has left behind */
}

static void follow(pid_t child, const struct build_setup *s, const sigset_t *set, struct build_result *r)
{
    const struct timespec until = after(s->seconds);
    int status = 0;
    const int got = await(child, set, s->seconds != 0 ? &until : NULL, &status);
    if (got != 0)
        end(child, set, &status);
    if (got == SIGALRM)
        *r = (struct build_result){BUILD_LATE, 0};
    else if (got != 0)
        *r = (struct build_result){BUILD_INTERRUPTED, got};
    else if (WIFSIGNALED(status))
        *r = (struct build_result){BUILD_SIGNAL, WTERMSIG(status)};
    else
        *r = (struct build_result){WEXITSTATUS(status) == 0 ? BUILD_DONE : BUILD_FAILED, WEXITSTATUS(status)};
}

bool build_run(const struct build_setup *s, struct build_result *r, struct diag *d)
{
    sigset_t set, before;
    const int log = s->log != NULL ? open(s->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : dup(STDERR_FILENO);
    if (log < 0)
        return diag_fail(d, s->log != NULL ? s->log : "", 0, "cannot be written: %s", strerror(errno));
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaddset(&set, signals[i]);
    /* Ignored children could not be waited for. */
    struct sigaction usual = {.sa_handler = SIG_DFL}, was;
    (void)sigaction(SIGCHLD, &usual, &was);
    (void)sigprocmask(SIG_BLOCK, &set, &before);
    (void)fflush(NULL);
    const pid_t child = fork();
    const int error = errno;
    if (child == 0)
        become(s, log, &before);
    if (child > 0) {
        (void)setpgid(child, child); /* whoever comes first */
        follow(child, s, &set, r);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)sigaction(SIGCHLD, &was, NULL);
    (void)close(log);
    return child > 0 || diag_fail(d, "", 0, "cannot start a process for the build: %s", strerror(error));
}

void build_why(const struct build_setup *s, const struct build_result *r, char out[BUILD_WHY_SIZE])
{
    switch (r->end) {
    case BUILD_FAILED:
        (void)snprintf(out, BUILD_WHY_SIZE, "the build failed: exit status %d", r->value);
        return;
    case BUILD_SIGNAL:
        (void)snprintf(out, BUILD_WHY_SIZE, "the build died of signal %d", r->value);
        return;
    case BUILD_LATE:
        (void)snprintf(out, BUILD_WHY_SIZE, "the build was not done after %u seconds, and was killed", s->seconds);
        return;
    default:
        out[0] = '\0';
    }
}
