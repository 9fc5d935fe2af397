; Jumps to 0x10, a member of a null structure used as code.
%macro AT_MEMORY 0
        mov eax, 0x10
        jmp rax
%endmacro
%include "rom.inc"
