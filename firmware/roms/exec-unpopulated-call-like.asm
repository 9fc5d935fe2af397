; A call through a wild pointer, two calls deep, in a function whose middle a constant seems to call: the function begins where
; it does, and who called it is told.
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
        sub rsp, 0x20
        db 0x48, 0xb8, 0xe8     ; mov rax, imm64, whose first byte is CALL's
        dd .middle - ($ + 4)
        db 0, 0, 0
        mov [rsp], rax
.middle:
        mov rdi, SCRATCH
        mov rax, 0x50001234
        mov [rdi + 8], rax
        call [rdi + 8]
        add rsp, 0x20
        pop rdi
        ret
%endmacro
%include "rom.inc"
