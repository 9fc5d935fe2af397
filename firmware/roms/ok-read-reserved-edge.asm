; Reads the last byte before a reserved range and the first behind it, and device registers (layout hole.cfg).
%macro AT_PEI 0
        mov al, [abs 0x2ffffff]
        mov al, [abs 0x3010000]
        mov al, [abs 0x30107ff]
        mov al, [abs 0x3010900]
        PEEK 0xfee00030
%endmacro
%include "rom.inc"
