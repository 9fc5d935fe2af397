; Has interrupts enabled for a moment.
%macro AT_HANDOFF 0
        sti
        nop
        cli
%endmacro
%include "rom.inc"
