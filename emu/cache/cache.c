/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/entry.h"

#define SUFFIX ".unpacked-" ENTRY_VERSION_TEXT
#define SIZE_MAX_KEPT (300u << 20) /* more than any image unpacks to: check/host/unpack.c:OUTPUT_MAX */

bool cache_open(struct cache *c, const char *folder, struct diag *d)
{
    struct stat st;
    c->folder = folder;
    if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return diag_fail(d, folder, 0, "cannot be a folder for what is kept: %s", strerror(errno));
}

void cache_free(struct cache *c)
{
    for (size_t i = 0; i < c->nr; i++)
        free(c->file[i].bytes);
    free(c->file);
    *c = (struct cache){.folder = NULL};
}

char *cache_path(const struct cache *c, const uint8_t image[HASH_SIZE])
{
    char sum[HASH_TEXT_SIZE], *path;
    hash_format(image, sum);
    return asprintf(&path, "%s/%s" SUFFIX, c->folder, sum) < 0 ? NULL : path;
}

static uint8_t *read_all(int fd, size_t n)
{
    uint8_t *p = malloc(n + 1);
    for (size_t done = 0; p != NULL && done < n;) {
        const ssize_t got = read(fd, p + done, n - done);
        if (got <= 0) {
            free(p);
            return NULL;
        }
        done += (size_t)got;
    }
    return p;
}

static void read_file(const char *path, struct cache_file *f)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size < SIZE_MAX_KEPT) {
        f->size = (size_t)st.st_size;
        f->bytes = read_all(fd, f->size);
    }
    if (f->bytes != NULL && entry_wrong(f->bytes, f->size) != NULL) {
        free(f->bytes);
        f->bytes = NULL;
    }
    if (f->bytes != NULL)
        (void)utimensat(AT_FDCWD, path, NULL, 0);
    (void)close(fd);
}

static struct cache_file *find(const struct cache *c, const uint8_t image[HASH_SIZE])
{
    for (size_t i = 0; i < c->nr; i++)
        if (memcmp(c->file[i].image, image, HASH_SIZE) == 0)
            return &c->file[i];
    return NULL;
}

static struct cache_file *add(struct cache *c, const uint8_t image[HASH_SIZE])
{
    struct cache_file *more = realloc(c->file, (c->nr + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    c->file = more;
    struct cache_file *f = &c->file[c->nr++];
    *f = (struct cache_file){.size = 0};
    memcpy(f->image, image, HASH_SIZE);
    return f;
}

const struct cache_file *cache_held(const struct cache *c, const uint8_t image[HASH_SIZE])
{
    const struct cache_file *f = c != NULL ? find(c, image) : NULL;
    return f != NULL && f->bytes != NULL ? f : NULL;
}

bool cache_hold(struct cache *c, const uint8_t image[HASH_SIZE], struct diag *d)
{
    struct cache_file *f = find(c, image);
    char *path = cache_path(c, image);
    if (f == NULL)
        f = add(c, image);
    if (f == NULL || path == NULL) {
        free(path);
        return diag_fail(d, "", 0, "out of memory");
    }
    free(f->bytes);
    f->bytes = NULL;
    read_file(path, f);
    free(path);
    return true;
}

static uint8_t *kept(const void *self, const uint8_t *p, size_t n, size_t room)
{
    const struct cache_file *f = self;
    return entry_read(f->bytes, f->size, p, n, room);
}

void cache_serve(const struct cache_file *f, struct lzma_memo *memo)
{
    memo->kept = f != NULL ? kept : NULL;
    memo->kept_self = f;
}

/* --- which go */

struct used {
    char *name;
    struct timespec when;
};

static int by_use(const void *a, const void *b)
{
    const struct timespec *x = &((const struct used *)a)->when, *y = &((const struct used *)b)->when;
    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? 1 : -1;
    return (x->tv_nsec < y->tv_nsec) - (x->tv_nsec > y->tv_nsec);
}

static bool is_ours(const char *name)
{
    const size_t n = strlen(name), end = sizeof SUFFIX - 1;
    return n == HASH_TEXT_SIZE - 1 + end && strcmp(name + n - end, SUFFIX) == 0;
}

static int only_ours(const struct dirent *e)
{
    return is_ours(e->d_name);
}

void cache_tidy(const struct cache *c)
{
    struct dirent **entry = NULL;
    const int n = scandir(c->folder, &entry, only_ours, NULL);
    const int fd = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct used *u = n > (int)CACHE_FILES_MAX && fd >= 0 ? calloc((size_t)n, sizeof *u) : NULL;
    for (int i = 0; i < n; i++) {
        struct stat st = {0};
        if (u != NULL && fstatat(fd, entry[i]->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            u[i] = (struct used){entry[i]->d_name, st.st_mtim};
    }
    if (u != NULL)
        qsort(u, (size_t)n, sizeof *u, by_use);
    for (int i = CACHE_FILES_MAX; u != NULL && i < n; i++)
        if (u[i].name != NULL)
            (void)unlinkat(fd, u[i].name, 0);
    for (int i = 0; i < n; i++)
        free(entry[i]);
    if (fd >= 0)
        (void)close(fd);
    free(entry);
    free(u);
}
