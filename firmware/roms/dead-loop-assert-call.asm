; A failed ASSERT that prints nothing: the arguments of DebugAssert() are in the code before its call.
%macro AT_PEI 0
        call failing
%endmacro
%macro MODULE_CODE 0
failing:
        push rbx
        sub rsp, 0x20
        lea r8, [description]
        mov edx, 321
        lea rcx, [file]
        call debug_assert
debug_assert:
        sub rsp, 0x38
        mov [rsp + 0x28], rcx
        call cpu_dead_loop
cpu_dead_loop:
        mov qword [rsp + 8], 0
.again: mov rax, [rsp + 8]
        test rax, rax
        je .again
        ret
file:   db "/build/MdePkg/Library/BaseLib/String.c", 0
description:
        db "Length < 1000", 0
%endmacro
%include "rom.inc"
