/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe ROM: what somebody gets who has broken out of the engine. Boots ROM as the program does, in a cage, and from
 * inside the engine, while it runs the guest, tries one thing after another, each in a boot of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "matrix/trial.h"

#define BLOCKS 20 /* of the guest, before something is tried */

static void try_open(void)
{
    (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}
static void try_create(void)
{
    (void)open("/tmp/hvmbed-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}
static void try_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
}
static void try_unix(void)
{
    int ends[2];
    (void)socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}
static void try_fork(void)
{
    if (syscall(SYS_fork) == 0)
        _exit(0);
}
static void try_clone(void)
{
    if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0)
        _exit(0);
}
static void try_exec(void)
{
    char *const argv[] = {"/bin/true", NULL}, *const none[] = {NULL};
    (void)execve(argv[0], argv, none);
}
static void try_kill(void)
{
    (void)kill(getppid(), 0);
}
static void try_ptrace(void)
{
    (void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}
static void try_memory_of_parent(void)
{
    (void)syscall(SYS_process_vm_readv, (long)getppid(), NULL, 0L, NULL, 0L, 0L);
}
static void try_limits(void)
{
    (void)syscall(SYS_prlimit64, 0L, 0L, NULL, NULL);
}
static void try_io_uring(void)
{
    (void)syscall(SYS_io_uring_setup, 1L, NULL);
}
static void try_unlink(void)
{
    (void)unlink("/tmp/hvmbed-probe");
}
static void try_keyring(void)
{
    (void)syscall(SYS_keyctl, 0L, -3L, 0L, 0L, 0L);
}

/* These come back: what they got is told through the pipe. */
static bool get_memory(void)
{
    char *p = malloc((size_t)32 << 30);
    if (p != NULL)
        memset(p, 1, 1 << 20);
    return p != NULL;
}
static bool get_thread_of_nobody(void) /* clone3, whose arguments no filter can look at */
{
    return syscall(SYS_clone3, NULL, 0L) == 0 || errno != ENOSYS;
}
static bool get_name(void)
{
    return access("/etc/passwd", F_OK) == 0;
}
static bool get_input(void) /* somebody else's standard input */
{
    char c;
    return read(STDIN_FILENO, &c, 1) > 0;
}
static bool get_inherited(void) /* a descriptor that came through exec */
{
    return fcntl(7, F_GETFD) >= 0;
}
static const char *secret; /* where it lies in the environment */
static bool get_secret(void)
{
    return secret == NULL || secret[0] != '\0' || getenv("HVMBED_SECRET") != NULL;
}
static bool get_terminal(void)
{
    return write(STDOUT_FILENO, "", 0) < 0 || isatty(STDOUT_FILENO) != 0 || isatty(STDERR_FILENO) != 0;
}

static const struct {
    const char *what;
    int call; /* the system call that ends it; -1: none, @get says what it got */
    void (*attempt)(void);
    bool (*get)(void);
} probes[] = {
    {"a file is read", SYS_openat, try_open, NULL},
    {"a file is made", SYS_openat, try_create, NULL},
    {"a file is removed", SYS_unlink, try_unlink, NULL},
    {"a file is looked for", SYS_access, NULL, get_name},
    {"a socket", SYS_socket, try_socket, NULL},
    {"a pair of sockets", SYS_socketpair, try_unix, NULL},
    {"a process, by fork", SYS_fork, try_fork, NULL},
    {"a process, by clone", SYS_clone, try_clone, NULL},
    {"a process, by clone3", -1, NULL, get_thread_of_nobody},
    {"a program", SYS_execve, try_exec, NULL},
    {"a signal to the parent", SYS_kill, try_kill, NULL},
    {"a debugger on the parent", SYS_ptrace, try_ptrace, NULL},
    {"the parent's memory", SYS_process_vm_readv, try_memory_of_parent, NULL},
    {"its limits changed", SYS_prlimit64, try_limits, NULL},
    {"io_uring", SYS_io_uring_setup, try_io_uring, NULL},
    {"the user's keys", SYS_keyctl, try_keyring, NULL},
    {"32 GiB of memory", -1, NULL, get_memory},
    {"standard input", -1, NULL, get_input},
    {"a descriptor that the caller had open", -1, NULL, get_inherited},
    {"a secret in the environment", -1, NULL, get_secret},
    {"the terminal", -1, NULL, get_terminal},
};
#define PROBES (sizeof probes / sizeof probes[0])

struct bench {
    struct image image;
    struct layout layout;
    struct trial_options options;
    struct first_stages stages;
    unsigned blocks;
    size_t job;
    bool tried, got;
    struct pool_result end[PROBES];
    bool came_back[PROBES], got_it[PROBES];
};

/* A block of the guest has run: we are deep in the engine. */
static void ran(void *self, struct monitor *mon, const struct engine_block *b)
{
    struct bench *x = self;
    (void)mon;
    (void)b;
    if (++x->blocks != BLOCKS)
        return;
    x->tried = true;
    if (probes[x->job].attempt != NULL)
        probes[x->job].attempt();
    else
        x->got = probes[x->job].get();
}

static bool work(void *self, size_t job, FILE *out)
{
    struct bench *x = self;
    struct diag d = {0};
    struct trial t = {0};
    x->job = job;
    x->options.monitor.ran = ran;
    x->options.monitor.ran_self = x;
    if (!trial_prepare(&t, &x->layout, &x->image, &x->options, &d) || !trial_boot(&t, &x->options, &d) || !x->tried)
        return false;
    (void)fputc(x->got ? 'g' : 'n', out);
    return true;
}

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    struct bench *x = self;
    x->came_back[job] = true;
    x->got_it[job] = r->size != 1 || r->bytes[0] != 'n';
    return POOL_TAKEN;
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    struct bench *x = self;
    (void)again;
    x->end[job] = *r;
}

static bool says_nothing(const struct bench *x, size_t i)
{
    const struct pool_result *r = &x->end[i];
    if (x->came_back[i])
        return probes[i].get != NULL && !x->got_it[i];
    return r->end == POOL_SIGNAL && r->value == SIGSYS && r->asked == probes[i].call + 1;
}

int main(int argc, char **argv)
{
    static struct bench x;
    static struct sandbox sandbox;
    struct diag d = {0};
    int signal = 0, bad = 0;
    secret = getenv("HVMBED_SECRET");
    layout_default(&x.layout);
    monitor_defaults(&x.options.monitor);
    x.options.choice.handoff = "hvm";
    x.options.choice.stages = &x.stages;
    sandbox_init(&sandbox);
    sandbox.required = true;
    if (argc != 2 || !image_load(argv[1], &x.image, &d) || !sandbox_open(&sandbox, &d)) {
        (void)printf("1..0 # SKIP %s\n", d.message[0] != '\0' ? d.message : "no ROM");
        return 0;
    }
    struct pool_setup p = {
        .nr = PROBES, .at_once = 1, .limit = 16, .once = true, .work = work, .take = take, .lost = lost, .self = &x};
    sandbox_apply(&sandbox, trial_address_space(boot_top(&x.layout, x.image.size), &x.options), &p);
    if (pool_run(&p, &signal, &d) != POOL_ALL_DONE)
        return 1;
    for (size_t i = 0; i < PROBES; i++) {
        char why[POOL_WHY_SIZE] = "it came back with nothing";
        const bool ok = says_nothing(&x, i);
        if (!x.came_back[i])
            pool_why(&x.end[i], why);
        (void)printf("%sok %zu - not had: %s (%s)\n", ok ? "" : "not ", i + 1, probes[i].what,
                     x.came_back[i] && x.got_it[i] ? "IT WAS HAD" : why);
        bad += !ok;
    }
    (void)printf("1..%zu\n", PROBES);
    image_free(&x.image);
    return bad != 0;
}
