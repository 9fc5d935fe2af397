; Sleeps, and the timer that should wake it is masked.
%include "irq.inc"
%macro AT_PEI 0
        USE_IDT
        USE_GATE 0x40, handler
        TIMER 0x10040, 1000
        sti
        hlt
        cli
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
