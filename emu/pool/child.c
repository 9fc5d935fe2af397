/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* False: it lacks more than is known. */
static bool enter_cage(const struct pool_setup *s, struct pool_words *words)
{
    struct cage_state state;
    if (s->cage == NULL)
        return true;
    (void)cage_enter(s->cage, &words->cage, &state);
    words->uncaged = (state.missing & ~s->cage_missing) != 0;
    return !words->uncaged;
}

static _Noreturn void live(const struct pool_setup *s, size_t job, int fd, pid_t parent, struct pool_words *words,
                           const sigset_t *mask)
{
    /* Nobody waits for the child of a parent that was killed. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    offer_to_the_oom_killer();
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    FILE *out = fdopen(fd, "wb");
    bool ok =
        out != NULL && (s->begin == NULL || s->begin(s->self)) && enter_cage(s, words) && s->work(s->self, job, out);
    /* Not exit(): what the parent has buffered is the parent's to write. The pipe ends with the process. */
    _exit(ok && fflush(out) == 0 && ferror(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

int pool_child_start(struct pool_child *c, const struct pool_setup *s, size_t job, const sigset_t *mask)
{
    int ends[2];
    struct pool_words *words = mmap(NULL, sizeof *words, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (words == MAP_FAILED)
        return errno;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int error = errno;
        (void)munmap(words, sizeof *words);
        return error;
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        live(s, job, ends[1], parent, words, mask);
    }
    int error = errno;
    (void)close(ends[1]);
    *c = (struct pool_child){.pid = pid, .fd = ends[0], .words = words};
    if (pid > 0)
        return 0;
    pool_child_free(c);
    return error != 0 ? error : EAGAIN;
}

void pool_child_kill(const struct pool_child *c)
{
    (void)kill(c->pid, SIGKILL);
}

void pool_child_wait(const struct pool_child *c)
{
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void pool_child_free(struct pool_child *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    if (c->words != NULL)
        (void)munmap(c->words, sizeof *c->words);
    c->fd = -1;
    c->words = NULL;
}

uint64_t pool_child_memory(const struct pool_child *c)
{
    char path[64];
    unsigned long all, here = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)c->pid);
    FILE *f = fopen(path, "re");
    if (f == NULL || fscanf(f, "%lu %lu", &all, &here) != 2)
        here = 0;
    if (f != NULL)
        (void)fclose(f);
    return (uint64_t)here * (uint64_t)sysconf(_SC_PAGESIZE);
}
