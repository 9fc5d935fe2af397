; Sleeps with interrupts off: no timer wakes it.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x40, 1000
        cli
        hlt
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
