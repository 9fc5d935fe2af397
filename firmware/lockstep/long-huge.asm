; A page of 1 GiB.
%macro IN_LONG 0
        mov qword [abs PDPT + 16], 0xe7                 ; the third GiB is the first
        mov eax, 0x80000000
        mov dword [abs DATA], 0x4321
        mov ebx, [rax + DATA]
        RESULT rbx, 0
        mov dword [rax + DATA + 4], 0x77
        mov ebx, [abs DATA + 4]
        RESULT rbx, 0
        mov qword [abs PDPT + 24], 0x85
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        mov eax, 0xc0000000
        mov ebx, [rax + DATA]
        EXPECT .a
        mov [rax + DATA], ebx
.a:     RESULT rbx, 0
%endmacro
%include "lock.inc"
