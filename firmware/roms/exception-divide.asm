; Divides by a frequency that is 0.
%macro AT_PEI 0
        USE_IDT
        xor edx, edx
        mov eax, 1000
        xor ecx, ecx
        div ecx
%endmacro
%include "rom.inc"
