; Accesses across the end of a page, where the halves have other places, other rights, or one is missing.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        mov qword [abs PT + 0x1c1 * 8], 0x1d0007
        mov qword [abs PT + 0x1c3 * 8], 0
        mov qword [abs PT + 0x1c6 * 8], 0x1c6005
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        mov rax, cr3
        mov cr3, rax
        mov rax, 0x1122334455667788
        mov [abs 0x1c0ffd], rax
        mov rbx, [abs 0x1d0000]
        RESULT rbx, 0
        mov rbx, [abs 0x1c0ff9]
        RESULT rbx, 0
        TRY mov [abs 0x1c2ffd], rax
        mov rbx, [abs 0x1c2ff8]
        RESULT rbx, 0
        TRY mov rbx, [abs 0x1c2ffb]
        TRY mov rbx, [abs 0x1c3ffb]
        TRY mov [abs 0x1c5ffe], rax
        TRY movups [abs 0x1c5ff8], xmm0
        movups xmm1, [abs 0x1c0ff8]
        movups [abs DATA], xmm1
        lock add [abs 0x1c0ffd], rax
        mov rbx, [abs 0x1c0ffd]
        RESULT rbx, 0
        mov esp, 0x1c3004
        TRY push rax
        mov esp, STACK
        mov dword [abs 0x1cfffc], 0xb8909090            ; code, too
        mov dword [abs 0x1d0000], 0xc3000012
        mov qword [abs PT + 0x1cf * 8], 0x1cf007
        mov eax, 0x1cffff
        mov dword [abs 0x1cfffc], 0xb8909090
        mov dword [abs 0x1d0000], 0x00000012
        mov byte [abs 0x1d0004], 0xc3
        call rax
        RESULT rax, 0
%endmacro
%include "lock.inc"
