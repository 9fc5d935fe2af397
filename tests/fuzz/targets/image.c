/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A firmware file: whether it is one, all that it holds, unpacked, and what that tells. */
#include "../fuzz.h"

#include "image/facts.h"
#include "image/image.h"
#include "image/modules.h"
#include "image/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct image im;
    static struct image_facts facts;
    struct image_tree t;
    struct diag d = {0};
    char path[64];
    int fd;
    memset(&im, 0, sizeof im);
    fuzz_file(bytes, n, path, &fd);
    if (image_inspect(path, &im, &d)) {
        if (image_tree_build(im.bytes, im.size, true, NULL, &t, &d)) {
            image_facts(&im, &t, &facts);
            for (size_t i = 0; i < t.nr_nodes; i++) {
                char name[256];
                tree_path(&t, i, name, sizeof name);
            }
            image_tree_free(&t);
        }
        image_free(&im);
    }
    (void)close(fd);
    return 0;
}
