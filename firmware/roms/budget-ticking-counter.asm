; Waits for a bit of a counter that the timer's handler counts: the registers stay the same, but that is no dead loop.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        mov dword [abs SCRATCH], 0
        sti
%%wait: bt dword [abs SCRATCH], 24
        jnc %%wait
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH]
        RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
