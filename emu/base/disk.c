/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

#define CHUNK 4096u /* what is copied at the first write to it */

struct disk {
    int fd;
    uint64_t sectors;
    uint8_t **chunk;                /* what was written to; a table that is touched only where it is used */
    uint64_t chunks, written, most; /* the last two in bytes */
    bool full;                      /* there was no room for a write */
};

static struct disk *make(const struct held_file *f, struct diag *d)
{
    if (f->fd < 0) {
        (void)diag_fail(d, f->path, 0, "cannot be read as a disk: %s", strerror(f->error));
        return NULL;
    }
    if (!S_ISREG(f->mode)) {
        (void)diag_fail(d, f->path, 0, "is no file: give a raw disk image");
        return NULL;
    }
    if (f->size < DISK_SECTOR || f->size > DISK_MAX) {
        (void)diag_fail(d, f->path, 0, "a disk has from 512 bytes to 64 GiB");
        return NULL;
    }
    struct disk *k = calloc(1, sizeof *k);
    const uint64_t chunks = (f->size + CHUNK - 1) / CHUNK;
    uint8_t **table = calloc(chunks, sizeof *table);
    const int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
    if (k != NULL && table != NULL && fd >= 0) {
        *k = (struct disk){.fd = fd, .sectors = f->size / DISK_SECTOR, .chunk = table, .most = LIMIT_DISK_DEFAULT};
        k->chunks = chunks;
        return k;
    }
    (void)diag_fail(d, f->path, 0, "cannot be read as a disk: %s", fd < 0 ? strerror(errno) : "out of memory");
    if (fd >= 0)
        (void)close(fd);
    free(k);
    free((void *)table);
    return NULL;
}

struct disk *disk_open(const char *path, const struct held *held, struct diag *d)
{
    struct held own = {0};
    const struct held_file *f = held_find(held, path);
    if (f == NULL && (f = held_add(&own, path)) == NULL) {
        (void)diag_fail(d, path, 0, "out of memory");
        return NULL;
    }
    struct disk *k = make(f, d);
    held_free(&own);
    return k;
}

void disk_close(struct disk *k)
{
    if (k == NULL)
        return;
    for (uint64_t i = 0; k->written != 0 && i < k->chunks; i++)
        free(k->chunk[i]);
    free((void *)k->chunk);
    (void)close(k->fd);
    free(k);
}

uint64_t disk_sectors(const struct disk *k)
{
    return k->sectors;
}

/* As many of @n bytes as the file has; what it lacks since it was opened is an error. */
static bool fetch(const struct disk *k, uint64_t at, uint8_t *bytes, size_t n)
{
    while (n != 0) {
        const ssize_t got = pread(k->fd, bytes, n, (off_t)at);
        if (got <= 0)
            return false;
        bytes += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

void disk_limit(struct disk *k, uint64_t most)
{
    k->most = most;
}

bool disk_is_full(const struct disk *k)
{
    return k->full;
}

bool disk_read(struct disk *k, uint64_t sector, uint8_t *bytes)
{
    if (sector >= k->sectors)
        return false;
    const uint64_t at = sector * DISK_SECTOR;
    const uint8_t *const chunk = k->chunk[at / CHUNK];
    if (chunk == NULL)
        return fetch(k, at, bytes, DISK_SECTOR);
    memcpy(bytes, chunk + at % CHUNK, DISK_SECTOR);
    return true;
}

bool disk_write(struct disk *k, uint64_t sector, const uint8_t *bytes)
{
    if (sector >= k->sectors)
        return false;
    const uint64_t at = sector * DISK_SECTOR, first = at / CHUNK * CHUNK, end = k->sectors * DISK_SECTOR;
    uint8_t **const chunk = &k->chunk[at / CHUNK];
    if (*chunk == NULL) {
        k->full = k->full || k->written + CHUNK > k->most;
        uint8_t *const copy = k->written + CHUNK <= k->most ? calloc(1, CHUNK) : NULL;
        if (copy == NULL || !fetch(k, first, copy, (size_t)(end - first < CHUNK ? end - first : CHUNK))) {
            free(copy);
            return false;
        }
        *chunk = copy;
        k->written += CHUNK;
    }
    memcpy(*chunk + at % CHUNK, bytes, DISK_SECTOR);
    return true;
}
