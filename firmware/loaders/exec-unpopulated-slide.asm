; Runs zeroes to the end of RAM.
%macro AT_START 0
        mov eax, 0x3ffff000
        jmp eax
%endmacro
%include "loader.inc"
