; Writes to the image that it runs from.
%define PVH 1
%macro AT_PEI 0
        POKE 0x180000, 0x11223344
%endmacro
%include "rom.inc"
