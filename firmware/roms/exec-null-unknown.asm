; Where the null came from cannot be told: it was computed.
%macro AT_PEI 0
        mov eax, 0x30
        mov ecx, 0x10
        mul ecx
        call rax
%endmacro
%include "rom.inc"
