/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
    FILE *stream;
    char *path; /* owned; NULL for stdout */
    char *temp; /* owned; NULL when written in place */
    bool named; /* there is a file @temp; else what is written has no name yet */
};

static void outfile_free(struct outfile *o)
{
    free(o->path);
    free(o->temp);
    free(o);
}

/* A file without a name, which is gone whatever ends this process; -1 where the file system has none. */
static int open_nameless(const char *beside)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(beside, '/');
    const int n = slash != NULL ? (int)(slash - beside + 1) : 1;
    if (access("/proc/self/fd", X_OK) != 0 || n >= (int)sizeof folder) /* by which it is named in the end */
        return -1;
    (void)snprintf(folder, sizeof folder, "%.*s", n, slash != NULL ? beside : ".");
    return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

/* Beside the target, or the rename would cross file systems; the process id keeps parallel runs apart. */
static FILE *open_temp(struct outfile *o, const struct stat *old)
{
    size_t room = strlen(o->path) + 32;
    o->temp = malloc(room);
    if (o->temp == NULL)
        return NULL;
    (void)snprintf(o->temp, room, "%s.%ld.tmp", o->path, (long)getpid());
    int fd = open_nameless(o->path);
    o->named = fd < 0;
    if (o->named)
        fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return NULL;
    if (old != NULL)
        (void)fchmod(fd, old->st_mode & 0777);
    FILE *f = fdopen(fd, "w");
    if (f == NULL) {
        int error = errno;
        (void)close(fd);
        if (o->named)
            (void)unlink(o->temp);
        errno = error;
    }
    return f;
}

/* A name for what has none, which only a rename can put in another's place. */
static bool give_name(struct outfile *o)
{
    char from[32];
    (void)snprintf(from, sizeof from, "/proc/self/fd/%d", fileno(o->stream));
    o->named = linkat(AT_FDCWD, from, AT_FDCWD, o->temp, AT_SYMLINK_FOLLOW) == 0;
    return o->named;
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
            o->stream = fopen(path, "we");
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

bool outfile_rewind(struct outfile *o)
{
    clearerr(o->stream);
    return o->temp == NULL || (fseek(o->stream, 0, SEEK_SET) == 0 && ftruncate(fileno(o->stream), 0) == 0);
}

static bool put_in_place(struct outfile *o, bool bad, int *error)
{
    if (!bad && o->temp != NULL && !o->named && !give_name(o)) {
        *error = errno;
        bad = true;
    }
    if (o->path != NULL && fclose(o->stream) != 0 && !bad) {
        *error = errno;
        bad = true;
    }
    if (!bad && o->temp != NULL && rename(o->temp, o->path) != 0) {
        *error = errno;
        bad = true;
    }
    return !bad;
}

bool outfile_commit(struct outfile *o, struct diag *d)
{
    /* An earlier write may have failed although the flush finds nothing left to write. */
    errno = 0;
    bool bad = ferror(o->stream) != 0;
    bad = fflush(o->stream) != 0 || bad;
    int error = errno;
    bad = !put_in_place(o, bad, &error);
    if (bad) {
        (void)diag_fail(d, o->path != NULL ? o->path : "standard output", 0, "write failed: %s",
                        error != 0 ? strerror(error) : "an earlier write failed");
        if (o->named)
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
    if (o->named)
        (void)unlink(o->temp);
    outfile_free(o);
}
