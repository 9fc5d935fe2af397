/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls that a caged process may make: memory, its own threads and signals, and files that are open. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <unistd.h>

#include "cage/internal.h"

/* Whatever their arguments are. Unicorn's translated code is written and run: mmap and mprotect allow PROT_EXEC. */
static const int always[] = {
    /* memory */
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(memfd_create), /* machine/memory.c: a pattern mapped again and again */
    SCMP_SYS(ftruncate),
    /* open files */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    /* itself */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    /* threads: engine/watchdog.c */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(membarrier),
    /* time, and bytes for malloc's secrets */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo), /* qsort() of the C library until 2.36: how much memory is there? */
    SCMP_SYS(getrandom),
};

/* On sockets that are open: gdb's. */
static const int talking[] = {
    SCMP_SYS(accept4),  SCMP_SYS(accept),     SCMP_SYS(recvfrom), SCMP_SYS(sendto),
    SCMP_SYS(shutdown), SCMP_SYS(setsockopt), SCMP_SYS(poll),     SCMP_SYS(ppoll),
};

/* For one that forks and cages its children again. */
static const int forking[] = {
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    SCMP_SYS(prctl),
    SCMP_SYS(seccomp),
    SCMP_SYS(prlimit64),
    SCMP_SYS(capset),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_restrict_self),
    SCMP_SYS(pipe2),
    SCMP_SYS(shmat), /* AFL++: its map */
    SCMP_SYS(poll),
    SCMP_SYS(vfork),
};

/* Asked by the C library, which has an answer to a refusal. */
static const struct {
    int nr, error;
} refused[] = {
    {SCMP_SYS(clone3), ENOSYS}, /* it falls back to clone, whose flags can be looked at */
    {SCMP_SYS(ioctl), ENOTTY},    {SCMP_SYS(newfstatat), EACCES}, /* stdio's look at a descriptor, by a name that cannot be looked at here */
    {SCMP_SYS(statx), EACCES},    {SCMP_SYS(readlink), EACCES}, /* libdw: what is this file called? */
#ifdef __SANITIZE_ADDRESS__                                     /* its reports look around */
    {SCMP_SYS(open), EACCES},     {SCMP_SYS(openat), EACCES},     {SCMP_SYS(prctl), EINVAL},
    {SCMP_SYS(prlimit64), EPERM}, {SCMP_SYS(getdents64), EBADF},
#endif
};

static int allow_all(scmp_filter_ctx f, const int *nr, size_t n)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < n; i++)
        error = seccomp_rule_add(f, SCMP_ACT_ALLOW, nr[i], 0);
    return error;
}

static int refuse_all(scmp_filter_ctx f, const struct cage_setup *s)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < sizeof refused / sizeof refused[0]; i++)
        if (!s->forks || (refused[i].nr != SCMP_SYS(prctl) && refused[i].nr != SCMP_SYS(prlimit64)))
            error = seccomp_rule_add(f, SCMP_ACT_ERRNO((unsigned)refused[i].error), refused[i].nr, 0);
    return error;
}

/* Threads of this process, no processes; signals to itself; descriptors copied, not turned into anything else. */
static int allow_some(scmp_filter_ctx f, const struct cage_setup *s)
{
    static const int copying[] = {F_GETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC};
    const scmp_datum_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    int error =
        s->forks ? seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0)
                 : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    if (error == 0 && s->forks)
        error = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 0);
    /* Its own, unless its children are to raise signals, too, whose numbers nobody knows yet: they cage themselves. */
    if (error == 0)
        error = s->forks ? seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0)
                         : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    for (size_t i = 0; error == 0 && i < sizeof copying / sizeof copying[0]; i++)
        error = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)copying[i]));
    return error;
}

/* What is on no list ends the process by SIGSYS. */
int cage_filter_syscalls(const struct cage_setup *s)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_TRAP);
    if (f == NULL)
        return ENOMEM;
    int error = allow_all(f, always, sizeof always / sizeof always[0]);
    if (error == 0 && s->talks)
        error = allow_all(f, talking, sizeof talking / sizeof talking[0]);
    if (error == 0 && s->forks)
        error = allow_all(f, forking, sizeof forking / sizeof forking[0]);
    if (error == 0)
        error = allow_some(f, s);
    if (error == 0)
        error = refuse_all(f, s);
    if (error == 0)
        error = seccomp_load(f);
    seccomp_release(f);
    return -error;
}
