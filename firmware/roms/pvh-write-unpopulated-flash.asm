; Writes where an HVM guest has its image: a PVH guest has nothing there.
%define PVH 1
%macro AT_PEI 0
        POKE 0xfff00000, 0x11223344
%endmacro
%include "rom.inc"
