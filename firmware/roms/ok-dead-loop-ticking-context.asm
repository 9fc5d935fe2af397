; The handler ends a jump to itself after 3 s: it returns elsewhere.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        mov dword [abs SCRATCH + 8], 0
        lea r13, [rel %%over]
        sti
%%wait: jmp %%wait
%%over: cli
        POKE LAPIC + 0x320, 0x10000
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        cmp dword [abs SCRATCH + 8], 300
        jne .on
        mov [rsp], r13
.on:    RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
