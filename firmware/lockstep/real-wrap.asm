; Addresses above 1 MiB are reached with A20 open; sums of 16-bit registers wrap at 64 KiB.
%macro IN_REAL 0
        mov ax, 0xffff
        mov ds, ax
        mov dword [0x2010], 0x1f2e3d4c
        mov eax, [0x2010]
        RESULT eax, 0
        mov ax, DATA >> 4
        mov ds, ax
        mov word [4], 0x7788
        mov bx, 0xfff0
        mov si, 0x14
        mov ax, [bx + si]
        RESULT eax, 0
        mov ax, [bx + 0x14]
        RESULT eax, 0
        mov ax, 0x2000
        mov ds, ax
        mov al, [0]
        lea ax, [bx + si + 0x55]
        RESULT eax, 0
        lea eax, [ebx + esi * 4 + 0x55]
        RESULT eax, 0
        mov bx, .table - code_start
        mov al, 2
        cs xlatb
        RESULT eax, 0
        jmp .end
.table: db 1, 2, 0x77
.end:
%endmacro
%include "lock.inc"
