; Looks with interrupts off, as behind RaiseTPL(), and has them on for a moment in each turn.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x20040, 1000000
        mov dword [abs SCRATCH], 0
        mov dword [abs SCRATCH + 8], 0
%%wait: mov ecx, 100
%%busy: loop %%busy
        sti
        nop
        nop
        cli
        cmp dword [abs SCRATCH], 0x55
        jne %%wait
        POKE LAPIC + 0x320, 0x10000
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
