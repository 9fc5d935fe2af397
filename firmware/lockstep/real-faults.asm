; What the processor objects to in real mode.
%macro IN_REAL 0
        EXPECT .a
        xor cx, cx
        div cx
.a:     EXPECT .b
        ud2
.b:     EXPECT .c
        db 0xf0, 0x89, 0xd8
.c:     EXPECT .d
        mov word [0x500], 5
        mov word [0x502], 9
        mov ax, 12
        bound ax, [0x500]
.d:     EXPECT .e
        int 3
.e:     EXPECT .f
        int 0x10
.f:     mov al, 0x7f
        add al, 1
        EXPECT .g
        into
.g:     EXPECT .h
        lldt ax
.h:     EXPECT .i
        arpl ax, bx
.i:     mov ax, 6
        bound ax, [0x500]
        EXPECT .j
        aam 0
.j:     EXPECT 0
%endmacro
%include "lock.inc"
