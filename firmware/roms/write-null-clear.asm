; Clears a structure that was not allocated.
%macro AT_PEI 0
        xor edi, edi
        xor eax, eax
        mov ecx, 16
        rep stosq
%endmacro
%include "rom.inc"
