; A write across the start of a reserved range in the middle of a page (layout hole.cfg).
%macro AT_PEI 0
        mov dword [abs 0x30107fe], 0x44332211
        mov eax, [abs 0x30107fe]
        cmp eax, 0x44332211
        MUST e
%endmacro
%include "rom.inc"
