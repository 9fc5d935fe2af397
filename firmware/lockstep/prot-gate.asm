; A call gate, in the same ring and from ring 3 with a parameter.
%macro IN_PROT 0
        mov dword [gdt + GATE], CODE32 << 16
        mov eax, .target
        mov [gdt + GATE], ax
        mov dword [gdt + GATE + 4], 0x0000ec01
        shr eax, 16
        mov [gdt + GATE + 6], ax
        call GATE:0
        mov dword [gdt + GATE + 8], CODE32 << 16 | (0 & 0xffff)
        mov dword [gdt + GATE + 12], 0x00006c00
        EXPECT .absent
        call GATE + 8:0
.absent:
        push dword USERD
        push dword DATA + 0x8000
        push dword 2
        push dword USER32
        push dword .user
        iretd
.user:  mov ax, USERD
        mov ds, ax
        push dword 0x7788
        call GATE | 3:0
        mov eax, cs
        RESULT eax, 0
        RESULT esp, 0
        ud2
.target:
        mov eax, cs
        RESULT eax, 0
        mov eax, [esp + 8]
        RESULT eax, 0
        RESULT esp, 0
        retf 4
%endmacro
%include "lock.inc"
