; Writes just below and just behind the image that it runs from, once PEI memory is there; takes
; back what lies below 1 MiB.
%define PVH 1
%macro AT_MEMORY 0
        xor byte [abs 0xfffff], 1
        xor byte [abs 0xfffff], 1
        mov byte [abs 0x200000], 1
%endmacro
%include "rom.inc"
