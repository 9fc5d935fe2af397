/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manual/prose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_OF_FILE (1u << 20)
#define DOCS ".Pa docs/"

static char *read_all(const char *path, struct diag *d)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, SIZE_MAX_OF_FILE + 1);
    if (in != NULL && text != NULL && fread(text, 1, SIZE_MAX_OF_FILE, in) < SIZE_MAX_OF_FILE && ferror(in) == 0) {
        (void)fclose(in);
        return text;
    }
    (void)diag_fail(d, path, 0, "cannot be read: %s", in == NULL ? strerror(errno) : "too large");
    if (in != NULL)
        (void)fclose(in);
    free(text);
    return NULL;
}

static bool known_kind(const char *kind)
{
    static const char *const kinds[] = {"description", "option", "section", "see"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

/* @line is "@kind name", NUL-terminated. */
static bool begin_part(struct prose *p, char *line, const char *body, unsigned number, struct diag *d)
{
    char *blank = strchr(line, ' ');
    if (blank != NULL)
        *blank = '\0';
    if (!known_kind(line + 1))
        return diag_fail(d, p->path, number, "'%.40s' is none of @description, @option, @section and @see", line);
    if (p->nr == PROSE_PARTS_MAX)
        return diag_fail(d, p->path, number, "more than %d parts", PROSE_PARTS_MAX);
    p->part[p->nr++] =
        (struct prose_part){.kind = line + 1, .name = blank != NULL ? blank + 1 : "", .body = body, .line = number};
    return true;
}

bool prose_read(const char *path, const char *docdir, struct prose *p, struct diag *d)
{
    *p = (struct prose){.docdir = docdir};
    (void)snprintf(p->path, sizeof p->path, "%s", path);
    FILE *there = fopen(path, "rb");
    if (there == NULL && errno == ENOENT)
        return true;
    if (there != NULL)
        (void)fclose(there);
    if ((p->text = read_all(path, d)) == NULL)
        return false;
    unsigned number = 1;
    for (char *line = p->text, *next; *line != '\0'; line = next, number++) {
        char *end = line + strcspn(line, "\n");
        next = end + (*end != '\0');
        if (line[0] == '@') {
            *end = '\0';
            /* Ends the body before it, too. */
            if (!begin_part(p, line, next, number, d))
                return false;
            line[0] = '\0';
        } else if (p->nr == 0) {
            return diag_fail(d, path, number, "text before the first @ belongs nowhere");
        }
    }
    return true;
}

void prose_free(struct prose *p)
{
    free(p->text);
    p->text = NULL;
}

static struct prose_part *find(const struct prose *p, const char *kind, const char *name)
{
    for (size_t i = 0; i < p->nr; i++)
        if (strcmp(p->part[i].kind, kind) == 0 && (name == NULL || strcmp(p->part[i].name, name) == 0))
            return (struct prose_part *)&p->part[i];
    return NULL;
}

bool prose_has(const struct prose *p, const char *kind, const char *name)
{
    return find(p, kind, name) != NULL;
}

bool prose_write(struct prose *p, const char *kind, const char *name, FILE *out)
{
    struct prose_part *part = find(p, kind, name);
    if (part == NULL)
        return false;
    part->used = true;
    const char *s = part->body;
    for (const char *at; (at = strstr(s, DOCS)) != NULL; s = at + strlen(DOCS))
        (void)fprintf(out, "%.*s.Pa %s/", (int)(at - s), s, p->docdir);
    (void)fputs(s, out);
    return true;
}

bool prose_used(const struct prose *p, struct diag *d)
{
    for (size_t i = 0; i < p->nr; i++)
        if (!p->part[i].used)
            return diag_fail(d, p->path, p->part[i].line, "@%s %s: the page has no place for it", p->part[i].kind,
                             p->part[i].name);
    return true;
}
