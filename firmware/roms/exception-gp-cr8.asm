; A task priority of 16. What CR8 takes is in the local APIC's register, and the other way round.
%macro AT_PEI 0
        USE_IDT
        mov eax, 15
        mov cr8, rax
        mov ebx, 0xfee00000
        mov ecx, [rbx + 0x80]
        cmp ecx, 0xf0
        MUST e
        mov dword [rbx + 0x80], 0x35
        mov r9, cr8
        cmp r9, 3
        MUST e
        xor eax, eax
        mov cr8, rax
        mov r9d, 16
        mov cr8, r9
%endmacro
%include "rom.inc"
