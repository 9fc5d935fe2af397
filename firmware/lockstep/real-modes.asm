; Down and up again: real, 32-bit, 16-bit protected, real.
%macro IN_REAL 0
        o32 lgdt [cs:gdtr - code_start]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE32:.flat
        bits 32
.flat:  mov bx, FLAT
        mov ds, bx
        mov es, bx
        mov ss, bx
        mov [DATA], esp
        mov eax, cs
        mov [DATA + 4], eax
        jmp CODE16:.down - code_start
        bits 16
.down:  mov bx, DATA16
        mov ds, bx
        mov [8], cs
        mov [12], sp
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp (CODE >> 4):.real - code_start
.real:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        RESULT esp, 0
        mov ax, cs
        RESULT eax, 0
%endmacro
%include "lock.inc"
