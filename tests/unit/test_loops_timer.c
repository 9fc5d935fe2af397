/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dead loops (check/loop/) that a timer interrupts: which of them its handler can end. */
#include "loops_kit.h"

/* One processor in long mode whose local APIC's timer interrupts it. Bus cycles are of 10 ns. */
#define SETUP                                                                      \
    "0f011500100005"                            /* lgdt [DATA + 0x1000] */         \
    "0f20e0 83c820 0f22e0 b800200005 0f22d8"    /* PAE; CR3: DATA + 0x2000 */      \
    "b9800000c0 0f32 0d00010000 0f30"           /* EFER.LME */                     \
    "0f20c0 0d00000080 0f22c0 ea380090000800"   /* paging; jmp 8:next */           \
    "0f011c2508100005 bc00000105 bb0000e0fe"    /* next: lidt [DATA + 0x1008]; \
                                                stack; ebx: the APIC */   \
    "c783f0000000ff010000 c783e00300000b000000" /* on, divided by 1 */             \
    "8b042518100005 898320030000"               /* its LVT entry: DATA + 0x1018 */ \
    "8b04251c100005 898380030000"               /* its count: DATA + 0x101c */     \
    "31c0 e981000000"                           /* xor eax, eax; jmp LOOP */
#define LOOP (CODE + 0x100)
#define HANDLER (CODE + 0x1000)
#define VECTOR 0x40u
#define PERIODIC 0x20040u
#define ONCE 0x40u
#define MS10 1000000u
#define RETURN "c783b000000000000000 48cf" /* mov dword [rbx + EOI], 0; iretq */

struct ticking {
    const char *what, *loop, *handler;
    uint32_t lvt, count;
    bool dead;
    const char *says;
    unsigned words; /* instead of a loop: one that loads so many, the last of them DATA + 8 */
};

/* sti; again: mov ecx, [DATA + 8 * words], jmp to the next, twice; and so on down to DATA + 8; xor ecx, ecx; jmp again */
static size_t load_words(unsigned words, uint8_t *out)
{
    size_t n = hex("fb", out);
    for (unsigned i = 2 * words; i > 0; i--) {
        n += hex("8b0c25", out + n);
        put_le32(out + n, DATA + 8 * ((i + 1) / 2));
        n += 4;
        n += hex("eb00", out + n);
    }
    n += hex("31c9 e9", out + n);
    put_le32(out + n, (uint32_t) - (int32_t)(n + 4 - 1));
    return n + 4;
}

/* The first 4 GiB as they are, in pages of 2 MiB; a segment for code, one for data; a gate. */
static void put_tables(void)
{
    for (unsigned i = 0; i < 2048; i++)
        checks_poke(c, DATA + 0x4000 + 8 * i, i << 21 | 0x83);
    for (unsigned i = 0; i < 4; i++)
        checks_poke(c, DATA + 0x3000 + 8 * i, (DATA + 0x4000 + 0x1000 * i) | 3);
    checks_poke(c, DATA + 0x2000, (DATA + 0x3000) | 3);
    checks_poke(c, DATA + 0x1000, (DATA + 0x1100) << 16 | 23);
    checks_poke(c, DATA + 0x1004, (DATA + 0x1100) >> 16);
    checks_poke(c, DATA + 0x1008, (DATA + 0x1200) << 16 | 0x7FF);
    checks_poke(c, DATA + 0x100C, (DATA + 0x1200) >> 16);
    checks_poke(c, DATA + 0x1108, 0x0000FFFF);
    checks_poke(c, DATA + 0x110C, 0x00AF9B00);
    checks_poke(c, DATA + 0x1110, 0x0000FFFF);
    checks_poke(c, DATA + 0x1114, 0x00CF9300);
    checks_poke(c, DATA + 0x1200 + 16 * VECTOR, (HANDLER & 0xFFFF) | 8u << 16);
    checks_poke(c, DATA + 0x1204 + 16 * VECTOR, (HANDLER & 0xFFFF0000) | 0x8E00);
}

