; Code that changes itself in 64-bit mode: the instruction behind, a block that has run, by another mapping.
%macro IN_LONG 0
        mov byte [abs .one + 1], 0x77
.one:   mov al, 0
        RESULT rax, 0
        mov ecx, 4
.loop:  inc dword [abs .imm + 1]
.imm:   mov eax, 0x10
        RESULT rax, 0
        loop .loop
        mov dword [abs 0x1c0000], 0x001122b8
        mov word [abs 0x1c0004], 0xc300
        mov qword [abs PT + 0x1c1 * 8], 0x1c0007
        invlpg [abs 0x1c1000]
        mov ebx, 0x1c0000
        call rbx
        RESULT rax, 0
        mov byte [abs 0x1c1001], 0x99
        call rbx
        RESULT rax, 0
        mov edi, 0x1c1001
        mov eax, 0x44
        stosb
        mov ebx, 0x1c1000
        call rbx
        RESULT rax, 0
        mov qword [abs 0x1c2000], 0xc3
        mov qword [abs PT + 0x1c1 * 8], 0x1c2007
        invlpg [abs 0x1c1000]
        call rbx
        RESULT rax, 0
        mov edi, .gone
        mov eax, 0x90
        mov ecx, 5
        rep stosb
.gone:  mov ebx, 5
        RESULT rbx, 0
%endmacro
%include "lock.inc"
