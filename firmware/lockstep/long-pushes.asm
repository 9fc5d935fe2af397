; The stack in 64-bit mode: sizes, ENTER and LEAVE, POP to memory by RSP, PUSHF.
%macro IN_LONG 0
        push 0x7f
        push -0x80000000
        o16 push 0x1234
        o16 pop ax
        pop rbx
        RESULT rbx, 0
        pop qword [rsp + 8]
        RESULT rsp, 0
        push rsp
        pop rcx
        RESULT rcx, 0
        enter 0x20, 3
        mov [rbp - 8], rsp
        leave
        RESULT rbp, 0
        push qword [rsp]
        pop rsp
        mov esp, STACK
        push fs
        push gs
        pop rdx
        RESULT rdx, 0
        call .a
.a:     pop rdx
        RESULT rdx, 0
        push .b
        ret 0x10
.b:     RESULT rsp, 0
        xchg rsp, rax
        RESULT rax, 0
        xchg rsp, rax
        movsx rax, byte [abs .data]
        RESULT rax, 0
        movsxd rax, dword [abs .data]
        RESULT rax, 0
        movzx eax, word [abs .data]
        RESULT rax, 0
        mov rax, -1
        mov eax, eax
        RESULT rax, 0
        mov ah, 5
        xchg al, ah
        RESULT rax, 0
        cqo
        RESULT rdx, 0
        lea rdx, [rax + rax * 8 - 7]
        RESULT rdx, 0
        jmp .end
.data:  dd 0x87654380
.end:
%endmacro
%include "lock.inc"
