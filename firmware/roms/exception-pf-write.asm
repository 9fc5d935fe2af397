; Writes above the identity map.
%macro AT_PEI 0
        USE_IDT
        mov rbx, 0x1234567890
        mov [rbx], eax
%endmacro
%include "rom.inc"
