/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/panel.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "picture/labels.h"
#include "picture/markup.h"

#define STRIP 26
#define BADGES 42 /* their column */
#define BADGE_HEIGHT 18
#define LEADER 16
#define TEXT_CHARS 34u

struct box *panel_box(struct panel *p, struct span at, unsigned strip, enum fill fill, const char *fmt, ...)
{
    char text[BOX_TEXT_SIZE];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    for (size_t i = p->nr; i-- > 0 && i + 4 > p->nr;) {
        struct box *b = &p->box[i];
        if (b->strip != strip)
            continue;
        if (b->fill != fill || b->at.end != at.start || at.start == at.end || strcmp(b->text, text) != 0)
            break;
        b->at.end = at.end;
        return b;
    }
    if (p->nr == p->cap) {
        const size_t cap = p->cap != 0 ? 2 * p->cap : 64;
        struct box *more = realloc(p->box, cap * sizeof *more);
        if (more == NULL)
            return NULL;
        p->box = more;
        p->cap = cap;
    }
    struct box *b = &p->box[p->nr++];
    *b = (struct box){.at = at, .strip = strip, .fill = fill};
    memcpy(b->text, text, sizeof b->text);
    return b;
}

void panel_free(struct panel *p)
{
    free(p->box);
    free(p->badge);
    *p = (struct panel){.nr = 0};
}

/* --- texts */

static int compare_boxes(const void *a, const void *b)
{
    const struct box *x = a, *y = b;
    if (x->at.start != y->at.start)
        return x->at.start < y->at.start ? -1 : 1;
    if (x->at.end != y->at.end)
        return x->at.end > y->at.end ? -1 : 1;
    return x->strip < y->strip ? -1 : x->strip > y->strip ? 1 : strcmp(x->text, y->text);
}

static int text_height(const struct box *b)
{
    return LINE * (int)wrap_count(b->text, TEXT_CHARS);
}

