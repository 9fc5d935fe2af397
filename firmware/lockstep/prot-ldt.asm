; A local descriptor table.
%macro IN_PROT 0
        mov dword [gdt + GATE], (DATA & 0xffff) << 16 | 0x17
        mov dword [gdt + GATE + 4], 0x00008200 | DATA >> 16
        mov dword [DATA], 0x0000ffff
        mov dword [DATA + 4], 0x00cf9300
        mov dword [DATA + 8], 0x0000ffff
        mov dword [DATA + 12], 0x00cf9b00
        mov ax, GATE
        lldt ax
        mov ax, 4
        mov es, ax
        mov dword [es:DATA + 0x100], 0x99
        call 0xc:.here
        EXPECT .a
        mov ax, 0x1c
        mov es, ax
.a:     xor ax, ax
        lldt ax
        EXPECT .b
        mov ax, 4
        mov fs, ax
.b:     EXPECT .c
        mov ax, FLAT
        lldt ax
.c:     EXPECT .d
        mov ax, TASK
        ltr ax
.d:     EXPECT 0
        jmp .end
.here:  mov eax, cs
        RESULT eax, 0
        retf
.end:   mov ax, FLAT
        mov es, ax
%endmacro
%include "lock.inc"
