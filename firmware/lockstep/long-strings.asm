; Strings with 64-bit and 32-bit counts and addresses.
%macro IN_LONG 0
        mov edi, DATA
        mov ecx, 0x1000
.fill:  mov [rdi], cl
        inc rdi
        loop .fill
        mov esi, DATA + 3
        mov edi, DATA + 0x2001
        mov ecx, 0x77
        rep movsq
        RESULT rsi, 0
        RESULT rdi, 0
        mov rax, 0x1122334455667788
        mov edi, DATA + 0x4007
        mov ecx, 9
        rep stosq
        std
        mov esi, DATA + 0x800
        mov edi, DATA + 0x804
        mov ecx, 0x40
        rep movsd
        cld
        mov rcx, 0xffffffff00000003
        mov rdi, 0xffffffff00000000 | DATA + 0x5000
        a32 rep stosb
        RESULT rcx, 0
        RESULT rdi, 0
        mov esi, DATA
        mov edi, DATA
        mov ecx, 0x50
        repe cmpsq
        RESULT rcx
        mov edi, DATA
        mov ecx, 0x3000
        mov eax, 0x13
        repne scasb
        RESULT rcx
        mov ecx, 0
        repne scasb
        RESULT rdi
%endmacro
%include "lock.inc"
