; Makes hypercalls for ever, each with another argument.
%macro AT_START 0
        xor esi, esi
%%more: inc esi
        mov ecx, esi
        mov eax, SCHED_OP
        xor ebx, ebx
        vmcall
        jmp %%more
%endmacro
%include "loader.inc"
