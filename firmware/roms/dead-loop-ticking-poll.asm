; Waits for a device that does not answer, while the timer ticks.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        mov dx, 0x3fd
        sti
%%wait: in al, dx
        test al, 1
        jnz %%wait
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
