; A write that begins below the E820 table and ends in it.
%macro AT_PEI 0
        mov rax, [abs 0x1000c]
        mov [abs 0x1000c], rax
%endmacro
%include "rom.inc"
