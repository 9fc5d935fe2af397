; Addresses that are not canonical: #GP, and #SS by RSP and RBP.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        mov rbx, 0x800000000000
        TRY mov eax, [rbx]
        TRY mov [rbx], eax
        TRY mov eax, [rbx - 2]
        mov rcx, 0xffff7fffffffffff
        TRY mov al, [rcx]
        TRY lock inc dword [rbx]
        TRY lgdt [rbx]
        TRY movups xmm0, [rbx]
        mov rdi, rbx
        mov ecx, 3
        TRY rep stosb
        RESULT rcx, 0
        TRY invlpg [rbx]
        EXPECT 0
%endmacro
%include "lock.inc"
