/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void progress_init(struct progress *p, bool quiet)
{
    const char *term = getenv("TERM");
    p->on = !quiet && isatty(STDERR_FILENO) && (term == NULL || strcmp(term, "dumb") != 0);
    p->shown = false;
    p->board = NULL;
    p->board_size = 0;
}

void progress_show(void *self, const struct verdict *v)
{
    struct progress *p = self;
    if (!p->on)
        return;
    char text[PROGRESS_LINE_MAX];
    const char *module = v->nr_modules > 0 ? v->module[v->nr_modules - 1].name : "reset vector";
    (void)snprintf(text, sizeof text, "%s: %s, %llu million instructions", phase_name(v->phase), module,
                   (unsigned long long)((v->instructions + v->charged) / 1000000));
    progress_say(p, text);
}

void progress_say(struct progress *p, const char *text)
{
    if (!p->on)
        return;
    if (p->board != NULL) {
        (void)snprintf(p->board, p->board_size, "%s", text);
        return;
    }
    (void)fprintf(stderr, "\r\033[K%s", text);
    (void)fflush(stderr);
    p->shown = true;
}

void progress_say_for(struct progress *p, const char *board, size_t size)
{
    char text[PROGRESS_LINE_MAX];
    if (size > sizeof text)
        size = sizeof text;
    memcpy(text, board, size); /* first: it may change while it is looked at */
    text[size - 1] = '\0';
    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    if (text[0] != '\0')
        progress_say(p, text);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        (void)fprintf(stderr, "\r\033[K");
    p->shown = false;
}
