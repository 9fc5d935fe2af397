; Reads above the identity map.
%macro AT_PEI 0
        USE_IDT
        mov rbx, 0x1234567890
        mov eax, [rbx]
%endmacro
%include "rom.inc"
