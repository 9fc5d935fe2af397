; Writes to the console ring, one of Xen's special pages.
%define PVH 1
%macro AT_PEI 0
        POKE 0xfefff000, 0x11223344
%endmacro
%include "rom.inc"
