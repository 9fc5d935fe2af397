; A pointer to a function is set, and cleared by another before it is called: the last of two writers is the one.
%macro AT_PEI 0
        call set
        call clear
        mov edi, SCRATCH
        call [rdi + 0x18]
%endmacro
%macro MODULE_CODE 0
set:    lea rax, [clear]
        mov [abs SCRATCH + 0x18], rax
        ret
clear:  xor ecx, ecx
        mov esi, SCRATCH
        mov [rsi + 0x18], rcx
        ret
%endmacro
%include "rom.inc"
