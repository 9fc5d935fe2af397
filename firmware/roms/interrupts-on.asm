; Enables interrupts for DXE.
%macro AT_HANDOFF 0
        sti
%endmacro
%include "rom.inc"
