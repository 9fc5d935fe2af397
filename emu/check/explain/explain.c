/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware that stops itself: what the instruction means, and which assertion failed. */
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "check/explain/explain.h"
#include "check/internal.h"

#define VECTOR_BP 3u
#define VECTOR_UD 6u
#define LINE_MAX_BYTES 200u
#define STRING_MAX 110u
#define DUMP_MAX 8192u

static void mean(struct finding *f, const char *text)
{
    (void)snprintf(f->meaning, sizeof f->meaning, "%s", text);
}

/* Without what a breakpoint's handler prints after it: E:UefiCpuPkg/Library/CpuExceptionHandlerLib. */
static size_t before_dump(const char *log, size_t n)
{
    static const char dump[] = "!!!! X64 Exception Type - 03";
    const size_t from = n > DUMP_MAX ? n - DUMP_MAX : 0;
    const char *at = n != 0 ? memmem(log + from, n - from, dump, sizeof dump - 1) : NULL;
    return at != NULL ? (size_t)(at - log) : n;
}

/* The last line of the debug output, when it is an assertion's: E:OvmfPkg/Library/PlatformDebugLibIoPort/DebugLib.c. */
static void printed_assertion(const struct monitor *mon, struct finding *f)
{
    size_t end;
    const char *log = platform_debug_log(&mon->m->platform, &end, NULL);
    end = before_dump(log, end);
    while (end > 0 && (log[end - 1] == '\n' || log[end - 1] == '\r'))
        end--;
    size_t start = end;
    while (start > 0 && log[start - 1] != '\n' && log[start - 1] != '\r')
        start--;
    size_t n = end - start;
    if (n > 7 && memcmp(log + start, "ASSERT ", 7) == 0)
        (void)snprintf(f->assertion, sizeof f->assertion, "%.*s", (int)(n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES),
                       log + start);
}

static bool read_string(const struct monitor *mon, uint64_t gva, char out[STRING_MAX])
{
    for (size_t i = 0; i < STRING_MAX; i++) {
        if (!machine_read(mon->m, gva + i, out + i, 1))
            return false;
        if (out[i] == '\0')
            return i != 0;
        if (out[i] < 0x20 || out[i] > 0x7e)
            return false;
    }
    return false;
}

static bool names_source(const char *file)
{
    size_t n = strlen(file);
    return n > 2 && file[n - 2] == '.' && (file[n - 1] == 'c' || file[n - 1] == 'h');
}

/*
 * DebugAssert(FileName, LineNumber, Description), called with constants, as ASSERT() does: lea rcx, mov edx, lea r8 in
 * any order right before the call that returns to @back. What the call was given is then certain.
 */
static bool called_assertion(const struct monitor *mon, struct finding *f, uint64_t back)
{
    uint8_t code[24]; /* 7 + 5 + 7 bytes of arguments, 5 of the call */
    char file[STRING_MAX];
    char text[STRING_MAX];
    uint64_t rcx = 0;
    uint64_t r8 = 0;
    uint32_t line = 0;
    uint64_t start = back - sizeof code;
    if (!machine_read(mon->m, start, code, sizeof code) || code[19] != 0xe8)
        return false;
    for (size_t at = 19; at > 0;) {
        const uint8_t *p = code + at;
        uint64_t target = start + at + (uint64_t)(int64_t)(int32_t)le32(p - 4);
        if (at >= 7 && p[-7] == 0x48 && p[-6] == 0x8d && p[-5] == 0x0d) {
            rcx = target;
            at -= 7;
        } else if (at >= 7 && p[-7] == 0x4c && p[-6] == 0x8d && p[-5] == 0x05) {
            r8 = target;
            at -= 7;
        } else if (at >= 5 && p[-5] == 0xba) {
            line = le32(p - 4);
            at -= 5;
        } else {
            return false;
        }
    }
    if (rcx == 0 || r8 == 0 || line == 0 || !read_string(mon, rcx, file) || !read_string(mon, r8, text) ||
        !names_source(file))
        return false;
    (void)snprintf(f->assertion, sizeof f->assertion, "ASSERT %s(%u): %s", file, line, text);
    return true;
}

static void find_assertion(const struct monitor *mon, struct finding *f)
{
    printed_assertion(mon, f);
    if (f->assertion[0] != '\0' || f->trace == NULL || width_of(mon, &f->regs) != CODE_64)
        return;
    for (unsigned i = 1; i < f->trace->nr && f->trace->frame[i].found != FRAME_LIKELY; i++)
        if (called_assertion(mon, f, f->trace->frame[i].at.gva))
            return;
}

static bool runs(const struct finding *f, const char *function)
{
    for (unsigned i = 0; f->trace != NULL && i < f->trace->nr && i < 2; i++) {
        const struct source_place *s = &f->trace->frame[i].at.source;
        if (strcmp(s->function, function) == 0 || strcmp(s->inlined, function) == 0)
            return true;
    }
    return false;
}

static enum spin spin_at(const struct monitor *mon, const struct finding *f, uint64_t pc)
{
    uint8_t code[48];
    size_t n = sizeof code;
    while (n > 0 && !machine_read(mon->m, pc, code, n))
        n--;
    return insn_spin(code, n, width_of(mon, &f->regs), pc);
}

static void explain_loop(struct monitor *mon, struct finding *f)
{
    enum spin spin = spin_at(mon, f, f->at.gva);
    if (spin == SPIN_NONE && f->trace != NULL && f->trace->nr > 1) /* the block in CpuPause() is the lowest */
        spin = spin_at(mon, f, f->trace->frame[1].at.gva);
    if (runs(f, "CpuDeadLoop"))
        mean(f, "CpuDeadLoop(): the firmware stopped itself, as it does after a failed ASSERT");
    else if (spin == SPIN_JUMP)
        mean(f, "a jump to itself: the firmware stopped itself");
    else if (spin == SPIN_VARIABLE)
        mean(f, "a loop on a variable that nothing changes, as CpuDeadLoop() is one: the firmware stopped itself");
}

void explain(struct monitor *mon, struct finding *f)
{
    uint8_t op[2] = {0};
    (void)machine_read(mon->m, f->at.gva, op, sizeof op);
    bool stops_itself = f->rule == RULE_DEAD_LOOP;
    if (f->rule == RULE_DEAD_LOOP) {
        explain_loop(mon, f);
    } else if (f->has_fault && f->fault.vector == VECTOR_UD && op[0] == 0x0f && op[1] == 0x0b) {
        mean(f,
             "UD2 is what compilers emit for code that provably cannot be reached: behind a call that never returns, "
             "or where a pointer is null on every path; what the compiler was promised did not hold");
        stops_itself = true;
    } else if (f->has_fault && f->fault.vector == VECTOR_BP) {
        mean(f, "INT3 is CpuBreakpoint(): what a failed ASSERT does when PcdDebugPropertyMask asks for it");
        stops_itself = true;
    }
    if (stops_itself)
        find_assertion(mon, f);
}
