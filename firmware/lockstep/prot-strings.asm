; String instructions on unaligned addresses, both directions, and over each other.
%macro IN_PROT 0
        mov edi, DATA
        mov ecx, 0x1000
.fill:  mov [edi], cl
        inc edi
        loop .fill
        mov esi, DATA + 1
        mov edi, DATA + 0x2003
        mov ecx, 0x123
        rep movsd
        RESULT esi, 0
        RESULT edi, 0
        mov esi, DATA
        mov edi, DATA + 1
        mov ecx, 0x80
        rep movsb
        std
        mov esi, DATA + 0xffe
        mov edi, DATA + 0x1001
        mov ecx, 0x40
        rep movsw
        cld
        mov esi, DATA
        mov edi, DATA + 0x2003
        mov ecx, 0x40
        repne cmpsd
        RESULT ecx
        mov eax, 0xcafe
        mov edi, DATA + 0x4000
        mov ecx, 33
        rep stosw
        mov ecx, 40
        mov edi, DATA + 0x4000
        repe scasw
        RESULT ecx
        mov cx, 3
        mov edi, DATA + 0x5000
        a16 rep stosb
        RESULT edi, 0
%endmacro
%include "lock.inc"