static int compare_badges(const void *a, const void *b)
{
    const struct badge *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

int panel_need(struct panel *p)
{
    int need = 0;
    if (p->nr != 0)
        qsort(p->box, p->nr, sizeof *p->box, compare_boxes);
    if (p->nr_badges != 0)
        qsort(p->badge, p->nr_badges, sizeof *p->badge, compare_badges);
    for (size_t i = 0; i < p->nr; i++)
        need += text_height(&p->box[i]);
    return need;
}

static int strips_at(const struct panel *p)
{
    return p->badges ? BADGES : 1;
}

static int texts_at(const struct panel *p)
{
    return strips_at(p) + (int)p->strips * STRIP + LEADER;
}

int panel_width(const struct panel *p)
{
    return texts_at(p) + text_width(TEXT_CHARS) + 2;
}

static void write_text(const char *text, int x, int y, FILE *out)
{
    size_t from, length;
    char line[TEXT_CHARS + 1];
    fprintf(out, "<text class=\"l\" x=\"%d\" y=\"%d\">", x, y);
    for (size_t n = 0; wrap_line(text, TEXT_CHARS, n, &from, &length); n++) {
        memcpy(line, text + from, length);
        line[length] = '\0';
        fprintf(out, "<tspan x=\"%d\" y=\"%d\">", x, y + (int)n * LINE);
        markup(out, line);
        fputs("</tspan>", out);
    }
    fputs("</text>", out);
}

/* --- boxes */

/* Beside its middle, or its beginning where another one, that has a text too, begins before that: leaders do not cross. */
static int text_wants(const struct panel *p, const struct scale *s, size_t i)
{
    const int start = scale_y(s, p->box[i].at.start), middle = (start + scale_y(s, p->box[i].at.end)) / 2;
    for (size_t k = i + 1; k < p->nr && scale_y(s, p->box[k].at.start) < middle; k++)
        if (p->box[k].text[0] != '\0')
            return start + 3 < middle ? start + 3 : middle;
    return middle;
}

static void draw_box(const struct panel *p, const struct scale *s, const struct box *b, FILE *out)
{
    const int x = strips_at(p) + (int)b->strip * STRIP, y = PANEL_HEAD + scale_y(s, b->at.start);
    int height = PANEL_HEAD + scale_y(s, b->at.end) - y;
    if (b->at.start == b->at.end) {
        fprintf(out, "<path class=\"tick\" d=\"M%d,%dh%d\"/>", x, y, STRIP);
        return;
    }
    fputs("<g>", out);
    style_rect(out, b->fill, x, y, STRIP, height > 1 ? height : 1);
    fputs("<title>", out);
    markup_format(out, "%#llx-%#llx ", (unsigned long long)b->at.start, (unsigned long long)b->at.end);
    markup(out, b->text[0] != '\0' ? b->text : fill_title(b->fill));
    fputs("</title></g>", out);
}

/* From the box to its text. */
static void draw_leader(const struct panel *p, const struct box *b, int from, int to, FILE *out)
{
    const int x = strips_at(p) + (int)(b->strip + 1) * STRIP, end = texts_at(p) - 3;
    fprintf(out, "<path class=\"lead\" d=\"M%d,%d %d,%d %d,%d\"/>", x, from, end - LEADER + 6, from, end, to);
}

static void draw_texts(const struct panel *p, const struct scale *s, FILE *out)
{
    struct label *l = calloc(p->nr + 1, sizeof *l);
    size_t n = 0;
    for (size_t i = 0; l != NULL && i < p->nr; i++)
        if (p->box[i].text[0] != '\0')
            l[n++] = (struct label){.want = text_wants(p, s, i), .height = text_height(&p->box[i])};
    if (l != NULL)
        labels_place(l, n, s->height);
    n = 0;
    for (size_t i = 0; l != NULL && i < p->nr; i++) {
        const struct box *b = &p->box[i];
        if (b->text[0] == '\0')
            continue;
        const int top = PANEL_HEAD + l[n].at;
        draw_leader(p, b, PANEL_HEAD + l[n].want, top + LINE / 2, out);
        write_text(b->text, texts_at(p), top + FONT, out);
        fputc('\n', out);
        n++;
    }
    free(l);
}

/* Where the scale is broken, so is the column. */
static void draw_breaks(const struct panel *p, const struct scale *s, FILE *out)
{
    for (size_t i = 0; i < s->nr; i++)
        if (s->p[i].broken)
            fprintf(
                out,
                "<path class=\"lead\" d=\"M%d,%dl4,-4 5,8 5,-8 5,8 5,-8\"><title>nothing: the scale is broken</title></path>",
                strips_at(p) + 1, PANEL_HEAD + s->p[i].y + s->p[i].height / 2);
}

/* --- badges */

/* One for findings that are at the same place on the scale: "3", "3-5", "3+9" for one and nine more. */
struct group {
    size_t first, nr;
};

static size_t group_badges(const struct panel *p, const struct scale *s, struct group *g)
{
    size_t n = 0;
    for (size_t i = 0; i < p->nr_badges; i++) {
        const bool same = n != 0 && scale_y(s, p->badge[g[n - 1].first].at) == scale_y(s, p->badge[i].at);
        if (same)
            g[n - 1].nr++;
        else
            g[n++] = (struct group){i, 1};
    }
    return n;
}

static void group_text(const struct badge *b, size_t nr, char out[24])
{
    size_t run = 1;
    while (run < nr && b[run].number == b[0].number + run)
        run++;
    if (nr == 1)
        (void)snprintf(out, 24, "%zu", b[0].number);
    else if (run == nr)
        (void)snprintf(out, 24, "%zu-%zu", b[0].number, b[nr - 1].number);
    else
        (void)snprintf(out, 24, "%zu+%zu", b[0].number, nr - 1);
}

static void draw_badge(const struct badge *b, size_t nr, int top, int y, bool links, FILE *out)
{
    static const char *const classes[] = {
        [SEVERITY_NOTE] = " note", [SEVERITY_WARNING] = " warning", [SEVERITY_ERROR] = ""};
    enum severity worst = SEVERITY_NOTE;
    char text[24];
    for (size_t i = 0; i < nr; i++)
        worst = b[i].severity > worst ? b[i].severity : worst;
    group_text(b, nr, text);
    const int width = BADGES - 10, at = top + BADGE_HEIGHT / 2;
    if (links)
        fprintf(out, "<a href=\"#finding-%zu\" aria-label=\"finding %s\">", b[0].number, text);
    else
        fputs("<g>", out);
    fprintf(out, "<path class=\"lead\" d=\"M%d,%d %d,%d\"/>", width, at, BADGES, y);
    fprintf(out, "<path class=\"badge%s\" d=\"M1,%dh%dl6,%d-6,%dh-%dz\"/>", classes[worst], top + 1, width - 7,
            BADGE_HEIGHT / 2 - 1, BADGE_HEIGHT / 2 - 1, width - 7);
    fprintf(out, "<text class=\"b\" x=\"%d\" y=\"%d\">%s</text><title>finding ", (width - 4) / 2, at + 4, text);
    for (size_t i = 0; i < nr; i++)
        fprintf(out, "%s%zu", i != 0 ? ", " : "", b[i].number);
    fputs(links ? "</title></a>\n" : "</title></g>\n", out);
}

static void draw_badges(const struct panel *p, const struct scale *s, bool links, FILE *out)
{
    struct group *g = calloc(p->nr_badges + 1, sizeof *g);
    struct label *l = calloc(p->nr_badges + 1, sizeof *l);
    const size_t n = g != NULL && l != NULL ? group_badges(p, s, g) : 0;
    for (size_t i = 0; i < n; i++)
        l[i] = (struct label){.want = scale_y(s, p->badge[g[i].first].at), .height = BADGE_HEIGHT};
    if (n != 0)
        labels_place(l, n, s->height);
    for (size_t i = 0; i < n; i++)
        draw_badge(&p->badge[g[i].first], g[i].nr, PANEL_HEAD + l[i].at, PANEL_HEAD + l[i].want, links, out);
    free(g);
    free(l);
}

void panel_draw(const struct panel *p, const struct scale *s, bool links, FILE *out)
{
    fprintf(out, "<text class=\"h\" x=\"1\" y=\"12\">");
    markup(out, p->title);
    fprintf(out, "</text><text class=\"n\" x=\"1\" y=\"26\">");
    markup(out, p->note);
    fputs("</text>\n", out);
    draw_breaks(p, s, out);
    for (size_t i = 0; i < p->nr; i++) {
        draw_box(p, s, &p->box[i], out);
        fputc('\n', out);
    }
    draw_texts(p, s, out);
    draw_badges(p, s, links, out);
}
