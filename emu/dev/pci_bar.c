/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Video memory holds what is written to it, and costs what is touched. Of registers none is modelled. */
#include "dev/pci_bar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct behind {
    enum pci_behind kind;
    uint8_t *vram;
    uint64_t size;
};

static uint64_t bar_read(void *self, uint64_t offset, unsigned size)
{
    const struct behind *b = self;
    uint64_t value = b->kind == BEHIND_ONES ? UINT64_MAX : 0;
    if (b->kind == BEHIND_VRAM && size <= sizeof value && offset <= b->size - size)
        memcpy(&value, b->vram + offset, size);
    return value;
}

static void bar_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    struct behind *b = self;
    if (b->kind == BEHIND_VRAM && size <= sizeof value && offset <= b->size - size)
        memcpy(b->vram + offset, &value, size);
}

const struct device_ops pci_bar_ops = {.name = "pci bar", .read = bar_read, .write = bar_write};

static void bar_free(void *self)
{
    struct behind *b = self;
    if (b->vram != NULL)
        (void)munmap(b->vram, b->size);
    free(b);
}

void *pci_bar_new(struct bus *bus, const struct pci_bar *bar)
{
    struct behind *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    *b = (struct behind){.kind = bar->behind, .size = bar->size};
    if (b->kind == BEHIND_VRAM) {
        void *p = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        b->vram = p != MAP_FAILED ? p : NULL;
    }
    if ((b->kind == BEHIND_VRAM && b->vram == NULL) || !bus_own(bus, b, bar_free)) {
        bar_free(b);
        return NULL;
    }
    return b;
}
