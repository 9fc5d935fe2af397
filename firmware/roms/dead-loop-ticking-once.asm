; The timer comes once, in two seconds, and does not end the loop.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x40, 200000000
        sti
%%wait: cmp dword [abs SCRATCH], 0x55
        jne %%wait
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
