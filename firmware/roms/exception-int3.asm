; A breakpoint left in.
%macro AT_PEI 0
        USE_IDT
        int3
%endmacro
%include "rom.inc"
