; Calls through a pointer in memory that somebody has filled.
%macro AT_PEI 0
        mov edi, SCRATCH
        lea rax, [nothing]
        mov [rdi + 0x18], rax
        call [rdi + 0x18]
%endmacro
%macro MODULE_CODE 0
nothing:
        ret
%endmacro
%include "rom.inc"
