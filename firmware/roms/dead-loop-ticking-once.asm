; The timer comes once, in two seconds, and does not end the loop.
%include "irq.inc"
%macro AT_PEI 0
        USE_IDT
        USE_GATE 0x40, handler
        TIMER 0x40, 200000000
        sti
%%wait: cmp dword [abs SCRATCH], 0x55
        jne %%wait
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        push rbx
        POKE LAPIC + 0xb0, 0
        pop rbx
        iretq
%endmacro
%include "rom.inc"
