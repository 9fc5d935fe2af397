; Writes over the start info once PEI memory is there.
%define PVH 1
%macro AT_MEMORY 0
        mov dword [abs 0x200000], 0
        cmp dword [abs 0x200000], 0
        MUST e
%endmacro
%include "rom.inc"
