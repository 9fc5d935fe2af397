/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/resume.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/outfile.h"
#include "layout/write.h"
#include "matrix/record.h"

#define MAGIC "hvmbed-case-result/1\n"

bool resume_open(const struct resume *r, struct diag *d)
{
    struct stat st;
    if (r->folder == NULL || mkdir(r->folder, 0777) == 0 ||
        (errno == EEXIST && stat(r->folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return diag_fail(d, r->folder, 0, "cannot be a folder for results: %s", strerror(errno));
}

/* --- its name */

static void put_hash(FILE *out, const char *what, const uint8_t sha256[HASH_SIZE])
{
    char text[HASH_TEXT_SIZE];
    hash_format(sha256, text);
    (void)fprintf(out, "%s %s\n", what, text);
}

static void describe(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                     const struct matrix_case *c, FILE *out)
{
    const struct matrix_layout *l = &m->layout[c->layout];
    const struct matrix_image *im = &m->image[c->image];
    const struct handoff *h = boot_handoff(&o->choice, &l->layout);
    const struct loader *stage =
        h->first_stage && h->type == l->layout.type ? boot_first_stage(&o->choice, &l->layout, NULL) : NULL;
    (void)fprintf(out, "%s\nlayout %s\nimage %s\nhandoff %s\n", r->settings, l->path, im->path, h->name);
    put_hash(out, "image", im->image.sha256);
    if (stage != NULL)
        put_hash(out, stage->path, stage->sha256);
    for (unsigned i = 0; i < l->layout.nr_disks && o->choice.nr_disks == 0; i++)
        (void)fprintf(out, "disk %s\n", l->layout.disk[i].path);
    for (size_t i = 0; o->choice.held != NULL && i < o->choice.held->nr; i++)
        (void)fprintf(out, "file %s %llu\n", o->choice.held->file[i].path,
                      (unsigned long long)o->choice.held->file[i].size);
    layout_write(&l->layout, out);
}

static bool name_file(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                      const struct matrix_case *c, char path[PATH_MAX])
{
    char *text = NULL, name[HASH_TEXT_SIZE];
    uint8_t sha256[HASH_SIZE];
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return false;
    describe(r, m, o, c, out);
    const bool ok = fclose(out) == 0;
    if (ok)
        hash_bytes((const uint8_t *)text, n, sha256);
    free(text);
    if (ok)
        hash_format(sha256, name);
    return ok && snprintf(path, PATH_MAX, "%s/%.32s.result", r->folder, name) < PATH_MAX;
}

/* --- what is in it: a line, the hash of the rest, the rest */

#define HEAD (sizeof MAGIC - 1 + HASH_SIZE)

bool resume_load(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                 struct matrix_case *c)
{
    char path[PATH_MAX];
    uint8_t sha256[HASH_SIZE];
    if (r->folder == NULL || !name_file(r, m, o, c, path))
        return false;
    FILE *in = fopen(path, "rbe");
    struct stat st;
    bool ok = in != NULL && fstat(fileno(in), &st) == 0 && st.st_size > (off_t)HEAD &&
              (size_t)st.st_size <= HEAD + RECORD_MAX;
    const size_t n = ok ? (size_t)st.st_size : 0;
    uint8_t *bytes = ok ? malloc(n) : NULL;
    ok = bytes != NULL && fread(bytes, 1, n, in) == n && memcmp(bytes, MAGIC, sizeof MAGIC - 1) == 0;
    if (ok) {
        hash_bytes(bytes + HEAD, n - HEAD, sha256);
        ok =
            memcmp(sha256, bytes + sizeof MAGIC - 1, HASH_SIZE) == 0 && record_read(bytes + HEAD, n - HEAD, &c->result);
    }
    if (in != NULL)
        (void)fclose(in);
    free(bytes);
    return ok;
}

bool resume_save(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                 const struct matrix_case *c, const uint8_t *bytes, size_t n, struct diag *d)
{
    char path[PATH_MAX];
    uint8_t sha256[HASH_SIZE];
    if (r->folder == NULL || c->result.state == CASE_FAILED) /* memory was short, say: another time it is not */
        return true;
    if (!name_file(r, m, o, c, path))
        return diag_fail(d, r->folder, 0, "out of memory, or the path is too long");
    struct outfile *out = outfile_open(path, d);
    if (out == NULL)
        return false;
    hash_bytes(bytes, n, sha256);
    (void)fwrite(MAGIC, 1, sizeof MAGIC - 1, outfile_stream(out));
    (void)fwrite(sha256, 1, sizeof sha256, outfile_stream(out));
    (void)fwrite(bytes, 1, n, outfile_stream(out));
    return outfile_commit(out, d);
}
