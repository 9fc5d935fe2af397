/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes, files and sections from the first byte on: no header of an image is in the way. */
#include "../mend.h"

#include "image/fv.h"
#include "image/tree.h"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed)
{
    return mend_mutant(bytes, n, room, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t *p = fuzz_copy(bytes, n);
    struct image_tree t;
    struct diag d = {0};
    struct fv fv = {0};
    for (size_t at = 0; fv_next(p, n, at, &fv) && fv.offset >= at; at = fv.offset + 8) {
        struct ffs_file file;
        for (size_t cursor = 0; ffs_next(p, n, &fv, &cursor, &file);)
            ;
    }
    if (image_tree_build(p, n, true, NULL, &t, &d)) {
        for (size_t i = 0; i < t.nr_nodes; i++) {
            size_t size;
            (void)tree_body(&t, &t.node[i], &size);
        }
        image_tree_free(&t);
    }
    free(p);
    return 0;
}
