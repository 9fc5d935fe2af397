; Reserved bits at each level, and NX with and without EFER.NXE.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro FLUSH 0
        mov rax, cr3
        mov cr3, rax
%endmacro
%macro IN_LONG 0
        mov rax, 1 << 51
        mov [abs PT + 0x1c0 * 8], rax
        or qword [abs PT + 0x1c0 * 8], 0x1c0007
        mov rax, 1 << 63
        or [abs PT + 0x1c1 * 8], rax
        mov qword [abs PD + 8], 0x2020e7
        or qword [abs TABLES + 8], 0x87                 ; PS at the top
        mov rax, 1 << 63 | PT + 7
        mov [abs PD + 16], rax
        mov qword [abs PDPT + 8], 0x200000e7            ; a page of 1 GiB that is not aligned
        FLUSH
        TRY mov eax, [abs 0x1c0000]
        TRY mov [abs 0x1c0000], eax
        TRY mov eax, [abs 0x1c1000]
        TRY mov eax, [abs 0x200000]
        mov rbx, 0x8000000000
        TRY mov eax, [rbx]
        TRY mov eax, [abs 0x400000]
        TRY mov eax, [abs 0x40000000]
        mov eax, 0x1c1000
        TRY jmp rax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x800
        wrmsr
        FLUSH
        mov byte [abs 0x1c1000], 0xc3
        mov eax, [abs 0x400000 + DATA]
        RESULT rax, 0
        mov eax, 0x1c1000
        TRY jmp rax
        mov eax, 0x400000 + DATA
        TRY jmp rax
        mov eax, 0x200000
        TRY jmp rax
%endmacro
%include "lock.inc"
