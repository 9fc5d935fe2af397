/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/labels.h"

#include <stdlib.h>

int labels_need(const struct label *l, size_t nr)
{
    int need = 0;
    for (size_t i = 0; i < nr; i++)
        need += l[i].height;
    return need;
}

/* Labels that touch each other: the place of the first is the mean of what each of them wants. */
struct cluster {
    size_t first, nr;
    int height;
    long long sum; /* of the places of the first label that each would like */
    int at;
};

static int place_of(const struct cluster *c, int room)
{
    const int most = room - c->height;
    int at = (int)(c->sum / (long long)c->nr);
    at = at > most ? most : at;
    return at < 0 ? 0 : at;
}

static void join(struct cluster *a, const struct cluster *b)
{
    a->sum += b->sum - (long long)b->nr * a->height;
    a->nr += b->nr;
    a->height += b->height;
}

void labels_place(struct label *l, size_t nr, int room)
{
    struct cluster *c = calloc(nr + 1, sizeof *c);
    size_t n = 0;
    for (size_t i = 0; c != NULL && i < nr; i++) {
        c[n] = (struct cluster){.first = i, .nr = 1, .height = l[i].height, .sum = l[i].want - l[i].height / 2};
        c[n].at = place_of(&c[n], room);
        for (n++; n > 1 && c[n - 2].at + c[n - 2].height > c[n - 1].at; n--) {
            join(&c[n - 2], &c[n - 1]);
            c[n - 2].at = place_of(&c[n - 2], room);
        }
    }
    for (size_t k = 0; k < n; k++) {
        int at = c[k].at;
        for (size_t i = c[k].first; i < c[k].first + c[k].nr; i++) {
            l[i].at = at;
            at += l[i].height;
        }
    }
    for (size_t i = 0, at = 0; c == NULL && i < nr; i++) { /* out of memory: one below the other */
        l[i].at = (int)at;
        at += (size_t)l[i].height;
    }
    free(c);
}
