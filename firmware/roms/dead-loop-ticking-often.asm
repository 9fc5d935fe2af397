; The timer ticks every millisecond.
%include "irq.inc"
%macro AT_PEI 0
        USE_IDT
        USE_GATE 0x40, handler
        TIMER 0x20040, 100000
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
        push rbx
        POKE LAPIC + 0xb0, 0
        pop rbx
        iretq
%endmacro
%include "rom.inc"
