; Page faults of long mode: error codes and CR2 of reads, writes and fetches.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        mov rbx, 0x1234567890
        TRY mov eax, [rbx]
        TRY mov [rbx], eax
        TRY jmp rbx
        TRY push qword [rbx]
        TRY lgdt [rbx]
        TRY fld qword [rbx]
        mov qword [abs PT + 0x1c0 * 8], 0
        mov qword [abs PT + 0x1c3 * 8], 0x1c3005
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        TRY mov eax, [abs 0x1c0123]
        TRY mov [abs 0x1c0456], eax
        TRY mov [abs 0x1c3008], eax
        mov eax, [abs 0x1c3008]
        TRY lock inc dword [abs 0x1c3008]
        TRY xchg eax, [abs 0x1c3008]
        TRY lock inc dword [abs 0x1c0008]
        mov rbx, -0x1000
        TRY mov eax, [rbx]
        TRY movups [rbx + 0xff8], xmm0
        mov rsi, rbx
        mov edi, DATA
        mov ecx, 5
        TRY rep movsb
        RESULT rcx, 0
        mov rbx, 0x7fffffffffff
        TRY mov al, [rbx]
%endmacro
%include "lock.inc"
