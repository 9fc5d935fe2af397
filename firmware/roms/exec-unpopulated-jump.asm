; A jump through a wild pointer in memory, two calls deep: the jump is named, and who called its function.
%macro AT_PEI 0
        call outer
%endmacro
%macro MODULE_CODE 0
outer:
        push rbx
        sub rsp, 0x20
        call inner
        add rsp, 0x20
        pop rbx
        ret
inner:
        push rdi
        mov rdi, SCRATCH
        mov rax, 0x50001234
        mov [rdi + 8], rax
        pop rax                 ; (a tail call, as compilers make it)
        jmp [rdi + 8]
%endmacro
%include "rom.inc"
