; Sleeps, looks at a variable that nobody changes, and sleeps again.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        sti
%%wait: hlt
        cmp dword [abs SCRATCH], 0x55
        jne %%wait
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
