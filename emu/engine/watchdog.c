/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For work that is not counted: a thread that looks at the process's CPU time now and then, and stops the engine when
 * too much is spent. It decides only that somebody takes a closer look, never what a report says.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/internal.h"

struct watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool over;
    struct engine *e;
    double limit; /* seconds of CPU time, absolute */
};

static double cpu_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *watch(void *arg)
{
    struct watchdog *w = arg;
    (void)pthread_mutex_lock(&w->lock);
    while (!w->over) {
        struct timespec next = {0};
        (void)clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec += 1;
        (void)pthread_cond_timedwait(&w->done, &w->lock, &next);
        if (!w->over && cpu_seconds() > w->limit) {
            atomic_store(&w->e->alarm, true);
            (void)uc_emu_stop(w->e->uc);
        }
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

void engine_watchdog(struct engine *e, unsigned seconds)
{
    struct watchdog *w = e->watchdog;
    if (w != NULL) {
        (void)pthread_mutex_lock(&w->lock);
        w->over = true;
        (void)pthread_cond_signal(&w->done);
        (void)pthread_mutex_unlock(&w->lock);
        (void)pthread_join(w->thread, NULL);
        (void)pthread_cond_destroy(&w->done);
        (void)pthread_mutex_destroy(&w->lock);
        free(w);
        e->watchdog = NULL;
        atomic_store(&e->alarm, false);
    }
    if (seconds == 0 || (w = calloc(1, sizeof *w)) == NULL)
        return;
    w->e = e;
    w->limit = cpu_seconds() + seconds;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->done, NULL);
    if (pthread_create(&w->thread, NULL, watch, w) != 0) {
        (void)pthread_cond_destroy(&w->done);
        (void)pthread_mutex_destroy(&w->lock);
        free(w);
        return;
    }
    e->watchdog = w;
}
