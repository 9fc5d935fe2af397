/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that writes the manual when hvmbed is built: manual PROSE_DIR DOC_DIR OUT_DIR. Pages come to
 * OUT_DIR/man1/hvmbed-run.1 and so on; DOC_DIR is where the documentation will be installed.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/outfile.h"
#include "manual/pages.h"

static bool write_page(const struct page *page, const char *prose_dir, const char *doc_dir, const char *to,
                       struct diag *d)
{
    char path[PATH_MAX];
    struct prose p;
    (void)snprintf(path, sizeof path, "%s/%s.%s.mdoc", prose_dir, page->name, page->section);
    if (!prose_read(path, doc_dir, &p, d)) {
        prose_free(&p);
        return false;
    }
    (void)snprintf(path, sizeof path, "%s/man%s", to, page->section);
    bool ok = mkdir(path, 0777) == 0 || errno == EEXIST || diag_fail(d, path, 0, "%s", strerror(errno));
    (void)snprintf(path, sizeof path, "%s/man%s/%s.%s", to, page->section, page->name, page->section);
    struct outfile *out = ok ? outfile_open(path, d) : NULL;
    if (out != NULL) {
        page->write(page, &p, outfile_stream(out));
        ok = prose_used(&p, d);
        if (ok)
            ok = outfile_commit(out, d);
        else
            outfile_abort(out);
    }
    prose_free(&p);
    return out != NULL && ok;
}

int main(int argc, char **argv)
{
    struct page page;
    struct diag d = {0};
    if (argc != 4) {
        (void)fprintf(stderr, "usage: manual PROSE_DIR DOC_DIR OUT_DIR\n");
        return 2;
    }
    for (size_t i = 0; page_get(i, &page); i++)
        if (!write_page(&page, argv[1], argv[2], argv[3], &d)) {
            (void)fprintf(stderr, "manual: %s:%u: %s\n", d.file, d.line, d.message);
            return 2;
        }
    return 0;
}
