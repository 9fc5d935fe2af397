/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/le.h"
#include "base/span.h"
#include "engine/debug.h"
#include "gdb/internal.h"

#define CR0_PE 1u
#define EFER_LMA 0x400u
#define DESCRIPTOR_LONG 0x20u /* in byte 6: CS.L */
#define DESCRIPTOR_32 0x40u   /* CS.D */

bool gdb_cpu_there(struct gdb_session *s, unsigned cpu)
{
    uint64_t unused;
    return cpu < s->m->vcpus.nr && engine_paging_of(s->m->engine, cpu, &unused, &unused, &unused, &unused);
}

static bool paging(struct gdb_session *s, struct paging *p)
{
    p->phys_bits = s->m->layout->phys_bits;
    return engine_paging_of(s->m->engine, s->cpu, &p->cr0, &p->cr3, &p->cr4, &p->efer);
}

uint64_t gdb_to_gpa(struct gdb_session *s, uint64_t at)
{
    struct paging p;
    struct walk w;
    if (s->physical)
        return at;
    return paging(s, &p) && walk_gva(&s->m->memory, &p, at, &w) ? w.gpa : UINT64_MAX;
}

static size_t in_page(uint64_t at, size_t n)
{
    const uint64_t left = PAGE_SIZE - at % PAGE_SIZE;
    return n < left ? n : (size_t)left;
}

/* The plan's ranges need not end at page boundaries. */
static size_t read_piece(const struct memory *m, uint64_t gpa, uint8_t *out, size_t n)
{
    size_t done = 0;
    if (memory_read(m, gpa, out, n))
        return n;
    while (done < n && memory_read(m, gpa + done, out + done, 1))
        done++;
    return done;
}

size_t gdb_memory_read(struct gdb_session *s, uint64_t at, uint8_t *out, size_t n)
{
    size_t done = 0;
    while (done < n) {
        const size_t piece = in_page(at + done, n - done);
        const uint64_t gpa = gdb_to_gpa(s, at + done);
        const size_t got = gpa != UINT64_MAX ? read_piece(&s->m->memory, gpa, out + done, piece) : 0;
        done += got;
        if (got < piece)
            break;
    }
    return done;
}

bool gdb_memory_write(struct gdb_session *s, uint64_t at, const uint8_t *in, size_t n)
{
    for (size_t done = 0, piece; done < n; done += piece) {
        const uint64_t gpa = gdb_to_gpa(s, at + done);
        piece = in_page(at + done, n - done);
        if (gpa == UINT64_MAX || !memory_write(&s->m->memory, gpa, in + done, piece))
            return false;
        engine_wrote(s->m->engine, gpa, piece);
    }
    return true;
}

static uint64_t reg(struct gdb_session *s, unsigned cpu, enum engine_register r)
{
    uint8_t raw[ENGINE_REGISTER_SIZE];
    (void)engine_read_register(s->m->engine, cpu, r, raw);
    return le64(raw);
}

/* Flags of the code segment's descriptor: its byte 6. Where it cannot be read, what firmware has there. */
static uint8_t segment_flags(struct gdb_session *s, unsigned cpu, bool is_long)
{
    uint64_t base;
    uint32_t limit;
    uint8_t d[8];
    engine_gdt(s->m->engine, &base, &limit);
    const uint64_t at = reg(s, cpu, ENGINE_CS) & 0xfff8u;
    if (cpu == s->m->vcpus.current && at + 7 <= limit && machine_read(s->m, base + at, d, sizeof d))
        return d[6];
    return is_long ? DESCRIPTOR_LONG : DESCRIPTOR_32;
}

enum mode { MODE_REAL, MODE_PROTECTED_16, MODE_PROTECTED_32, MODE_COMPATIBLE_16, MODE_COMPATIBLE_32, MODE_LONG };

static enum mode mode_of(struct gdb_session *s, unsigned cpu)
{
    const bool is_long = (reg(s, cpu, ENGINE_EFER) & EFER_LMA) != 0;
    if ((reg(s, cpu, ENGINE_CR0) & CR0_PE) == 0)
        return MODE_REAL;
    const uint8_t flags = segment_flags(s, cpu, is_long);
    if (is_long && (flags & DESCRIPTOR_LONG) != 0)
        return MODE_LONG;
    if (is_long)
        return (flags & DESCRIPTOR_32) != 0 ? MODE_COMPATIBLE_32 : MODE_COMPATIBLE_16;
    return (flags & DESCRIPTOR_32) != 0 ? MODE_PROTECTED_32 : MODE_PROTECTED_16;
}

enum code_width gdb_width(struct gdb_session *s, unsigned cpu)
{
    static const enum code_width width[] = {CODE_16, CODE_16, CODE_32, CODE_16, CODE_32, CODE_64};
    return width[mode_of(s, cpu)];
}

const char *gdb_mode(struct gdb_session *s, unsigned cpu)
{
    static const char *const name[] = {
        "real mode, 16-bit code",          "protected mode, 16-bit code",     "protected mode, 32-bit code",
        "compatibility mode, 16-bit code", "compatibility mode, 32-bit code", "long mode, 64-bit code",
    };
    return name[mode_of(s, cpu)];
}
