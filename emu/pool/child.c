/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* When memory runs out the kernel is to end a job, not the one who can tell of it. */
static void offer_to_the_oom_killer(void)
{
    static const char score[] = "500";
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, score, sizeof score - 1) < 0)
        errno = 0; /* then not */
    (void)close(fd);
}

static _Noreturn void live(const struct pool_setup *s, size_t job, int fd, pid_t parent, const sigset_t *mask)
{
    /* Nobody waits for the child of a parent that was killed. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    offer_to_the_oom_killer();
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    FILE *out = fdopen(fd, "wb");
    bool ok = out != NULL && s->work(s->self, job, out);
    /* Not exit(): what the parent has buffered is the parent's to write. The pipe ends with the process. */
    _exit(ok && fflush(out) == 0 && ferror(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

int pool_child_start(struct pool_child *c, const struct pool_setup *s, size_t job, const sigset_t *mask)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        live(s, job, ends[1], parent, mask);
    }
    int error = errno;
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return error != 0 ? error : EAGAIN;
    }
    *c = (struct pool_child){.pid = pid, .fd = ends[0]};
    return 0;
}

void pool_child_kill(const struct pool_child *c)
{
    (void)kill(c->pid, SIGKILL);
}

void pool_child_wait(struct pool_child *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}
