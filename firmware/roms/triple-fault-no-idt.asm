; UD2 in 64-bit mode before anybody has made an IDT.
%macro AT_SEC 0
        ud2
%endmacro
%include "rom.inc"
