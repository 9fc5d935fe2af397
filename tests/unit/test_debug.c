/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The room debug on a small ELF file that is made here, and on a real .debug file damaged byte by byte where OvmfXen has
 * been built.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

#include "base/le.h"
#include "debug/folder.h"
#include "debug/symbols.h"

enum {
    TEXT_ADDR = 0x240,
    TEXT_SIZE = 0x60,
    ENTRY = 0x250,
    TEXT_AT = 0x100,
    FRAME_AT = 0x180,
    SYM_AT = 0x200,
    STR_AT = 0x280,
    NAMES_AT = 0x2a0,
    SECTIONS_AT = 0x300,
    NR_SECTIONS = 6,
    FILE_SIZE = SECTIONS_AT + NR_SECTIONS * 64,
    MODULE_SIZE = 0x400,
    WORD_AT = 0x20, /* in .text: a relocated pointer */
};
#define BASE 0x3ffd8000ULL

static char dir[64];

static void section(uint8_t *elf, unsigned i, uint32_t type, uint64_t flags, uint64_t addr, uint64_t at, uint64_t size,
                    uint32_t link, uint64_t entry)
{
    static const uint32_t names[NR_SECTIONS] = {0, 1, 7, 20, 28, 36};
    uint8_t *s = elf + SECTIONS_AT + (size_t)i * 64;
    put_le32(s, names[i]);
    put_le32(s + 4, type);
    put_le64(s + 8, flags);
    put_le64(s + 16, addr);
    put_le64(s + 24, at);
    put_le64(s + 32, size);
    put_le32(s + 40, link);
    put_le64(s + 48, 8);
    put_le64(s + 56, entry);
}

/* push rbx; sub rsp, 0x20: the frame of one function, DWARF 5, 6.4. */
static const uint8_t frames[] = {
    0x14, 0,    0,  0,    0xff, 0xff, 0xff, 0xff, 1,    0,    1, 0x78, 16, /* CIE: code 1, data -8, ra 16 */
    0x0c, 7,    8,  0x90, 1,    0,    0,    0,    0,    0,    0,           /* cfa rsp+8, ra at cfa-8 */
    0x1c, 0,    0,  0,    0,    0,    0,    0,    0x50, 0x02, 0, 0,    0,  /* FDE: ENTRY … */
    0,    0,    0,  0x30, 0,    0,    0,    0,    0,    0,    0,           /* … + 0x30 */
    0x41, 0x0e, 16, 0x83, 2,    0x44, 0x0e, 48,                            /* +1: cfa rsp+16, rbx; +5: rsp+48 */
};

static void make_elf(uint8_t elf[FILE_SIZE])
{
    memset(elf, 0, FILE_SIZE);
    memcpy(elf, "\177ELF\2\1\1", 7);
    put_le16(elf + 16, ET_EXEC);
    put_le16(elf + 18, EM_X86_64);
    put_le32(elf + 20, 1);
    put_le64(elf + 24, ENTRY);
    put_le64(elf + 40, SECTIONS_AT);
    put_le16(elf + 52, 64);
    put_le16(elf + 58, 64);
    put_le16(elf + 60, NR_SECTIONS);
    put_le16(elf + 62, 5);
    for (unsigned i = 0; i < TEXT_SIZE; i++)
        elf[TEXT_AT + i] = (uint8_t)(i * 11 + 3);
    put_le64(elf + TEXT_AT + WORD_AT, TEXT_ADDR + 0x40);
    memcpy(elf + FRAME_AT, frames, sizeof frames);
    uint8_t *sym = elf + SYM_AT + 24;
    put_le32(sym, 1);
    sym[4] = STT_FUNC;
    put_le16(sym + 6, 1);
    put_le64(sym + 8, ENTRY);
    put_le64(sym + 16, 0x30);
    memcpy(elf + STR_AT, "\0Entry", 7);
    memcpy(elf + NAMES_AT, "\0.text\0.debug_frame\0.symtab\0.strtab\0.shstrtab", 46);
    section(elf, 1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT_ADDR, TEXT_AT, TEXT_SIZE, 0, 0);
    section(elf, 2, SHT_PROGBITS, 0, 0, FRAME_AT, sizeof frames, 0, 0);
    section(elf, 3, SHT_SYMTAB, 0, 0, SYM_AT, 48, 4, 24);
    section(elf, 4, SHT_STRTAB, 0, 0, STR_AT, 7, 0, 0);
    section(elf, 5, SHT_STRTAB, 0, 0, NAMES_AT, 46, 0, 0);
}

