; The timer ticks every millisecond.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 100000
        xor r12d, r12d
        sti
%%wait: mov ecx, 300
%%turn: cmp dword [abs SCRATCH], 0x55
        je %%over
        loop %%turn
        jmp %%wait
%%over:
%endmacro
%macro MODULE_CODE 0
handler:
        inc dword [abs SCRATCH + 8]
        RETURN_FROM_TIMER
%endmacro
%include "rom.inc"
