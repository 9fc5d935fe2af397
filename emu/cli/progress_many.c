/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress_many.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR 20
#define LINE 512

void progress_many_init(struct progress_many *p, const struct matrix_result *m, bool quiet)
{
    *p = (struct progress_many){.m = m};
    progress_init(&p->line, quiet);
    (void)clock_gettime(CLOCK_MONOTONIC, &p->began);
}

void progress_many_count(struct progress_many *p, const struct matrix_case *c)
{
    p->findings += case_count(&c->result, SEVERITY_ERROR);
    p->unclean += c->result.exit_code == 3 || c->result.exit_code == 70 ? 1 : 0;
}

static size_t terminal_width(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col : 80;
}

static void add(char line[LINE], const char *text)
{
    size_t n = strlen(line);
    (void)snprintf(line + n, LINE - n, "%s", text);
}

static void add_running(const struct progress_many *p, const struct pool_state *s, char line[LINE])
{
    for (unsigned i = 0; i < s->nr_running; i++) {
        const struct matrix_case *c = &p->m->c[s->running[i]];
        add(line, i == 0 ? ": " : ", ");
        add(line, p->m->layout[c->layout].label);
        if (p->m->nr_images > 1) {
            add(line, " ");
            add(line, p->m->image[c->image].label);
        }
    }
}

void progress_many_show(struct progress_many *p, const struct pool_state *s)
{
    static const char full[] = "####################", empty[] = "--------------------";
    _Static_assert(sizeof full == BAR + 1 && sizeof empty == BAR + 1, "a bar's length");
    struct timespec now;
    char line[LINE];
    if (!p->line.on || s->nr == 0)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    long seconds = (long)(now.tv_sec - p->began.tv_sec);
    int done = (int)(s->done * BAR / s->nr);
    (void)snprintf(line, sizeof line, "[%.*s%.*s] %zu/%zu  %ld:%02ld  %zu error%s", done, full, BAR - done, empty,
                   s->done, s->nr, seconds / 60, seconds % 60, p->findings, p->findings == 1 ? "" : "s");
    if (p->unclean != 0) {
        size_t n = strlen(line);
        (void)snprintf(line + n, sizeof line - n, ", %zu inconclusive", p->unclean);
    }
    if (s->nr_running != 0)
        add(line, "  running");
    add_running(p, s, line);
    /* A label may have any byte, and a line that is too long would scroll. */
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    (void)fprintf(stderr, "\r\033[K%.*s", (int)(terminal_width() - 1), line);
    (void)fflush(stderr);
    p->line.shown = true;
}
