/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libFuzzer calls, and drive.c in its place; and what targets have in common. */
#ifndef HVMBED_TESTS_FUZZ_FUZZ_H
#define HVMBED_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A target may bring its own mutator (mend.h does). */
__attribute__((visibility("default"), weak)) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room,
                                                                            unsigned seed);
__attribute__((visibility("default"))) size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t room);

/* libxlutil: Xen's parser loses what it has of a list when it stops at an error. */
__attribute__((visibility("default"), weak)) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libxlutil\n";
}

/* Memory is used again early, and not filled: most of the time would go there. */
__attribute__((visibility("default"), weak)) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4:max_malloc_fill_size=0:malloc_context_size=8";
}

/* A copy of just these bytes, for what takes ownership. */
static inline uint8_t *fuzz_copy(const uint8_t *bytes, size_t n)
{
    uint8_t *p = malloc(n != 0 ? n : 1);
    if (p == NULL)
        abort();
    memcpy(p, bytes, n);
    return p;
}

/* The bytes as a file: its path, below /proc; close(*fd) afterwards. */
static inline void fuzz_file(const uint8_t *bytes, size_t n, char path[64], int *fd)
{
    *fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (*fd < 0 || write(*fd, bytes, n) != (ssize_t)n)
        abort();
    (void)snprintf(path, 64, "/proc/self/fd/%d", *fd);
}

/* Numbers out of the front of the bytes; 0 when they are used up. */
struct feed {
    const uint8_t *p;
    size_t n;
};
static inline uint64_t feed(struct feed *f, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes && f->n > 0; i++, f->p++, f->n--)
        v |= (uint64_t)*f->p << 8 * i;
    return v;
}

/* Memory that holds some bytes at an address, and nothing else; for the readers of pure rooms. */
struct fuzz_memory {
    const uint8_t *p;
    size_t n;
    uint64_t at;
};
static inline bool fuzz_memory_read(const void *self, uint64_t address, void *dst, size_t n)
{
    const struct fuzz_memory *m = self;
    if (address < m->at || address - m->at > m->n || n > m->n - (address - m->at))
        return false;
    memcpy(dst, m->p + (address - m->at), n);
    return true;
}

#endif
