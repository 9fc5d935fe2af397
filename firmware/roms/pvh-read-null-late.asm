; The byte that SEC may read is not PEI's to read.
%define PVH 1
%macro AT_PEI 0
        mov al, [abs 0]
%endmacro
%include "rom.inc"
