/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/symbols.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "debug/folder.h"

#define ASKED_MAX 512u /* as many as a run has modules */
#define NOTE_SIZE 160u
#define NAME_SIZE 64u

/* A module that was asked for, and the answer. */
struct asked {
    uint64_t base;
    size_t size;
    struct symbols_match match; /* file NULL: none */
};

struct symbols {
    char *dir;
    bool scanned;
    struct folder folder;
    struct mapped {
        void *bytes; /* NULL: it cannot be read */
        size_t size;
    } * held; /* the folder's files, in memory; NULL: they are opened when they are asked for */
    struct asked asked[ASKED_MAX];
    size_t nr_asked;
    char note[ASKED_MAX][NOTE_SIZE];
    size_t nr_notes;
    const char *used[ASKED_MAX]; /* names in @asked */
    size_t nr_used;
};

struct symbols *symbols_open(const char *dir, struct diag *d)
{
    DIR *there = opendir(dir);
    if (there == NULL) {
        (void)diag_fail(d, dir, 0, "%s; --symbols needs an edk2 Build folder, or a folder of .debug files",
                        strerror(errno));
        return NULL;
    }
    (void)closedir(there);
    struct symbols *s = calloc(1, sizeof *s);
    char *copy = strdup(dir);
    if (s == NULL || copy == NULL) {
        free(s);
        free(copy);
        (void)diag_fail(d, dir, 0, "out of memory");
        return NULL;
    }
    s->dir = copy;
    return s;
}

void symbols_close(struct symbols *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->nr_asked; i++)
        debug_file_close(s->asked[i].match.file);
    for (size_t i = 0; s->held != NULL && i < s->folder.nr; i++)
        if (s->held[i].bytes != NULL)
            (void)munmap(s->held[i].bytes, s->held[i].size);
    free(s->held);
    folder_free(&s->folder);
    free(s->dir);
    free(s);
}

static void say(struct symbols *s, const char *text)
{
    for (size_t i = 0; i < s->nr_notes; i++)
        if (strcmp(s->note[i], text) == 0)
            return;
    if (s->nr_notes < ASKED_MAX)
        (void)snprintf(s->note[s->nr_notes++], NOTE_SIZE, "%s", text);
}

static void count_used(struct symbols *s, const char *name)
{
    for (size_t i = 0; i < s->nr_used; i++)
        if (strcmp(s->used[i], name) == 0)
            return;
    if (s->nr_used < ASKED_MAX)
        s->used[s->nr_used++] = name;
}

/* The files that are called like the module (or those that are not) until one matches. */
static bool try_files(struct symbols *s, const struct debug_module *m, bool namesakes, struct symbols_match *out,
                      const char **why)
{
    for (size_t i = 0; i < s->folder.nr; i++) {
        char name[NAME_SIZE];
        folder_module_name(s->folder.path[i], name, sizeof name);
        if ((strcmp(name, m->name) == 0) != namesakes)
            continue;
        const char *reason;
        struct debug_file *f = s->held != NULL ? debug_file_of(s->held[i].bytes, s->held[i].size, &reason)
                                               : debug_file_open(s->folder.path[i], &reason);
        if (f != NULL && debug_file_matches(f, m, &out->bias)) {
            out->file = f;
            out->path = s->folder.path[i];
            (void)snprintf(out->name, sizeof out->name, "%.*s.debug", (int)(sizeof out->name - 7), name);
            return true;
        }
        if (namesakes)
            *why = f != NULL ? "does not match the image" : reason;
        debug_file_close(f);
    }
    return false;
}

static void scan_once(struct symbols *s)
{
    if (s->scanned)
        return;
    folder_scan(s->dir, &s->folder);
    s->scanned = true;
    if (s->folder.nr == 0)
        say(s, "there is no .debug file in the folder");
    else if (s->folder.cut)
        say(s, "the folder holds more than is looked at: give one below it");
}

bool symbols_hold(struct symbols *s, struct diag *d)
{
    scan_once(s);
    if (s->held != NULL)
        return true;
    s->held = calloc(s->folder.nr + 1, sizeof *s->held);
    if (s->held == NULL)
        return diag_fail(d, s->dir, 0, "out of memory");
    for (size_t i = 0; i < s->folder.nr; i++)
        s->held[i].bytes = debug_file_map(s->folder.path[i], &s->held[i].size);
    return true;
}

static void look_up(struct symbols *s, const struct debug_module *m, struct symbols_match *out)
{
    char text[NOTE_SIZE];
    const char *why = NULL;
    scan_once(s);
    if (try_files(s, m, true, out, &why) || try_files(s, m, false, out, &why)) {
        count_used(s, out->name);
        return;
    }
    if (s->folder.nr == 0)
        return;
    if (why != NULL)
        (void)snprintf(text, sizeof text, "%.64s.debug: %s: not used", m->name, why);
    else
        (void)snprintf(text, sizeof text, "no .debug file matches %.64s", m->name);
    say(s, text);
}

const struct symbols_match *symbols_for(struct symbols *s, const struct debug_module *m)
{
    struct asked *a = NULL;
    for (size_t i = 0; i < s->nr_asked && a == NULL; i++)
        if (s->asked[i].base == m->base && s->asked[i].size == m->size)
            a = &s->asked[i];
    if (a == NULL && s->nr_asked < ASKED_MAX) {
        a = &s->asked[s->nr_asked++];
        a->base = m->base;
        a->size = m->size;
        look_up(s, m, &a->match);
    }
    return a != NULL && a->match.file != NULL ? &a->match : NULL;
}

const char *symbols_note(const struct symbols *s, size_t i)
{
    return i < s->nr_notes ? s->note[i] : NULL;
}

const char *symbols_used(const struct symbols *s, size_t i)
{
    return i < s->nr_used ? s->used[i] : NULL;
}
