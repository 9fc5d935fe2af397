/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To the entry state. Unicorn's 64-bit engine starts in long mode and its API cannot leave it: writing CR0 is a raw
 * store and writing CS changes the selector only. So a hidden piece of code walks the CPU down, before anything of
 * the guest is mapped: long mode, compatibility mode, paging off, flat 32-bit (stop here for PVH), 16-bit, real mode.
 */
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "engine/internal.h"

#define TRAMPOLINE 0x10000u /* code and GDT, then PML4, PDPT, PD */
#define PML4 0x11000u
#define PDPT 0x12000u
#define PD 0x13000u
#define TRAMPOLINE_SIZE 0x4000u
#define STOP_ASIDE 0x800u
/* Intel SDM 3A, table 9-1. */
#define FPCW_RESET 0x40u
#define MXCSR_RESET 0x1F80u

/* One line an instruction group. */
/* clang-format off */
static const uint8_t code[] = {
    /* 00, 64-bit: lgdt [0x100a8]; push 0x08; push 0x10011; retfq */
    0x0f, 0x01, 0x14, 0x25, 0xa8, 0x00, 0x01, 0x00, 0x6a, 0x08, 0x68, 0x11, 0x00, 0x01, 0x00, 0x48, 0xcb,
    /* 11, 32-bit: mov eax,0x10; mov ds/es/fs/gs/ss,ax */
    0xb8, 0x10, 0x00, 0x00, 0x00, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8, 0x8e, 0xd0,
    /* 20: mov eax,0x11; mov cr0,eax (paging off) */
    0xb8, 0x11, 0x00, 0x00, 0x00, 0x0f, 0x22, 0xc0,
    /* 28: EFER = 0 */
    0xb9, 0x80, 0x00, 0x00, 0xc0, 0x31, 0xc0, 0x31, 0xd2, 0x0f, 0x30,
    /* 33: cr4 = 0; cr3 = 0 */
    0x0f, 0x22, 0xe0, 0x0f, 0x22, 0xd8,
    /* 39: jmp [0x100b2]: to the flat stop, or on to 16-bit */
    0xff, 0x25, 0xb2, 0x00, 0x01, 0x00,
    /* 3f: jmp 0x18:0x46 */
    0xea, 0x46, 0x00, 0x00, 0x00, 0x18, 0x00,
    /* 46, 16-bit: mov ax,0x20; mov ds/es/fs/gs/ss,ax (limits of real mode) */
    0xb8, 0x20, 0x00, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8, 0x8e, 0xd0,
    /* 53: mov eax,0x10; mov cr0,eax (PE off); jmp 0x1000:0x61 */
    0x66, 0xb8, 0x10, 0x00, 0x00, 0x00, 0x0f, 0x22, 0xc0, 0xea, 0x61, 0x00, 0x00, 0x10,
    /* 61, real mode: xor ax,ax; mov ds/es/fs/gs/ss,ax; jmp far [cs:0xb6] */
    0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8, 0x8e, 0xd0, 0x2e, 0xff, 0x2e, 0xb6, 0x00,
    /* 72: the flat stop */
    0xf4,
};
/* clang-format on */
#define FLAT_STOP (TRAMPOLINE + 0x72u)
#define GO_16BIT (TRAMPOLINE + 0x3fu)
#define GDT_AT 0x80u
#define GDTR_AT 0xa8u
#define FLAT_POINTER_AT 0xb2u
#define REAL_POINTER_AT 0xb6u

static const uint64_t gdt[] = {
    0,
    0x00CF9B000000FFFFULL, /* 08: 32-bit code, flat */
    0x00CF93000000FFFFULL, /* 10: data, flat */
    0x00009B010000FFFFULL, /* 18: 16-bit code, base 0x10000 */
    0x000093000000FFFFULL, /* 20: 16-bit data, base 0, limit FFFF */
};

/* Real mode is entered in the page that @entry names, but where none of the trampoline's own bytes lie. */
static uint16_t stop_ip(const struct cpu_entry *entry)
{
    return (uint16_t)(entry->eip ^ STOP_ASIDE);
}

static bool is_ours(uint64_t at)
{
    return at - TRAMPOLINE < TRAMPOLINE_SIZE;
}

