; Writes over the info block and the E820 table once PEI memory is there: they have been read.
%macro AT_MEMORY 0
        mov edi, 0x1000
        mov ecx, 40
        xor eax, eax
        cld
        rep stosb
        mov edi, 0x10010
        mov ecx, 100
        rep stosb
        cmp [abs 0x1000], eax
        MUST e
%endmacro
%include "rom.inc"
