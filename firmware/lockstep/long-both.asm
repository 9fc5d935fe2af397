; What reads and writes in one: the pushed error code is a write's.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        mov rbx, 0x1234567890
        TRY add [rbx], eax
        TRY inc dword [rbx]
        TRY shl qword [rbx], 1
        TRY cmpxchg [rbx], ecx
        TRY cmp [rbx], eax
        TRY lock add [rbx], eax
        mov qword [abs PT + 0x1c3 * 8], 0x1c3005
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        invlpg [abs 0x1c3000]
        TRY add [abs 0x1c3000], eax
        TRY not byte [abs 0x1c3000]
%endmacro
%include "lock.inc"