static void with_timer(const struct ticking *p)
{
    static uint8_t code[2048];
    start(1, 3000000);
    struct memory *mem = &c->m.memory;
    memset(memory_hva(mem, DATA), 0, 0x10000);
    assert_true(memory_write(mem, CODE, code, hex(SETUP, code)));
    assert_true(memory_write(mem, LOOP, code, p->loop != NULL ? hex(p->loop, code) : load_words(p->words, code)));
    size_t n = hex(p->handler, code);
    n += hex(RETURN, code + n);
    assert_true(memory_write(mem, HANDLER, code, n));
    put_tables();
    checks_poke(c, DATA + 0x1018, p->lvt);
    checks_poke(c, DATA + 0x101C, p->count);
    finish(&(struct program){p->what, {NULL}, p->dead, 0, p->says});
}

#define ON_FLAG "fb 833c250000000555 75f6" /* sti; until [DATA] is 0x55 */
#define TICKS "ff042500010005"             /* inc dword [DATA + 0x100] */
#define TICKS_WORD "ff042508000005"        /* inc dword [DATA + 8] */
#define FLAG_AT_300 TICKS "813c25000100052c010000 750b c704250000000555000000"
#define LOADS(low) "fb 8b0c25" low "000005 31c9 ebf5" /* sti; again: mov ecx, [DATA + low]; xor ecx, ecx; jmp again */
#define LOADS_TWO(low, next) "fb 8b0c25" low "000005 8b0c25" next "000005 31c9 ebee"
static void interrupted(void **state)
{
    (void)state;
    static const struct ticking t[] = {
        {"nothing changes", "fb ebfe", TICKS, PERIODIC, MS10, true, "6000 interrupts in 60 s", 0},
        {"a flag that nobody sets", ON_FLAG, TICKS, PERIODIC, MS10, true, "6000 interrupts in 60 s", 0},
        {"a flag that is set", ON_FLAG " ffc1 ebfc", FLAG_AT_300, PERIODIC, MS10, false, NULL, 0},
        {"the last timer has run out", ON_FLAG, TICKS, ONCE, 20 * MS10, true, "can never end", 0},
        {"interrupts are off", "fa ebfe", TICKS, PERIODIC, MS10, true, "can never end", 0},
        {"interrupts are off for most of it", "fb 90 90 fa 833c250000000555 75f2", TICKS, PERIODIC, MS10, true,
         "does not end", 0},
        {"it goes on elsewhere", "fb ebfe ffc1 ebfc", "83042402", PERIODIC, MS10, false, NULL, 0},
        {"a register changes", "fb ebfe", "ffc0", PERIODIC, MS10, false, NULL, 0},
        {"it asks a device", "fb 66ba8000 ec ebfd", TICKS, PERIODIC, MS10, true, "a device that does not answer; ", 0},
        {"it stores the same", "fb c704250000000500000000 ebf3", TICKS, PERIODIC, MS10, true, "does not end", 0},
        {"it changes memory", "fb f7142500000005 ebf7", TICKS, PERIODIC, MS10, false, NULL, 0},
        {"what it loads changes", LOADS("08"), TICKS_WORD, PERIODIC, MS10, false, NULL, 0},
        {"the end of what it loads changes", LOADS("06"), TICKS_WORD, PERIODIC, MS10, false, NULL, 0},
        {"what is behind it changes", LOADS("04"), TICKS_WORD, PERIODIC, MS10, true, "does not end", 0},
        {"the second that it loads changes", LOADS_TWO("00", "08"), TICKS_WORD, PERIODIC, MS10, false, NULL, 0},
        {"the first that it loads changes", LOADS_TWO("08", "10"), TICKS_WORD, PERIODIC, MS10, false, NULL, 0},
        {"the last of 64 words changes", NULL, TICKS_WORD, PERIODIC, MS10, false, NULL, 64},
        {"it loads 33 words", NULL, "90", PERIODIC, 10 * MS10, true, "does not end", 33},
        {"it loads 64 words", NULL, "90", PERIODIC, 10 * MS10, true, "does not end", 64},
        {"it loads 65 words", NULL, "90", PERIODIC, 10 * MS10, false, NULL, 65},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        with_timer(&t[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(interrupted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
