; Decides by memory that it has cleared first, the last byte of it too.
%macro AT_PEI 0
        mov edi, SCRATCH
        mov ecx, 0x124
        xor eax, eax
        cld
        rep stosb
        cmp byte [abs SCRATCH + 0x123], 0x5a
        je %%known
        nop
%%known:
%endmacro
%include "rom.inc"
