/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a ROM of firmware/lockstep on the bed's machine, with no rule in force, and writes what peer.py writes of QEMU: the
 * memory that is compared, and the registers at the end. The machine delivers exceptions to ring 0 of long mode; all others
 * are recorded here as the ROM's own handlers would.
 * Usage: bed ROM LAYOUT MEMORY REGISTERS; exit 0 the ROM came to its end, 1 not, 2 cannot be run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "boot/case.h"
#include "machine/deliver.h"

/* firmware/lockstep/lock.inc */
#define RECORD 0x20000u
#define RECORD_END 0xA0000u
#define NR_LOG RECORD
#define ENDED (RECORD + 8)
#define RESUME (RECORD + 16)
#define LOG (RECORD + 0x100)
#define LOG_SIZE 64u
#define BY_EXCEPTION 1u
#define BY_TRIPLE 2u

struct bed {
    struct image image;
    struct layout layout;
    struct boot_case c;
    struct machine m;
    bool again;
};

static uint32_t get32(const struct bed *b, uint64_t gpa)
{
    return le32(memory_hva(&b->m.memory, gpa));
}

static void put64(const struct bed *b, uint64_t gpa, uint64_t v)
{
    put_le64(memory_hva(&b->m.memory, gpa), v);
}

static void record(const struct bed *b, const struct cpu_regs *r, const struct engine_exception *x)
{
    const uint32_t nr = get32(b, NR_LOG);
    const uint64_t at = LOG + (uint64_t)nr * LOG_SIZE;
    const bool real = (r->cr0 & 1) == 0;
    put_le32(memory_hva(&b->m.memory, NR_LOG), nr + 1);
    put64(b, at, x->vector | (uint64_t)(real ? 0 : x->code) << 32);
    put64(b, at + 8, x->vector == 14 ? r->cr2 : 0);
    put64(b, at + 16, r->rip);
    put64(b, at + 24, r->cs);
    put64(b, at + 32, r->rflags & ~0x10000u);
    put64(b, at + 40, r->gpr[CPU_RSP]);
}

/* True: delivered by the machine. Else what the ROM's handlers do is done here. */
static bool exception(void *self, const struct engine_exception *x)
{
    struct bed *b = self;
    struct cpu_regs r;
    if (deliver_possible(&b->m))
        return true;
    engine_regs(b->m.engine, &r);
    record(b, &r, x);
    b->again = get32(b, RESUME) != 0;
    if (!b->again)
        put_le32(memory_hva(&b->m.memory, ENDED), BY_EXCEPTION);
    machine_stop(&b->m);
    return false;
}

static void triple_fault(void *self, const struct engine_exception *x)
{
    struct bed *b = self;
    (void)x;
    put_le32(memory_hva(&b->m.memory, ENDED), BY_TRIPLE);
    machine_stop(&b->m);
}

static bool run(struct bed *b)
{
    static const struct machine_watcher watcher = {.exception = exception, .triple_fault = triple_fault};
    machine_watch(&b->m, &watcher, b);
    do {
        b->again = false;
        b->m.stopping = false;
        if (!machine_run(&b->m))
            return false;
        if (b->again && !engine_exception_over(b->m.engine))
            return false;
        if (b->again)
            engine_jump(b->m.engine, get32(b, RESUME));
        if (b->again)
            put64(b, RESUME, 0);
    } while (b->again);
    return true;
}

static bool write_results(struct bed *b, const char *memory, const char *registers)
{
    static const char *const segment[] = {"cs", "ss", "ds", "es", "fs", "gs"};
    struct cpu_regs r;
    FILE *f = fopen(memory, "wb");
    bool ok = f != NULL && fwrite(memory_hva(&b->m.memory, RECORD), RECORD_END - RECORD, 1, f) == 1;
    if (f != NULL)
        ok = fclose(f) == 0 && ok;
    f = ok ? fopen(registers, "w") : NULL;
    if (f == NULL)
        return false;
    engine_regs(b->m.engine, &r);
    const uint16_t selector[] = {r.cs, r.ss, r.ds, r.es, r.fs, r.gs};
    for (unsigned i = 0; i < 16; i++)
        (void)fprintf(f, "%s %llx\n", cpu_reg_names[i], (unsigned long long)r.gpr[i]);
    for (unsigned i = 0; i < 6; i++)
        (void)fprintf(f, "%s %x\n", segment[i], selector[i]);
    (void)fprintf(f, "rip %llx\nrflags %llx\ncr0 %llx\ncr2 %llx\ncr3 %llx\ncr4 %llx\nefer %llx\n",
                  (unsigned long long)r.rip, (unsigned long long)r.rflags, (unsigned long long)r.cr0,
                  (unsigned long long)r.cr2, (unsigned long long)r.cr3, (unsigned long long)r.cr4,
                  (unsigned long long)r.efer);
    return fclose(f) == 0;
}

static bool prepare(struct bed *b, char **argv, struct diag *d)
{
    const struct boot_choice choice = {.handoff = "hvm"};
    if (!image_load(argv[1], &b->image, d) || !layout_read(argv[2], &b->layout, d) ||
        !boot_case_prepare(&b->c, &b->layout, &b->image, &choice, d))
        return false;
    b->c.unchecked = true;
    return boot_case_power_on(&b->c, &b->c.layout, &b->m, d);
}

int main(int argc, char **argv)
{
    struct bed *b = calloc(1, sizeof *b);
    struct diag d = {0};
    int code = 2;
    if (b == NULL || argc != 5) {
        (void)fprintf(stderr, "usage: bed ROM LAYOUT MEMORY REGISTERS\n");
        free(b);
        return 2;
    }
    if (!prepare(b, argv, &d))
        (void)fprintf(stderr, "bed: %s: %s\n", d.file, d.message);
    else if (!run(b))
        (void)fprintf(stderr, "bed: %s\n", engine_error(b->m.engine));
    else
        code = write_results(b, argv[3], argv[4]) ? 0 : 2;
    if (b->m.engine != NULL)
        machine_exit(&b->m);
    boot_case_free(&b->c);
    image_free(&b->image);
    free(b);
    return code;
}
