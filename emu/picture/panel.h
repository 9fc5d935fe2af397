/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A column of boxes on a scale, with a text for each beside it, and badges where something was found. */
#ifndef HVMBED_PICTURE_PANEL_H
#define HVMBED_PICTURE_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "check/rule.h"
#include "picture/scale.h"
#include "picture/style.h"

#define BOX_TEXT_SIZE 160
struct box {
    struct span at; /* start == end: a moment, drawn as a tick */
    unsigned strip; /* which of the panel's */
    enum fill fill;
    char text[BOX_TEXT_SIZE]; /* beside it; "": none */
};

struct badge {
    uint64_t at;
    size_t number; /* from 1, of the finding */
    enum severity severity;
};

struct panel {
    const char *title, *note; /* the note goes below the title; static */
    unsigned strips;
    struct box *box; /* owned */
    size_t nr, cap;
    struct badge *badge; /* owned */
    size_t nr_badges;
    bool badges; /* has room for them, whether there are any */
};

/* Adds a box, or extends the last one of its strip where that says the same. NULL: out of memory. */
struct box *panel_box(struct panel *p, struct span at, unsigned strip, enum fill fill, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void panel_free(struct panel *p);

/* Sorts the boxes, and says how high the scale must be for all texts. */
int panel_need(struct panel *p);
int panel_width(const struct panel *p);
/* Title, note and scale. */
#define PANEL_HEAD 34
static inline int panel_height(const struct scale *s)
{
    return PANEL_HEAD + s->height + 8;
}
/* At the origin; badges are links to #finding-N where @links. */
void panel_draw(const struct panel *p, const struct scale *s, bool links, FILE *out);

#endif
