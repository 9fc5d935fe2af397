/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/loader.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool take_segment(struct loader *l, const Elf32_Phdr *p, struct diag *d)
{
    if (l->nr_segments == LOADER_MAX_SEGMENTS)
        return diag_fail(d, l->path, 0, "the ELF file has more than %u segments to load", LOADER_MAX_SEGMENTS);
    if (p->p_filesz > p->p_memsz || p->p_offset > l->size || p->p_filesz > l->size - p->p_offset ||
        p->p_memsz > LOADER_MAX_SIZE || p->p_paddr > UINT32_MAX - p->p_memsz)
        return diag_fail(d, l->path, 0, "a segment of the ELF file reaches beyond the file, or wraps");
    struct loader_segment *s = &l->segment[l->nr_segments];
    *s = (struct loader_segment){p->p_paddr, p->p_offset, p->p_filesz, p->p_memsz};
    struct span at = {s->gpa, s->gpa + s->memsz};
    if (l->nr_segments == 0 || at.start < l->at.start)
        l->at.start = at.start;
    if (l->nr_segments == 0 || at.end > l->at.end)
        l->at.end = at.end;
    l->nr_segments++;
    return true;
}

static bool loads(const struct loader *l, uint32_t gpa)
{
    for (size_t i = 0; i < l->nr_segments; i++)
        if (gpa - l->segment[i].gpa < l->segment[i].memsz && gpa >= l->segment[i].gpa)
            return true;
    return false;
}

static bool parse(struct loader *l, struct diag *d)
{
    Elf32_Ehdr h;
    if (l->size < sizeof h)
        return diag_fail(d, l->path, 0, "too short for an ELF file; give hvmloader (Debian: xen-utils-4.17)");
    memcpy(&h, l->bytes, sizeof h);
    if (memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 || h.e_ident[EI_CLASS] != ELFCLASS32 ||
        h.e_ident[EI_DATA] != ELFDATA2LSB || h.e_machine != EM_386 || h.e_type != ET_EXEC)
        return diag_fail(d, l->path, 0, "not a 32-bit x86 ELF executable; give hvmloader (Debian: xen-utils-4.17)");
    if (h.e_phentsize != sizeof(Elf32_Phdr))
        return diag_fail(d, l->path, 0, "the ELF file's program headers have %u bytes each, not %zu", h.e_phentsize,
                         sizeof(Elf32_Phdr));
    for (unsigned i = 0; i < h.e_phnum; i++) {
        Elf32_Phdr p;
        size_t at = (size_t)h.e_phoff + i * sizeof p;
        if (at > l->size || l->size - at < sizeof p)
            return diag_fail(d, l->path, 0, "the ELF file's program headers reach beyond the file");
        memcpy(&p, l->bytes + at, sizeof p);
        if (p.p_type == PT_LOAD && p.p_memsz != 0 && !take_segment(l, &p, d))
            return false;
    }
    l->entry = h.e_entry;
    if (!loads(l, l->entry))
        return diag_fail(d, l->path, 0, "the ELF file's entry is not in what it loads");
    return true;
}

bool loader_from_bytes(const char *name, uint8_t *bytes, size_t size, struct loader *l, struct diag *d)
{
    memset(l, 0, sizeof *l);
    (void)snprintf(l->path, sizeof l->path, "%s", name);
    l->bytes = bytes;
    l->size = size;
    if (parse(l, d)) {
        hash_bytes(l->bytes, l->size, l->sha256);
        return true;
    }
    loader_free(l);
    return false;
}

bool loader_load(const char *path, struct loader *l, struct diag *d)
{
    memset(l, 0, sizeof *l);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a FIFO must not make us wait */
    FILE *f = fd >= 0 ? fdopen(fd, "rb") : NULL;
    struct stat st;
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        int err = errno;
        if (f != NULL)
            (void)fclose(f);
        return diag_fail(d, path, 0, "cannot read it: %s", strerror(err));
    }
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool usable = S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= (off_t)LOADER_MAX_SIZE;
    if (usable) {
        size = (size_t)st.st_size;
        bytes = malloc(size);
        usable = bytes != NULL && fread(bytes, 1, size, f) == size;
    }
    (void)fclose(f);
    if (usable)
        return loader_from_bytes(path, bytes, size, l, d);
    free(bytes);
    return diag_fail(d, path, 0, "not a loader: a regular file of 1 byte to 16 MiB is expected");
}

void loader_free(struct loader *l)
{
    free(l->bytes);
    l->bytes = NULL;
}
