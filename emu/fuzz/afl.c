/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/afl.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

/* AFLplusplus: include/config.h */
#define FORKSRV_FD 198
#define SHM_ENV "__AFL_SHM_ID"
#define SHM_FUZZ_ENV "__AFL_SHM_FUZZ_ID"
/* AFLplusplus: include/types.h. The protocol of before 4.10, which later ones speak too. */
#define FS_OPT_ENABLED 0x80000001u
#define FS_OPT_MAPSIZE 0x40000000u
#define FS_OPT_SHDMEM_FUZZ 0x01000000u
#define FS_OPT_SET_MAPSIZE(x) (((uint32_t)(x)-1) << 1)

/* afl-fuzz looks for these words in the file: one process runs many cases, and the server starts late. */
const char afl_marks[] __attribute__((used, visibility("default"))) =
    "##SIG_AFL_PERSISTENT##\0##SIG_AFL_DEFER_FORKSRV##";

/* Cases in shared memory: AFL writes them here. */
struct input {
    uint32_t n;
    uint8_t bytes[];
};

struct server {
    const struct afl_target *target;
    uint8_t *map;
    const struct input *input;      /* NULL: cases come on standard input */
    uint8_t *own;                   /* room for those */
    volatile sig_atomic_t *crashed; /* shared with the child: the case that it has just run did */
};

static void *attach(const char *name)
{
    const char *id = getenv(name);
    char *end;
    if (id == NULL)
        return NULL;
    const long n = strtol(id, &end, 10);
    void *p = end != id && *end == '\0' ? shmat((int)n, NULL, 0) : NULL;
    return (intptr_t)p != -1 ? p : NULL;
}

static bool say(uint32_t word)
{
    return write(FORKSRV_FD + 1, &word, sizeof word) == sizeof word;
}

static bool hear(uint32_t *word)
{
    ssize_t n;
    do
        n = read(FORKSRV_FD, word, sizeof *word);
    while (n < 0 && errno == EINTR);
    return n == sizeof *word;
}

enum afl_wish afl_asked(void)
{
    uint8_t none = 0;
    if (getenv(SHM_ENV) == NULL)
        return AFL_NONE;
    return write(FORKSRV_FD + 1, &none, 0) == 0 ? AFL_SERVE : AFL_ONE_CASE;
}

/* --- the child ---------------------------------------------------------------------------------------------------- */

static size_t read_case(const struct server *s)
{
    size_t n = 0;
    (void)lseek(STDIN_FILENO, 0, SEEK_SET);
    for (ssize_t got; n < AFL_INPUT_MAX && (got = read(STDIN_FILENO, s->own + n, AFL_INPUT_MAX - n)) > 0;)
        n += (size_t)got;
    return n;
}

/* Stops after each case; the server lets it go on with the next. */
static _Noreturn void run_cases(struct server *s)
{
    (void)close(FORKSRV_FD);
    (void)close(FORKSRV_FD + 1);
    if (!s->target->begin(s->target->self))
        _exit(EXIT_FAILURE);
    for (;;) {
        const bool shared = s->input != NULL;
        const size_t n = !shared ? read_case(s) : s->input->n < AFL_INPUT_MAX ? s->input->n : AFL_INPUT_MAX;
        *s->crashed = s->target->run(s->target->self, shared ? s->input->bytes : s->own, n, s->map);
        (void)raise(SIGSTOP);
    }
}

bool afl_one_case(const struct afl_target *t)
{
    struct server s = {.target = t, .map = attach(SHM_ENV), .own = malloc(AFL_INPUT_MAX)};
    const bool ok = s.map != NULL && s.own != NULL && t->begin(t->self);
    if (ok && t->run(t->self, s.own, read_case(&s), s.map))
        abort();
    free(s.own);
    return ok;
}

/* --- the server --------------------------------------------------------------------------------------------------- */

/* Hello, and what can be done; AFL answers where it is to give cases in shared memory. */
static bool shake_hands(struct server *s, const char **why)
{
    uint32_t answer, hello = FS_OPT_ENABLED | FS_OPT_MAPSIZE | FS_OPT_SET_MAPSIZE(s->target->map_size);
    s->input = attach(SHM_FUZZ_ENV);
    if (s->input != NULL)
        hello |= FS_OPT_SHDMEM_FUZZ;
    *why = "AFL does not answer";
    if (!say(hello) || (s->input != NULL && !hear(&answer)))
        return false;
    *why = "AFL does not give its cases in shared memory";
    return s->input == NULL ||
           (answer & (FS_OPT_ENABLED | FS_OPT_SHDMEM_FUZZ)) == (FS_OPT_ENABLED | FS_OPT_SHDMEM_FUZZ);
}

/* One case. *@child is the process that runs them, 0 for none. False: the end. */
static bool serve_one(struct server *s, pid_t *child, bool was_killed)
{
    int status;
    if (*child != 0 && was_killed) {
        (void)waitpid(*child, &status, 0);
        *child = 0;
    }
    *s->crashed = 0;
    if (*child != 0) {
        (void)kill(*child, SIGCONT);
    } else {
        *child = fork();
        if (*child < 0)
            return false;
        if (*child == 0)
            run_cases(s);
    }
    if (!say((uint32_t)*child) || waitpid(*child, &status, WUNTRACED) != *child)
        return false;
    if (!WIFSTOPPED(status))
        *child = 0;
    else
        status = *s->crashed != 0 ? SIGABRT : 0; /* as waitpid() would tell it */
    return say((uint32_t)status);
}

bool afl_serve(const struct afl_target *t, const char **why)
{
    struct server s = {.target = t, .map = attach(SHM_ENV), .own = malloc(AFL_INPUT_MAX)};
    pid_t child = 0;
    uint32_t was_killed;
    s.crashed = mmap(NULL, sizeof *s.crashed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *why = "out of memory";
    bool ok = s.map != NULL && s.own != NULL && s.crashed != MAP_FAILED && shake_hands(&s, why);
    while (ok && hear(&was_killed))
        if (!serve_one(&s, &child, was_killed != 0))
            break;
    if (child > 0)
        (void)kill(child, SIGKILL);
    free(s.own);
    return ok;
}
