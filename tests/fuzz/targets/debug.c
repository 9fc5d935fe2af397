/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A .debug file: whether it belongs to a module, the source of addresses, callers by call frame information, all lines. */
#include "../fuzz.h"

#include "debug/debugfile.h"
#include "debug/lines.h"

#define MODULE_SIZE 0x400u
#define BASE 0x3FFD8000u
#define ENTRY 0x250u
#define STACK 0x10000u

static bool read_stack(void *self, uint64_t gva, void *dst, size_t n)
{
    (void)self;
    memset(dst, (int)(gva & 0x7F), n);
    return gva >= STACK && gva - STACK < 0x1000;
}

static void on_line(void *self, const struct debug_line *l)
{
    *(size_t *)self += strlen(l->file) + l->line;
    if (l->code.start >= l->code.end)
        abort();
}
static void on_function(void *self, const struct debug_function *f)
{
    *(size_t *)self += (f->name != NULL ? strlen(f->name) : 0) + (f->file != NULL ? strlen(f->file) : 0);
}

static void ask(struct debug_file *f, uint64_t address)
{
    static const struct unwind_memory stack = {read_stack, NULL};
    struct source_place place;
    struct unwind_regs r = {.known = 0xFFFF, .pc = address}, caller;
    for (unsigned i = 0; i < 16; i++)
        r.gpr[i] = STACK + 16 * i;
    if (debug_file_place(f, address, &place) &&
        strlen(place.function) + strlen(place.inlined) + strlen(place.file) > sizeof place)
        abort();
    (void)debug_file_unwind(f, address, &r, &stack, &caller);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t code[MODULE_SIZE];
    const struct debug_module m = {"module", code, sizeof code, BASE, ENTRY};
    const char *why;
    char path[64];
    int fd;
    fuzz_file(bytes, n, path, &fd);
    struct debug_file *f = debug_file_open(path, &why);
    if (f != NULL) {
        size_t sum = 0;
        uint64_t bias;
        const struct debug_listener to = {on_line, on_function, &sum};
        const uint64_t first = debug_file_segment(f);
        (void)debug_file_matches(f, &m, &bias);
        ask(f, first + 0x10);
        ask(f, 0x240);
        ask(f, ENTRY + 2);
        (void)debug_file_lines(f, &to);
    }
    debug_file_close(f);
    (void)close(fd);
    return 0;
}
