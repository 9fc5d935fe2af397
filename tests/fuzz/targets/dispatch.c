/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dispatcher explained, from a volume and a handle database. Two bytes say how much of the rest is the database; what is
 * left is the volume. The first byte says what became of its drivers.
 */
#include "../mend.h"

#include "dxe/dispatch.h"

#define BASE 0x10000u
#define HANDLE (BASE + 0x80u)

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed)
{
    return mend_mutant(bytes, n, room, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct dxe_files files;
    static struct efi_protocols protocols;
    static struct dxe_dispatch out;
    struct feed in = {bytes, n};
    const uint64_t fates = feed(&in, 1), database = feed(&in, 2);
    const struct fuzz_memory b = {in.p, database < in.n ? database : in.n, BASE};
    const struct efi_reader r = {fuzz_memory_read, &b};
    const size_t left = in.n - b.n;
    uint64_t boot;
    uint8_t *volume = fuzz_copy(in.p + b.n, left);
    if (efi_system_table(&r, BASE, &boot))
        (void)efi_service(&r, boot, EFI_SIGNAL_EVENT);
    protocols.nr = 0;
    const bool there = efi_protocols_read(&r, HANDLE, &protocols);
    files.nr = 0;
    dxe_files_add(&files, volume, left);
    for (size_t i = 0; i < files.nr; i++) {
        files.f[i].fate = (enum dxe_fate)((fates >> i % 7) % 3);
        files.f[i].status = (fates & 0x80) != 0 ? 1ull << 63 | i : 0;
    }
    dxe_explain(&files, there ? &protocols : NULL, &out);
    for (size_t i = 0; i < out.nr_waiting; i++)
        if (memchr(out.waiting[i].wants, '\0', sizeof out.waiting[i].wants) == NULL)
            abort();
    free(volume);
    return 0;
}
