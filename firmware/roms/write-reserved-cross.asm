; A write that begins in RAM and ends in a reserved page (layout hole.cfg): the last byte is the wrong one.
%macro AT_PEI 0
        mov dword [abs 0x2fffffd], 0x44332211
        mov eax, [abs 0x2fffffd]
        cmp eax, 0x44332211      ; it takes place all the same
        MUST e
%endmacro
%include "rom.inc"
