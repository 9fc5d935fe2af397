/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU TCG, timed by what its firmware says. It waits, ready to run (-S), so that its own start is not counted. Whatever
 * goes wrong ends this program with 2.
 */
#ifndef HVMBED_TESTS_BENCH_QEMU_H
#define HVMBED_TESTS_BENCH_QEMU_H

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>

#include "timing.h"

#define MONITOR_PROMPT "(qemu) "

/* What is listened to: the debug port of a machine, or its serial port. */
struct pc {
    const char *qemu, *firmware, *mib;
    bool serial;
};

struct qemu {
    pid_t pid;
    int monitor_in, monitor_out, said; /* our ends */
    char heard[65536];                 /* and not yet passed by, from @said */
    size_t n;
};

/* Reads @fd until @text has come by; what came after it is kept in @seen. */
static inline void wait_for(int fd, char *seen, size_t size, size_t *n, const char *text)
{
    const size_t length = strlen(text);
    for (;;) {
        seen[*n] = '\0';
        const char *at = memmem(seen, *n, text, length);
        if (at != NULL) {
            *n -= (size_t)(at - seen) + length;
            memmove(seen, at + length, *n);
            return;
        }
        if (*n > size / 2) { /* what has been said for long is not it */
            memmove(seen, seen + *n - length, length);
            *n = length;
        }
        const ssize_t got = read(fd, seen + *n, size - 1 - *n);
        if (got <= 0)
            break;
        *n += (size_t)got;
    }
    (void)fprintf(stderr, "QEMU ended before \"%s\"\n", text);
    exit(2);
}

static inline void qemu_start(struct qemu *q, const struct pc *pc)
{
    int in[2], out[2], said[2];
    char chardev[64];
    if (pipe(in) != 0 || pipe(out) != 0 || pipe(said) != 0)
        exit(2);
    q->pid = fork();
    if (q->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* the alarm ends us alone */
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)close(said[0]);
        (void)snprintf(chardev, sizeof chardev, "file,id=said,path=/dev/fd/%d", said[1]);
        (void)execlp(pc->qemu, pc->qemu, "-accel", "tcg", "-machine", "pc", "-m", pc->mib, "-nodefaults", "-display",
                     "none", "-S", "-monitor", "stdio", "-bios", pc->firmware, "-chardev", chardev, "-device",
                     pc->serial ? "isa-serial,chardev=said" : "isa-debugcon,iobase=0x402,chardev=said", (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(said[1]);
    q->monitor_in = in[1];
    q->monitor_out = out[0];
    q->said = said[0];
    q->n = 0;
    wait_for(q->monitor_out, q->heard, sizeof q->heard, &q->n, MONITOR_PROMPT);
    q->n = 0;
}

static inline void qemu_go(struct qemu *q)
{
    if (write(q->monitor_in, "cont\n", 5) != 5)
        exit(2);
}

/* CPU time and wall clock so far. */
static inline struct took qemu_now(const struct qemu *q)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(q->pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        exit(2);
    return (struct took){seconds(t), wall_now()};
}

/* When the firmware has said @text. */
static inline struct took qemu_says(struct qemu *q, const char *text)
{
    wait_for(q->said, q->heard, sizeof q->heard, &q->n, text);
    return qemu_now(q);
}

static inline struct took since(struct took from, struct took to)
{
    return (struct took){to.cpu - from.cpu, to.wall - from.wall};
}

static inline void qemu_end(struct qemu *q)
{
    (void)kill(q->pid, SIGKILL);
    (void)waitpid(q->pid, NULL, 0);
    (void)close(q->monitor_in);
    (void)close(q->monitor_out);
    (void)close(q->said);
}

#endif
