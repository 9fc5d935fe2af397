/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct held_file *held_find(const struct held *h, const char *path)
{
    for (size_t i = 0; h != NULL && i < h->nr; i++)
        if (strcmp(h->file[i].path, path) == 0)
            return &h->file[i];
    return NULL;
}

static void look(struct held_file *f)
{
    struct stat st;
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not make us wait */
    f->error = f->fd < 0 ? errno : 0;
    if (f->fd >= 0 && fstat(f->fd, &st) == 0) {
        f->mode = st.st_mode;
        f->size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
    }
}

const struct held_file *held_add(struct held *h, const char *path)
{
    const struct held_file *there = held_find(h, path);
    if (there != NULL)
        return there;
    struct held_file *more = realloc(h->file, (h->nr + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    h->file = more;
    struct held_file *f = &h->file[h->nr];
    *f = (struct held_file){.path = strdup(path), .fd = -1};
    if (f->path == NULL)
        return NULL;
    look(f);
    h->nr++;
    return f;
}

void held_free(struct held *h)
{
    for (size_t i = 0; i < h->nr; i++) {
        if (h->file[i].fd >= 0)
            (void)close(h->file[i].fd);
        free(h->file[i].path);
    }
    free(h->file);
    *h = (struct held){0};
}
