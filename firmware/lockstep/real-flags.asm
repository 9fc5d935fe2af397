; The flags register as a whole.
%macro IN_REAL 0
        mov cx, 16
        mov bx, 1
.each:  mov ax, bx
        and ax, 0xfcff - 0x8000         ; TF and IF stay off
        push ax
        popf
        pushf
        pop dx
        RESULT edx, 0
        shl bx, 1
        loop .each
        push dword 0x00244002           ; AC, ID, NT
        popfd
        pushfd
        pop edx
        RESULT edx, 0
        push dword 2
        popfd
        mov ah, 0xd5
        sahf
        lahf
        RESULT eax
        cmc
        RESULT eax
        std
        pushf
        pop dx
        cld
        RESULT edx, 0
        salc
        RESULT eax, 0
%endmacro
%include "lock.inc"