/* The module that GenFw makes of it, loaded to BASE. */
static void make_module(const uint8_t elf[FILE_SIZE], uint8_t module[MODULE_SIZE])
{
    memset(module, 0xcc, MODULE_SIZE);
    memcpy(module + TEXT_ADDR, elf + TEXT_AT, TEXT_SIZE);
    put_le64(module + TEXT_ADDR + WORD_AT, BASE + TEXT_ADDR + 0x40);
}

static struct debug_module module_of(const char *name, const uint8_t *bytes)
{
    return (struct debug_module){.name = name, .bytes = bytes, .size = MODULE_SIZE, .base = BASE, .entry = ENTRY};
}

static void write_file(const char *name, const void *bytes, size_t n, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static bool file_matches(const uint8_t *elf, size_t n, const struct debug_module *m)
{
    char path[128];
    const char *why;
    uint64_t bias = 0;
    write_file("X.debug", elf, n, path);
    struct debug_file *f = debug_file_open(path, &why);
    bool matches = f != NULL && debug_file_matches(f, m, &bias);
    assert_true(!matches || bias == BASE);
    debug_file_close(f);
    assert_int_equal(unlink(path), 0);
    return matches;
}

static void content_decides(void **state)
{
    (void)state;
    uint8_t elf[FILE_SIZE];
    uint8_t module[MODULE_SIZE];
    make_elf(elf);
    make_module(elf, module);
    struct debug_module m = module_of("Test", module);
    assert_true(file_matches(elf, sizeof elf, &m));
    /* any other byte of code: another build */
    for (unsigned i = 0; i < TEXT_SIZE; i++) {
        module[TEXT_ADDR + i] ^= 0x10;
        assert_false(file_matches(elf, sizeof elf, &m));
        module[TEXT_ADDR + i] ^= 0x10;
    }
    /* loaded elsewhere than relocated to; another entry point; cut short */
    struct debug_module other = m;
    other.base += 0x1000;
    assert_false(file_matches(elf, sizeof elf, &other));
    other = m;
    other.entry += 8;
    assert_false(file_matches(elf, sizeof elf, &other));
    other = m;
    other.size = TEXT_ADDR + TEXT_SIZE - 1;
    assert_false(file_matches(elf, sizeof elf, &other));
    /* not relocated yet */
    put_le64(module + TEXT_ADDR + WORD_AT, TEXT_ADDR + 0x40);
    assert_true(file_matches(elf, sizeof elf, &m));
    /* not x86, not linked, no code, truncated */
    put_le16(elf + 18, EM_AARCH64);
    assert_false(file_matches(elf, sizeof elf, &m));
    make_elf(elf);
    put_le16(elf + 16, ET_REL);
    assert_false(file_matches(elf, sizeof elf, &m));
    make_elf(elf);
    put_le64(elf + SECTIONS_AT + 64 + 8, SHF_ALLOC);
    assert_false(file_matches(elf, sizeof elf, &m));
    make_elf(elf);
    for (size_t n = 0; n < sizeof elf; n += 13)
        assert_false(file_matches(elf, n, &m));
}

/* One stack slot: what is read from it. */
struct stack {
    uint64_t at, value[8];
};

static bool read_stack(void *self, uint64_t gva, void *dst, size_t n)
{
    const struct stack *s = self;
    if (gva < s->at || gva % 8 != 0 || n != 8 || gva - s->at >= sizeof s->value)
        return false;
    put_le64(dst, s->value[(gva - s->at) / 8]);
    return true;
}

static void names_and_frames(void **state)
{
    (void)state;
    uint8_t elf[FILE_SIZE];
    char path[128];
    const char *why;
    struct source_place place;
    make_elf(elf);
    write_file("X.debug", elf, sizeof elf, path);
    struct debug_file *f = debug_file_open(path, &why);
    assert_non_null(f);
    assert_true(debug_file_place(f, ENTRY + 0x2f, &place));
    assert_string_equal(place.function, "Entry");
    assert_int_equal(place.line, 0);
    assert_false(debug_file_place(f, ENTRY + 0x30, &place));
    assert_false(debug_file_place(f, ENTRY - 1, &place));
    assert_false(debug_file_place(f, UINT64_MAX, &place));

    struct stack stack = {0x8000, {1, 2, 3, 4, 0xbbbb, 0x1234, 7, 8}};
    struct unwind_memory mem = {read_stack, &stack};
    struct unwind_regs r = {.known = UINT16_MAX, .pc = ENTRY + 5};
    struct unwind_regs up;
    r.gpr[UNWIND_RSP] = 0x8000;
    r.gpr[12] = 0xcccc;
    assert_true(debug_file_unwind(f, ENTRY + 5, &r, &mem, &up));
    assert_int_equal(up.pc, 0x1234);
    assert_int_equal(up.gpr[UNWIND_RSP], 0x8030);
    assert_int_equal(up.gpr[3], 0xbbbb);
    assert_true((up.known >> 3 & 1) != 0 && (up.known >> 12 & 1) != 0 && up.gpr[12] == 0xcccc);
    assert_true((up.known & 1) == 0); /* rax is the callee's */
    assert_true(debug_file_unwind(f, ENTRY, &r, &mem, &up));
    assert_int_equal(up.pc, 1);
    assert_int_equal(up.gpr[UNWIND_RSP], 0x8008);
    /* no information; a stack that cannot be read; a stack pointer that is not known */
    assert_false(debug_file_unwind(f, ENTRY + 0x30, &r, &mem, &up));
    r.gpr[UNWIND_RSP] = 0x9000;
    assert_false(debug_file_unwind(f, ENTRY, &r, &mem, &up));
    r.gpr[UNWIND_RSP] = 0x8000;
    r.known = (uint16_t) ~(1u << UNWIND_RSP);
    assert_false(debug_file_unwind(f, ENTRY, &r, &mem, &up));
    debug_file_close(f);
    assert_int_equal(unlink(path), 0);
}

static void folders(void **state)
{
    (void)state;
    uint8_t elf[FILE_SIZE];
    uint8_t module[MODULE_SIZE];
    char path[4][128];
    struct diag d;
    make_elf(elf);
    make_module(elf, module);
    struct debug_module m = module_of("Test", module);
    assert_null(symbols_open("/nowhere", &d));
    assert_non_null(strstr(d.message, "--symbols"));

    struct symbols *s = symbols_open(dir, &d);
    assert_non_null(s);
    assert_null(symbols_note(s, 0)); /* nothing is looked at before it is asked for */
    assert_null(symbols_for(s, &m));
    assert_non_null(strstr(symbols_note(s, 0), "no .debug file"));
    symbols_close(s);

    /* The namesake is of another build, deeper down; another name has the code. */
    (void)snprintf(path[3], sizeof path[3], "%s/X64", dir);
    assert_int_equal(mkdir(path[3], 0700), 0);
    elf[TEXT_AT + 5] ^= 1;
    write_file("X64/Test.debug", elf, sizeof elf, path[0]);
    s = symbols_open(dir, &d);
    assert_null(symbols_for(s, &m));
    assert_null(symbols_for(s, &m));
    assert_string_equal(symbols_note(s, 0), "Test.debug: does not match the image: not used");
    assert_null(symbols_note(s, 1));
    assert_null(symbols_used(s, 0));
    symbols_close(s);
    write_file("X64/Junk.debug", "not an ELF file", 15, path[1]);
    elf[TEXT_AT + 5] ^= 1;
    write_file("Other.debug", elf, sizeof elf, path[2]);
    s = symbols_open(dir, &d);
    const struct symbols_match *match = symbols_for(s, &m);
    assert_non_null(match);
    assert_string_equal(match->name, "Other.debug");
    assert_int_equal(match->bias, BASE);
    assert_ptr_equal(symbols_for(s, &m), match);
    assert_string_equal(symbols_used(s, 0), "Other.debug");
    assert_null(symbols_note(s, 0));
    symbols_close(s);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(unlink(path[i]), 0);
    assert_int_equal(rmdir(path[3]), 0);
}

/* Everything that can be asked, of a damaged file: any answer will do. */
static void ask(const char *path, const uint64_t *address, size_t nr)
{
    const char *why;
    struct debug_file *f = debug_file_open(path, &why);
    if (f == NULL)
        return;
    static uint8_t module[0x20000];
    struct debug_module m = {.name = "X", .bytes = module, .size = sizeof module, .base = BASE, .entry = ENTRY};
    struct stack stack = {0x8000, {0}};
    struct unwind_memory mem = {read_stack, &stack};
    struct unwind_regs r = {.known = UINT16_MAX};
    struct unwind_regs up;
    struct source_place place;
    uint64_t bias;
    (void)debug_file_matches(f, &m, &bias);
    r.gpr[UNWIND_RSP] = 0x8000;
    for (size_t i = 0; i < nr; i++) {
        (void)debug_file_place(f, address[i], &place);
        (void)debug_file_unwind(f, address[i], &r, &mem, &up);
    }
    debug_file_close(f);
}

static void damage(uint8_t *file, size_t n, unsigned rounds, const uint64_t *address, size_t nr)
{
    char path[128];
    uint32_t seed = 12345;
    for (unsigned i = 0; i < rounds; i++) {
        size_t at[3];
        uint8_t old[3];
        for (unsigned k = 0; k < 3; k++) {
            seed = seed * 1664525 + 1013904223;
            /* every third in the headers, which say where everything is */
            at[k] = (seed >> 4) % (k == 0 ? (n < 64 ? n : 64) : n);
            old[k] = file[at[k]];
            file[at[k]] = (uint8_t)(k == 0 && i % 4 != 0 ? old[k] : old[k] ^ (1u << (seed >> 29)));
        }
        write_file("Damaged.debug", file, n, path);
        ask(path, address, nr);
        for (unsigned k = 3; k-- > 0;)
            file[at[k]] = old[k];
    }
    (void)unlink(path);
}

static void damaged_files(void **state)
{
    (void)state;
    static const uint64_t address[] = {ENTRY, ENTRY + 5, ENTRY + 0x20, 0};
    uint8_t elf[FILE_SIZE];
    make_elf(elf);
    damage(elf, sizeof elf, 4000, address, 4);
}

static void damaged_real_file(void **state)
{
    (void)state;
    static const uint64_t address[] = {0x300, 0x1000, 0x2000, 0x3000};
    char path[512];
    const char *firmware = getenv("FIRMWARE_DIR");
    (void)snprintf(path, sizeof path, "%s/ovmfxen/RELEASE/ReportStatusCodeRouterPei.debug",
                   firmware != NULL ? firmware : "build/firmware");
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        skip();
    static uint8_t file[2 << 20];
    size_t n = fread(file, 1, sizeof file, f);
    assert_int_equal(fclose(f), 0);
    assert_in_range(n, 1000, sizeof file - 1);
    damage(file, n, 300, address, 4);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/hvmbed-test-debug-XXXXXX");
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_decides), cmocka_unit_test(names_and_frames),  cmocka_unit_test(folders),
        cmocka_unit_test(damaged_files),   cmocka_unit_test(damaged_real_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
