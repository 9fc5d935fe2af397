; A breakpoint in real mode with an empty vector table.
%macro AT_RESET16 0
        o32 lidt [cs:%%none - code_start]
        int3
%%none:
        times 6 db 0
%endmacro
%include "rom.inc"
