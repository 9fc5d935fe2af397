/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cage/cage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cage/internal.h"

/* In the order in which they are taken: each forbids what those before it need (/proc, setrlimit). */
static const struct {
    const char *name;
    int (*take)(const struct cage_setup *s);
} parts[CAGE_PARTS] = {
    [CAGE_PRIVILEGES] = {"privileges", cage_drop_privileges},
    [CAGE_RESOURCES] = {"resources", cage_limit_resources},
    [CAGE_FILES] = {"files", cage_close_files},
    [CAGE_SYSCALLS] = {"syscalls", cage_filter_syscalls},
};

const char *cage_part_name(enum cage_part p)
{
    return parts[p].name;
}

/* --- what a forbidden system call leaves behind */

/* A signal handler is given no pointer of ours. Set once, before there is anything to handle. */
static struct cage_words *last_words;

/*
 * The call was not done. It is done again, with this handler gone, so that the process ends by this signal, whatever it
 * has made of its signals' handlers.
 */
static void told_off(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (last_words != NULL && last_words->asked == 0)
        last_words->asked = info->si_syscall + 1;
    (void)syscall(info->si_syscall, 0, 0, 0, 0, 0, 0);
    _exit(EXIT_FAILURE);
}

static void listen_to_traps(struct cage_words *words)
{
    struct sigaction act = {.sa_sigaction = told_off, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND | SA_NODEFER};
    last_words = words;
    (void)sigaction(SIGSYS, &act, NULL);
    /* A file that grows beyond its limit is an error of write(), which is reported. */
    (void)signal(SIGXFSZ, SIG_IGN);
}

/* --- what the process has by chance */

/* Descriptors that came through exec are somebody else's: all that this program opens is closed by exec. */
static bool is_inherited(int fd)
{
    return fcntl(fd, F_GETFD) == 0;
}

#ifdef __SANITIZE_ADDRESS__ /* whose reports are wanted */
#define LAST_OWN STDOUT_FILENO
#else
#define LAST_OWN STDERR_FILENO
#endif

static void close_inherited(void)
{
    DIR *d = opendir("/proc/self/fd");
    for (int fd = STDERR_FILENO + 1; d == NULL && fd < 1024; fd++)
        if (is_inherited(fd))
            (void)close(fd);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        const int fd = (int)strtol(e->d_name, NULL, 10);
        if (fd > STDERR_FILENO && is_inherited(fd))
            (void)close(fd);
    }
    if (d != NULL)
        (void)closedir(d);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; fd <= LAST_OWN; fd++)
        if (is_inherited(fd) && (nothing < 0 || dup2(nothing, fd) < 0))
            (void)close(fd);
    if (nothing > STDERR_FILENO)
        (void)close(nothing);
}

/* In CI there are secrets in it. */
static void forget_environment(void)
{
    for (char **e = environ; e != NULL && *e != NULL; e++)
        explicit_bzero(*e, strlen(*e));
    (void)clearenv();
}

bool cage_enter(const struct cage_setup *s, struct cage_words *words, struct cage_state *state)
{
    *state = (struct cage_state){0};
    if (!s->keeps_inherited)
        close_inherited();
    listen_to_traps(words);
    if (!s->forks)
        forget_environment();
    for (unsigned i = 0; i < CAGE_PARTS; i++) {
        state->error[i] = parts[i].take(s);
        if (state->error[i] != 0)
            state->missing |= 1u << i;
    }
    return state->missing == 0;
}

bool cage_probe(const struct cage_setup *s, struct cage_state *state, int *error)
{
    struct cage_state *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        *error = errno;
        return false;
    }
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0) {
        struct cage_state mine;
        (void)cage_enter(s, NULL, &mine);
        *shared = mine;
        _exit(EXIT_SUCCESS);
    }
    *error = errno;
    pid_t got = pid;
    while (pid > 0 && (got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        continue;
    *state = *shared;
    (void)munmap(shared, sizeof *shared);
    if (pid > 0 && (got != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0))
        *error = ECHILD;
    return got > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void cage_missing(const struct cage_state *s, char out[CAGE_TEXT_SIZE])
{
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < CAGE_PARTS && n < CAGE_TEXT_SIZE; i++)
        if ((s->missing >> i & 1) != 0) {
            const int more = snprintf(out + n, CAGE_TEXT_SIZE - n, "%s%s (%s)", n != 0 ? ", " : "", parts[i].name,
                                      strerror(s->error[i]));
            n += more > 0 ? (size_t)more : 0;
        }
}

void cage_syscall_name(int nr, char *out, size_t room)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
    if (name != NULL)
        (void)snprintf(out, room, "%s", name);
    else
        (void)snprintf(out, room, "number %d", nr);
    free(name);
}
