; Maps what the processor has no address lines for.
%macro AT_MEMORY 0
        mov rax, 0x10000000083
        mov [abs PAGE_TABLES + 0x1000 + 8 * 100], rax
%endmacro
%include "rom.inc"
