; The handler ends the loop after 3 s, when the timer has come 300 times.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        mov dword [abs SCRATCH], 0
        mov dword [abs SCRATCH + 8], 0
        sti
%%wait: cmp dword [abs SCRATCH], 0x55
        jne %%wait
        cli
        POKE LAPIC + 0x320, 0x10000
        cmp dword [abs SCRATCH + 8], 300
        MUST e
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        cmp dword [abs SCRATCH + 8], 300
        jne .on
        mov dword [abs SCRATCH], 0x55
.on:    RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
