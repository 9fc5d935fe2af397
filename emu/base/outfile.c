/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
    FILE *stream;
    char *path; /* owned; NULL for stdout */
    char *temp; /* owned; NULL when written in place */
};

static void outfile_free(struct outfile *o)
{
    free(o->path);
    free(o->temp);
    free(o);
}

/* Beside the target, or the rename would cross file systems; the process id keeps parallel runs apart. */
static FILE *open_temp(struct outfile *o, const struct stat *old)
{
    size_t room = strlen(o->path) + 32;
    o->temp = malloc(room);
    if (o->temp == NULL)
        return NULL;
    (void)snprintf(o->temp, room, "%s.%ld.tmp", o->path, (long)getpid());
    int fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return NULL;
    if (old != NULL)
        (void)fchmod(fd, old->st_mode & 0777);
    FILE *f = fdopen(fd, "w");
    if (f == NULL) {
        int error = errno;
        (void)close(fd);
        (void)unlink(o->temp);
        errno = error;
    }
    return f;
}

struct outfile *outfile_open(const char *path, struct diag *d)
{
    struct outfile *o = calloc(1, sizeof *o);
    if (o == NULL) {
        (void)diag_fail(d, path, 0, "out of memory");
        return NULL;
    }
    if (path == NULL || strcmp(path, "-") == 0) {
        o->stream = stdout;
        return o;
    }
    struct stat st;
    bool exists = stat(path, &st) == 0;
    /* Through a symbolic link: the file it names is replaced, not the link. */
    o->path = exists ? realpath(path, NULL) : strdup(path);
    if (o->path != NULL) {
        if (path[0] == '\0')
            errno = ENOENT;
        else if (exists && S_ISDIR(st.st_mode))
            errno = EISDIR;
        else if (exists && !S_ISREG(st.st_mode))
            o->stream = fopen(path, "w");
        else
            o->stream = open_temp(o, exists ? &st : NULL);
    }
    if (o->stream == NULL) {
        (void)diag_fail(d, path, 0, "cannot be written: %s", strerror(errno));
        outfile_free(o);
        return NULL;
    }
    return o;
}

FILE *outfile_stream(struct outfile *o)
{
    return o->stream;
}

bool outfile_commit(struct outfile *o, struct diag *d)
{
    /* An earlier write may have failed although the flush finds nothing left to write. */
    errno = 0;
    bool bad = ferror(o->stream) != 0;
    bad = fflush(o->stream) != 0 || bad;
    int error = errno;
    if (o->path != NULL && fclose(o->stream) != 0 && !bad) {
        bad = true;
        error = errno;
    }
    if (!bad && o->temp != NULL && rename(o->temp, o->path) != 0) {
        bad = true;
        error = errno;
    }
    if (bad) {
        (void)diag_fail(d, o->path != NULL ? o->path : "standard output", 0, "write failed: %s",
                        error != 0 ? strerror(error) : "an earlier write failed");
        if (o->temp != NULL)
            (void)unlink(o->temp);
    }
    outfile_free(o);
    return !bad;
}

void outfile_abort(struct outfile *o)
{
    if (o == NULL)
        return;
    if (o->path != NULL)
        (void)fclose(o->stream);
    if (o->temp != NULL)
        (void)unlink(o->temp);
    outfile_free(o);
}