static bool load(uc_engine *uc, const struct cpu_entry *entry, uint64_t stop)
{
    uint8_t page[PAGE_SIZE] = {0};
    memcpy(page, code, sizeof code);
    for (size_t i = 0; i < sizeof gdt / sizeof gdt[0]; i++)
        put_le64(page + GDT_AT + 8 * i, gdt[i]);
    put_le16(page + GDTR_AT, sizeof gdt - 1);
    put_le64(page + GDTR_AT + 2, TRAMPOLINE + GDT_AT);
    put_le32(page + FLAT_POINTER_AT, entry->mode == ENTRY_REAL ? GO_16BIT : FLAT_STOP);
    put_le16(page + REAL_POINTER_AT, stop_ip(entry));
    put_le16(page + REAL_POINTER_AT + 2, entry->cs);

    if (uc_mem_map(uc, TRAMPOLINE, TRAMPOLINE_SIZE, UC_PROT_ALL) != UC_ERR_OK ||
        uc_mem_write(uc, TRAMPOLINE, page, sizeof page) != UC_ERR_OK)
        return false;
    uint8_t table[8];
    put_le64(table, PDPT | 3u);
    if (uc_mem_write(uc, PML4, table, 8) != UC_ERR_OK)
        return false;
    put_le64(table, PD | 3u);
    if (uc_mem_write(uc, PDPT, table, 8) != UC_ERR_OK)
        return false;
    put_le64(table, 0x83u); /* one 2 MiB page, identity */
    if (uc_mem_write(uc, PD, table, 8) != UC_ERR_OK)
        return false;
    if (entry->mode != ENTRY_REAL)
        return true;
    return (is_ours(stop) || uc_mem_map(uc, page_down(stop), PAGE_SIZE, UC_PROT_ALL) == UC_ERR_OK) &&
           uc_mem_write(uc, stop, "\xf4", 1) == UC_ERR_OK;
}

static bool walk_down(uc_engine *uc)
{
    const struct {
        int reg;
        uint64_t value;
    } start[] = {
        {UC_X86_REG_CR3, PML4},
        {UC_X86_REG_CR4, 0x20}, /* PAE */
        {UC_X86_REG_CR0, 0x80000011u},
        {UC_X86_REG_RSP, TRAMPOLINE + PAGE_SIZE - 16},
    };
    uc_x86_msr efer = {.rid = 0xC0000080u, .value = 0x500}; /* LME | LMA */
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++)
        if (uc_reg_write(uc, start[i].reg, &start[i].value) != UC_ERR_OK ||
            (start[i].reg == UC_X86_REG_CR4 && uc_reg_write(uc, UC_X86_REG_MSR, &efer) != UC_ERR_OK))
            return false;
    return uc_emu_start(uc, TRAMPOLINE, 0, 0, 0) == UC_ERR_OK;
}

bool engine_walk_down(uc_engine *uc, const struct cpu_entry *entry)
{
    const uint64_t stop = ((uint64_t)entry->cs << 4) + stop_ip(entry);
    if (!load(uc, entry, stop) || !walk_down(uc))
        return false;
    if (uc_mem_unmap(uc, TRAMPOLINE, TRAMPOLINE_SIZE) != UC_ERR_OK ||
        (entry->mode == ENTRY_REAL && !is_ours(stop) && uc_mem_unmap(uc, page_down(stop), PAGE_SIZE) != UC_ERR_OK))
        return false;
    (void)uc_ctl_flush_tb(uc);
    (void)uc_ctl_flush_tlb(uc);
    uint64_t cr0 = 0;
    (void)uc_reg_read(uc, UC_X86_REG_CR0, &cr0);
    return (cr0 & 0x80000001u) == (entry->mode == ENTRY_REAL ? 0u : 1u);
}

bool engine_set_entry(struct engine *e, const struct cpu_entry *entry)
{
    const uint32_t gpr[16] = {entry->eax, entry->ecx, entry->edx, entry->ebx,
                              entry->esp, entry->ebp, entry->esi, entry->edi};
    for (unsigned i = 0; i < 16; i++)
        engine_set_reg(e, i, gpr[i]);
    engine_put(e, UC_X86_REG_RFLAGS, entry->eflags | 2u);
    engine_put(e, UC_X86_REG_FPCW, FPCW_RESET);
    engine_put(e, UC_X86_REG_MXCSR, MXCSR_RESET);
    uc_x86_mmr gdtr = {.base = entry->gdt_base, .limit = entry->gdt_limit};
    uc_x86_mmr idtr = {.base = 0, .limit = entry->idt_limit};
    if (uc_reg_write(e->uc, UC_X86_REG_GDTR, &gdtr) != UC_ERR_OK ||
        uc_reg_write(e->uc, UC_X86_REG_IDTR, &idtr) != UC_ERR_OK)
        return false;
    engine_put(e, UC_X86_REG_RIP, entry->eip);
    e->code = (struct code_segment){
        .base = entry->mode == ENTRY_REAL ? (uint64_t)entry->cs << 4 : 0,
        .selector = (uint16_t)engine_get(e, UC_X86_REG_CS),
        .is_protected = entry->mode != ENTRY_REAL,
    };
    return true;
}

bool engine_enter(struct engine *e, const struct cpu_entry *entry)
{
    if (!engine_walk_down(e->uc, entry) || !engine_set_entry(e, entry))
        return false;
    engine_count(e, true);
    return engine_add_hooks(e);
}
