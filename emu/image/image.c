/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/flavour.h"
#include "image/hash.h"
#include "image/inflate.h"

/* What a path can be instead of a file. */
static const char *kind_of_path(mode_t mode)
{
    return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a FIFO" : S_ISSOCK(mode) ? "a socket" : "a device";
}

/* Keeps the end of a long path: messages and reports want its last component. */
static void keep_path(struct image *im, const char *path)
{
    size_t n = strlen(path), room = sizeof im->path - 1;
    memcpy(im->path, n > room ? path + n - room : path, n > room ? room : n);
    im->path[n > room ? room : n] = '\0';
}

/* @size bytes of an open file, malloc'ed; fewer, with @size lowered, when it shrinks meanwhile. */
static uint8_t *read_all(int fd, size_t *size, const char *path, struct diag *d)
{
    uint8_t *bytes = malloc(*size);
    if (bytes == NULL) {
        (void)diag_fail(d, path, 0, "out of memory for %zu bytes", *size);
        return NULL;
    }
    size_t got = 0;
    while (got < *size) {
        ssize_t n = read(fd, bytes + got, *size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)diag_fail(d, path, 0, "cannot be read: %s", strerror(errno));
            free(bytes);
            return NULL;
        }
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *size = got;
    return bytes;
}

/* The file's bytes as they are on disk. Refuses by fstat, before any read, what cannot be an image. */
static uint8_t *read_file(const char *path, size_t *size, struct diag *d)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        (void)diag_fail(d, path, 0, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    struct stat st;
    uint8_t *bytes = NULL;
    if (fstat(fd, &st) != 0) {
        (void)diag_fail(d, path, 0, "cannot be read: %s", strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        (void)diag_fail(d, path, 0, "this is %s, not a file: give a firmware image such as OVMF.fd",
                        kind_of_path(st.st_mode));
    } else if (st.st_size == 0) {
        (void)diag_fail(d, path, 0, "the file is empty: give a firmware image such as OVMF.fd");
    } else if (st.st_size > (off_t)IMAGE_MAX_SIZE) {
        (void)diag_fail(d, path, 0, "%lld bytes are too many for a firmware image (at most %u MiB)",
                        (long long)st.st_size, IMAGE_MAX_SIZE >> 20);
    } else {
        *size = (size_t)st.st_size;
        bytes = read_all(fd, size, path, d);
    }
    (void)close(fd);
    return bytes;
}

/* Takes the bytes, whatever they are; false with @d when Xen cannot boot them, and @im is whole all the same. */
static bool take(const char *name, uint8_t *bytes, size_t size, struct image *im, struct diag *d)
{
    *im = (struct image){.bytes = bytes, .size = size};
    keep_path(im, name);
    hash_bytes(im->bytes, im->size, im->sha256);
    return flavour_classify(im, d);
}

bool image_from_bytes(const char *name, uint8_t *bytes, size_t size, struct image *im, struct diag *d)
{
    bool ok = size <= IMAGE_MAX_SIZE
                  ? take(name, bytes, size, im, d)
                  : diag_fail(d, name, 0, "%zu bytes are too many for a firmware image (at most %u MiB)", size,
                              IMAGE_MAX_SIZE >> 20);
    if (size > IMAGE_MAX_SIZE)
        *im = (struct image){.bytes = bytes};
    if (!ok)
        image_free(im);
    return ok;
}

/* The file's bytes, unpacked; NULL with @d. */
static uint8_t *read_unpacked(const char *path, size_t *size, bool *gzip, struct diag *d)
{
    uint8_t *bytes = read_file(path, size, d);
    *gzip = bytes != NULL && gzip_is(bytes, *size);
    if (!*gzip)
        return bytes;
    size_t unpacked_size = 0;
    uint8_t *unpacked = gzip_inflate(path, bytes, *size, IMAGE_MAX_SIZE, &unpacked_size, d);
    free(bytes);
    *size = unpacked_size;
    return unpacked;
}

bool image_load(const char *path, struct image *im, struct diag *d)
{
    *im = (struct image){0};
    size_t size = 0;
    bool gzip;
    uint8_t *bytes = read_unpacked(path, &size, &gzip, d);
    if (bytes == NULL)
        return false;
    bool ok = image_from_bytes(path, bytes, size, im, d);
    im->gzip = gzip && ok;
    return ok;
}

bool image_inspect(const char *path, struct image *im, struct diag *d)
{
    *im = (struct image){0};
    size_t size = 0;
    bool gzip;
    uint8_t *bytes = read_unpacked(path, &size, &gzip, d);
    if (bytes == NULL)
        return false;
    (void)take(path, bytes, size, im, NULL);
    im->gzip = gzip;
    return true;
}

void image_free(struct image *im)
{
    free(im->bytes);
    im->bytes = NULL;
    im->size = 0;
}
