; An interrupt comes, and its gate is not present.
%include "irq.inc"
%macro AT_PEI 0
        USE_IDT
        mov dword [abs IDT_AT + 0x40 * 16 + 4], 0
        TIMER 0x40, 1000
        sti
        hlt
        cli
%endmacro
%include "rom.inc"
