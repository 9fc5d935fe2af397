; A loop of several blocks, with conditions that never change.
%macro AT_MEMORY 0
        xor eax, eax
%%top:
        test eax, eax
        jz %%a
        nop
%%a:
        cmp eax, 1
        je %%b
        jmp %%c
%%b:
        nop
%%c:
        lea rcx, [rax + 7]
        jmp %%top
%endmacro
%include "rom.inc"
