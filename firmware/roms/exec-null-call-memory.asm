; Calls a member of a structure that nobody has filled: the pointer lies in memory.
%macro AT_PEI 0
        mov edi, SCRATCH
        call [rdi + 0x18]
%endmacro
%include "rom.inc"
