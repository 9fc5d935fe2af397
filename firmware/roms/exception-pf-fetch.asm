; Jumps above the identity map, without NX.
%macro AT_PEI 0
        USE_IDT
        mov rbx, 0x1234567890
        call rbx
%endmacro
%include "rom.inc"
