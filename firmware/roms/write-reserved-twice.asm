; Two instructions, two findings; the boot goes on after each.
%macro AT_PEI 0
        POKE 0xfefff000, 1
%endmacro
%macro AT_MEMORY 0
        POKE 0xfefff004, 2
        mov dword [rbx - 4], 3
%endmacro
%include "rom.inc"
