; Reads where an HVM guest has its image.
%define PVH 1
%macro AT_PEI 0
        PEEK 0xfffffff0
        inc eax
        MUST z
%endmacro
%include "rom.inc"
