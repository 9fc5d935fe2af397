; String instructions in both directions, with and without REP, to the end of a segment and round it.
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        mov es, ax
        xor bx, bx
.fill:  mov [bx], bl
        inc bx
        cmp bx, 0x400
        jb .fill
        xor si, si
        mov di, 0x1000
        mov cx, 0x100
        rep movsw
        RESULT esi, 0
        RESULT edi, 0
        std
        mov si, 0x1fe
        mov di, 0x2001
        mov cx, 0x80
        rep movsb
        RESULT esi, 0
        cld
        mov si, 0
        mov di, 0x1000
        mov byte [0x1055], 9
        mov cx, 0x200
        repe cmpsb
        RESULT ecx
        mov al, 9
        mov di, 0x1000
        mov cx, 0x400
        repne scasb
        RESULT edi
        mov eax, 0x11223344
        mov di, 0xfff8
        mov cx, 4
        rep stosd
        RESULT edi, 0
        mov si, 0x10
        lodsw
        RESULT eax, 0
        mov cx, 0
        rep lodsb
        RESULT eax, 0
        mov ecx, 0x10003
        mov edi, 0x3000
        a32 rep stosb
        RESULT ecx, 0
%endmacro
%include "lock.inc"
