/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "picture/markup.h"
#include "picture/parts.h"

#define SWATCH 22
#define SWATCH_HEIGHT 12
#define ROW 19
#define APART 18
#define GROUPS_WIDTH 96 /* the groups' names */

void legend_add(struct legend *l, const struct panel *p)
{
    for (size_t i = 0; i < p->nr; i++)
        l->used[p->box[i].fill] = p->box[i].fill != FILL_NONE;
}

static int item_width(unsigned fill)
{
    return SWATCH + 6 + text_width(strlen(fill_title((enum fill)fill))) + APART;
}

/* The place of each that is used, a line or more a group; returns the height of all. Draws where @out is there. */
static int walk(const struct legend *l, int width, FILE *out)
{
    const char *group = NULL;
    int x = 0, y = -ROW;
    for (unsigned i = 1; i < FILLS; i++) {
        const char *begins = fill_group((enum fill)i);
        group = begins != NULL ? begins : group;
        if (!l->used[i])
            continue;
        if (group != NULL || x + item_width(i) > width) {
            x = GROUPS_WIDTH;
            y += ROW;
        }
        if (out != NULL && group != NULL)
            fprintf(out, "<text class=\"n\" x=\"1\" y=\"%d\">%s</text>", y + 12, group);
        if (out != NULL) {
            style_rect(out, (enum fill)i, x + 1, y + 2, SWATCH, SWATCH_HEIGHT);
            fprintf(out, "<text x=\"%d\" y=\"%d\">", x + SWATCH + 7, y + 12);
            markup(out, fill_title((enum fill)i));
            fputs("</text>\n", out);
        }
        group = NULL;
        x += item_width(i);
    }
    return y + ROW;
}

int legend_height(const struct legend *l, int width)
{
    return walk(l, width, NULL);
}

void legend_draw(const struct legend *l, int width, FILE *out)
{
    (void)walk(l, width, out);
}

void legend_list(const struct legend *l, FILE *out)
{
    const char *group = NULL;
    bool open = false;
    for (unsigned i = 1; i < FILLS; i++) {
        const char *begins = fill_group((enum fill)i);
        group = begins != NULL ? begins : group;
        if (!l->used[i])
            continue;
        if (group != NULL)
            fprintf(out, "%s<ul class=\"legend\"><li class=\"dim\">%s</li>\n", open ? "</ul>\n" : "", group);
        open = true;
        group = NULL;
        fprintf(out, "<li><svg width=\"%d\" height=\"%d\" aria-hidden=\"true\">", SWATCH + 2, SWATCH_HEIGHT + 2);
        style_rect(out, (enum fill)i, 1, 1, SWATCH, SWATCH_HEIGHT);
        fputs("</svg> ", out);
        markup(out, fill_title((enum fill)i));
        fputs("</li>\n", out);
    }
    if (open)
        fputs("</ul>\n", out);
}
