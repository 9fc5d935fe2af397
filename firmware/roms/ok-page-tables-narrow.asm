; Maps with pages of 1 GiB what a processor with 36 address bits cannot reach, as DxeIpl does.
%macro AT_MEMORY 0
        mov rax, 0x1000000083
        mov [abs PAGE_TABLES + 0x1000 + 8 * 64], rax
%endmacro
%include "rom.inc"
