; Code that changes itself: the next instruction, this block, another page.
%macro IN_PROT 0
        mov byte [.one + 1], 0x77
.one:   mov al, 0
        RESULT eax, 0
        mov ecx, 4
.loop:  inc dword [.imm + 1]
.imm:   mov eax, 0x10
        RESULT eax, 0
        loop .loop
        mov esi, .code
        mov edi, DATA + 0xffe
        mov ecx, .code_end - .code
        rep movsb
        mov eax, DATA + 0xffe
        call eax
        RESULT ebx, 0
        mov dword [DATA + 0xffe + 1], 0x87654321
        mov eax, DATA + 0xffe
        call eax
        RESULT ebx, 0
        lock add dword [DATA + 0xffe + 1], 1
        mov eax, DATA + 0xffe
        call eax
        RESULT ebx, 0
        mov ecx, 5
        mov edi, .gone
        mov al, 0x90
        rep stosb
.gone:  mov ebx, 5
        RESULT ebx, 0
        jmp .end
.code:  mov ebx, 0x12345678
        ret
.code_end:
.end:
%endmacro
%include "lock.inc"
