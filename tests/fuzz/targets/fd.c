/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A firmware image put together from pieces, so that no mutation moves its end, where the reset vector lies: a byte for its size
 * (and whether checksums are put right), then for each piece its place (3 bytes, in units of 8; with the highest bit from the end), its length (2) and its bytes. All that
 * is told about it, and which modules lie where.
 */
#include "../mend.h"

#include "image/facts.h"
#include "image/image.h"
#include "image/modules.h"
#include "image/pe.h"
#include "image/tree.h"

#define FILL 0xff

static void put_together(struct feed *in, uint8_t *image, size_t size)
{
    while (in->n > 5) {
        const uint32_t place = (uint32_t)feed(in, 3);
        const uint64_t want = feed(in, 2);
        const size_t n = want < in->n ? (size_t)want : in->n;
        size_t at = (size_t)(place & 0x7fffff) * 8 % size;
        if ((place & 0x800000) != 0)
            at = size - 1 - at;
        memcpy(image + at, in->p, n < size - at ? n : size - at);
        in->p += n;
        in->n -= n;
    }
}

static void look(struct image *im)
{
    static struct image_facts facts;
    struct image_tree t;
    struct diag d = {0};
    if (!image_tree_build(im->bytes, im->size, true, NULL, &t, &d))
        return;
    image_facts(im, &t, &facts);
    struct image_module m;
    for (size_t cursor = 0; image_module_next(&t, &cursor, &m);) {
        char name[64]; /* less than some need */
        struct pe_info pe;
        tree_path(&t, m.node, name, sizeof name);
        (void)pe_parse(m.bytes, m.size, &pe);
    }
    image_tree_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const size_t sizes[] = {0x1000, 0x2000, 0x8000, 0x20000};
    static struct image im;
    struct feed in = {bytes, n};
    const uint64_t how = feed(&in, 1);
    const size_t size = sizes[how % 4];
    uint8_t *image = malloc(size);
    char path[64];
    struct diag d = {0};
    int fd;
    if (image == NULL)
        abort();
    memset(image, FILL, size);
    put_together(&in, image, size);
    if ((how & 0x80) == 0)
        mend(image, size);
    fuzz_file(image, size, path, &fd);
    free(image);
    if (image_inspect(path, &im, &d)) {
        look(&im);
        image_free(&im);
    }
    (void)close(fd);
    return 0;
}
