; Computes until the timer has come five times: no dead loop. Flags and registers come back as they were.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 100000
        xor r12d, r12d
        mov ebx, 0x12345678
        stc
        sti
%%wait: jnc %%bad
        inc r14d
        bt r12d, 2              ; carry: not yet
        cmc
        jnc %%four
        jmp %%wait
%%bad:  hlt
%%four: cli
        cmp ebx, 0x12345678
        MUST e
        POKE LAPIC + 0x320, 0x10000
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
