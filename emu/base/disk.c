/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 4096u /* what is copied at the first write to it */

struct disk {
    int fd;
    uint64_t sectors;
    uint8_t **chunk; /* what was written to; a table that is touched only where it is used */
    uint64_t chunks, written;
};

struct disk *disk_open(const char *path, struct diag *d)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)diag_fail(d, path, 0, "cannot be read as a disk: %s", strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        (void)diag_fail(d, path, 0, "is no file: give a raw disk image");
    } else if (st.st_size < (off_t)DISK_SECTOR || (uint64_t)st.st_size > DISK_MAX) {
        (void)diag_fail(d, path, 0, "a disk has from 512 bytes to 64 GiB");
    } else {
        struct disk *k = calloc(1, sizeof *k);
        const uint64_t chunks = ((uint64_t)st.st_size + CHUNK - 1) / CHUNK;
        uint8_t **table = calloc(chunks, sizeof *table);
        if (k != NULL && table != NULL) {
            *k = (struct disk){.fd = fd, .sectors = (uint64_t)st.st_size / DISK_SECTOR, .chunk = table};
            k->chunks = chunks;
            return k;
        }
        free(k);
        free((void *)table);
        (void)diag_fail(d, path, 0, "out of memory");
    }
    if (fd >= 0)
        (void)close(fd);
    return NULL;
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
        uint8_t *const copy = k->written < DISK_WRITTEN_MAX ? calloc(1, CHUNK) : NULL;
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
