; Jumps, calls and returns, near and far, by register, memory and immediate; loops.
%macro IN_REAL 0
        call .near
        mov bx, .near - code_start
        call bx
        call (CODE >> 4):.far - code_start
        mov word [cs:.pointer - code_start], .far - code_start
        mov word [cs:.pointer - code_start + 2], CODE >> 4
        call far [cs:.pointer - code_start]
        call (CODE >> 4) + 0x10:.far - code_start - 0x100
        mov cx, 5
.loop:  inc dx
        loop .loop
        RESULT edx, 0
        mov cx, 5
.equal: cmp cx, 3
        loopne .equal
        RESULT ecx
        jcxz .over
        inc dx
.over:  push word 0x1234
        push dword 0x56789abc
        pusha
        popa
        pushad
        popad
        pop dword [es:0x500]
        pop ax
        RESULT eax, 0
        enter 16, 2
        mov [bp - 2], sp
        leave
        RESULT ebp, 0
        RESULT esp, 0
        jmp .end
.near:  inc dx
        ret
.far:   mov ax, cs
        RESULT eax, 0
        retf
.pointer:
        dd 0
.end:
%endmacro
%include "lock.inc"
