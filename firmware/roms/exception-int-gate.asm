; INT n whose gate is not present.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        NO_GATE 0x80
        int 0x80
%endmacro
%include "rom.inc"
