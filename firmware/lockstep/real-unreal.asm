; Through protected mode and back with a flat data segment left in DS: all 4 GiB can be reached from real mode.
%macro IN_REAL 0
        o32 lgdt [cs:gdtr - code_start]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, FLAT
        mov ds, bx
        mov es, bx
        and al, 0xfe
        mov cr0, eax
        mov dword [dword DATA], 0x12345678
        mov eax, [dword DATA + 2]
        RESULT eax, 0
        mov esi, DATA
        mov edi, DATA + 0x100
        mov ecx, 8
        a32 rep movsd
        mov eax, [dword 0x200000]
        mov ax, ds
        RESULT eax, 0
        xor ax, ax
        mov ds, ax
        mov es, ax
        smsw ax
        RESULT eax, 0
%endmacro
%include "lock.inc"
