; Sleeps with interrupts off: no timer wakes it.
%include "irq.inc"
%macro AT_PEI 0
        USE_IDT
        USE_GATE 0x40, handler
        TIMER 0x40, 1000
        cli
        hlt
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
