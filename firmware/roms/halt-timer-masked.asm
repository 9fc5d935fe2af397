; Sleeps, and the timer that should wake it is masked.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x10040, 1000
        sti
        hlt
        cli
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
