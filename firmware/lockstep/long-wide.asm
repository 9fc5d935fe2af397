; CMPXCHG8B and 16B, with and without LOCK, and where it is not allowed.
%macro IN_LONG 0
        mov dword [abs DATA], 5
        mov dword [abs DATA + 4], 6
        mov eax, 5
        mov edx, 6
        mov ebx, 7
        mov ecx, 8
        cmpxchg8b [abs DATA]
        RESULT rax, 0x40
        cmpxchg8b [abs DATA]
        RESULT rax, 0x40
        RESULT rdx, 0
        lock cmpxchg8b [abs DATA]
        RESULT rax, 0x40
        mov rax, 0x123456789
        mov [abs DATA + 16], rax
        mov qword [abs DATA + 24], 3
        mov edx, 3
        cmpxchg16b [abs DATA + 16]
        RESULT rax, 0x40
        lock cmpxchg16b [abs DATA + 16]
        RESULT rax, 0x40
        RESULT rdx, 0
        lock cmpxchg16b [abs DATA + 16]
        RESULT rdx, 0x40
        EXPECT .a
        cmpxchg16b [abs DATA + 8]
.a:     EXPECT .b
        mov qword [abs PT + 0x1c3 * 8], 0x1c3005
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        lock cmpxchg8b [abs 0x1c3000]
.b:     RESULT rax, 0x40
%endmacro
%include "lock.inc"
