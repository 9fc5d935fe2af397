/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/caged.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"

#define TICK_MS 250
#define HEAD 2u /* bytes that it hands back: exit code, struct caged.said; then papers.complete */

struct caged {
    const struct caged_job *j;
    struct caged_result *r;
    int out, err; /* what it prints, in memory */
    char *board;  /* shared: how far it is; NULL for none */
    struct progress shown;
    bool said; /* all that it printed is there */
    uint8_t complete[PAPERS_MAX];
};

/* --- in its process */

/* What is printed is kept in memory. Closed by exec means our own: the cage leaves these where they are. */
static bool redirect(const struct caged *c)
{
    return dup3(c->out, STDOUT_FILENO, O_CLOEXEC) >= 0 && dup3(c->err, STDERR_FILENO, O_CLOEXEC) >= 0;
}

static bool work(void *self, size_t job, FILE *out)
{
    const struct caged *c = self;
    (void)job;
    const uint8_t code = (uint8_t)c->j->work(c->j->self);
    const bool said = fflush(stdout) == 0 && ferror(stdout) == 0;
    (void)fputc(code, out);
    (void)fputc(said, out);
    if (c->j->papers != NULL)
        (void)fwrite(c->j->papers->complete, 1, sizeof c->complete, out);
    else
        (void)fwrite(c->complete, 1, sizeof c->complete, out);
    return true;
}

/* --- in the one that waits */

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    struct caged *c = self;
    (void)job;
    if (r->size != HEAD + sizeof c->complete)
        return POOL_REFUSED;
    c->r->end = CAGED_DONE;
    c->r->code = r->bytes[0];
    c->said = r->bytes[1] == 1;
    memcpy(c->complete, r->bytes + HEAD, sizeof c->complete);
    return POOL_TAKEN;
}

/* What stays in it, should that fail, is shown, too. */
static void empty(int fd)
{
    if (ftruncate(fd, 0) == 0)
        (void)lseek(fd, 0, SEEK_SET);
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    struct caged *c = self;
    (void)job;
    pool_why(r, c->r->why);
    c->r->met = (struct limits_reached){0};
    pool_limits_met(r, &c->j->sandbox->limits, &c->r->met);
    c->r->end = CAGED_LOST;
    c->r->code = EXIT_INCONCLUSIVE;
    progress_end(&c->shown);
    if (!again)
        return;
    (void)fprintf(stderr, "hvmbed: %s: %s; it will be tried again\n", c->j->what, c->r->why);
    empty(c->out);
    empty(c->err);
    if (c->j->papers != NULL)
        papers_rewind(c->j->papers);
}

static void show(void *self, const struct pool_state *s)
{
    struct caged *c = self;
    (void)s;
    if (c->board != NULL)
        progress_say_for(&c->shown, c->board, PROGRESS_LINE_MAX);
}

/* On a terminal nothing but lines and colours. */
static void tame(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = i + 1;
        if (text[i] == '\033' && k < n && text[k] == '[') {
            for (k++; k < n && ((text[k] >= '0' && text[k] <= '9') || text[k] == ';');)
                k++;
            if (k < n && text[k] == 'm') {
                i = k;
                continue;
            }
        }
        if (((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7F)
            text[i] = '?';
    }
}

static void print(int from, FILE *to)
{
    const off_t n = lseek(from, 0, SEEK_END);
    char *text = n > 0 ? mmap(NULL, (size_t)n, PROT_READ | PROT_WRITE, MAP_PRIVATE, from, 0) : MAP_FAILED;
    if (text == MAP_FAILED)
        return;
    if (isatty(fileno(to)))
        tame(text, (size_t)n);
    (void)fwrite(text, 1, (size_t)n, to);
    (void)munmap(text, (size_t)n);
}

/* Files first: whoever reads standard output may stop reading. */
static void deliver(struct caged *c)
{
    struct diag d = {0};
    print(c->err, stderr);
    bool ok = true;
    if (c->j->papers != NULL)
        ok = papers_commit_files(c->j->papers, c->complete, &d);
    if (c->said)
        print(c->out, stdout);
    const bool said = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (!said && ok)
        ok = diag_fail(&d, "standard output", 0, "write failed: %s", strerror(errno));
    if (ok)
        return;
    c->r->end = CAGED_FAILED;
    c->r->code = cli_complain(&d);
}

static int memory_file(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC);
}

static bool open_all(struct caged *c, struct diag *d)
{
    c->out = memory_file("hvmbed-stdout");
    c->err = memory_file("hvmbed-stderr");
    if (c->out < 0 || c->err < 0)
        return diag_fail(d, "", 0, "no memory for what is to be printed: %s", strerror(errno));
    struct progress *p = c->j->progress;
    if (p == NULL || !p->on)
        return true;
    c->shown = *p;
    c->board = mmap(NULL, PROGRESS_LINE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c->board == MAP_FAILED)
        c->board = NULL;
    p->board = c->board;
    p->board_size = PROGRESS_LINE_MAX;
    p->on = c->board != NULL;
    return true;
}

static void close_all(struct caged *c)
{
    if (c->out >= 0)
        (void)close(c->out);
    if (c->err >= 0)
        (void)close(c->err);
    if (c->board != NULL)
        (void)munmap(c->board, PROGRESS_LINE_MAX);
    if (c->j->papers != NULL)
        papers_abort(c->j->papers);
}

static bool begin(void *self)
{
    return redirect(self);
}

static void wait_for(struct caged *c)
{
    struct diag d = {0};
    int signal = 0;
    struct pool_setup p = {.nr = 1,
                           .at_once = 1,
                           .limit = HEAD + sizeof c->complete,
                           .once = c->j->once,
                           .begin = begin,
                           .work = work,
                           .take = take,
                           .lost = lost,
                           .show = show,
                           .tick_ms = TICK_MS,
                           .self = c};
    c->j->sandbox->setup.talks = c->j->talks;
    sandbox_apply(c->j->sandbox, c->j->address_space, &p);
    (void)fflush(NULL);
    const enum pool_verdict v = pool_run(&p, &signal, &d);
    progress_end(&c->shown);
    if (v == POOL_INTERRUPTED) {
        c->r->end = CAGED_INTERRUPTED;
        c->r->code = signal;
    } else if (v != POOL_ALL_DONE) {
        (void)cli_complain(&d);
        c->r->end = CAGED_FAILED;
        c->r->code = EXIT_DEFECT;
    } else if (c->r->end == CAGED_DONE) {
        deliver(c);
    }
}

/* Without a cage there is no other process either, for those who look into this one. */
static void work_here(const struct caged_job *j, struct caged_result *r)
{
    struct diag d = {0};
    r->code = j->work(j->self);
    r->end = CAGED_DONE;
    if (j->papers != NULL && !papers_commit_files(j->papers, j->papers->complete, &d) && r->code != EXIT_BAD_INPUT)
        r->code = cli_complain(&d);
}

void caged_run(const struct caged_job *j, struct caged_result *r)
{
    if (j->sandbox->off) {
        work_here(j, r);
        return;
    }
    struct caged c = {.j = j, .r = r, .out = -1, .err = -1};
    struct diag d = {0};
    *r = (struct caged_result){.end = CAGED_FAILED, .code = EXIT_DEFECT};
    if (open_all(&c, &d))
        wait_for(&c);
    else
        (void)cli_complain(&d);
    close_all(&c);
}

int caged_end_by(int signal)
{
    (void)raise(signal);
    return 128 + signal;
}
