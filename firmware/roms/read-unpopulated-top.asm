; Reads behind the end of RAM: all ones.
%macro AT_PEI 0
        PEEK 0x40000000
        inc eax
        MUST z
%endmacro
%include "rom.inc"
