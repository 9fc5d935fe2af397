; Copies from a null pointer across the end of page 0: what lies behind it may be read.
%macro AT_MEMORY 0
        mov esi, 0xff0
        mov edi, SCRATCH
        mov ecx, 8
        rep movsd
        mov eax, [abs SCRATCH + 16]
        cmp eax, "XenH"
        MUST e
%endmacro
%include "rom.inc"
