; FS and GS bases by MSR, SWAPGS, segment loads that change them, and selectors.
%macro IN_LONG 0
        mov ecx, 0xc0000100
        mov eax, DATA
        xor edx, edx
        wrmsr
        inc ecx
        mov eax, DATA + 0x1000
        wrmsr
        inc ecx
        mov eax, DATA + 0x2000
        wrmsr
        mov dword [fs:8], 0x11
        mov dword [gs:8], 0x22
        swapgs
        mov dword [gs:8], 0x33
        rdmsr
        RESULT rax, 0
        mov rbx, 0x123400000000
        mov eax, 0
        mov ecx, 0xc0000100
        mov edx, 0x1234
        wrmsr
        EXPECT .a
        mov eax, [fs:0]
.a:     mov ax, FLAT
        mov fs, ax
        rdmsr
        RESULT rax, 0
        RESULT rdx, 0
        mov ax, DATA16
        mov gs, ax
        mov dword [gs:0x40], 0x44
        mov dword [abs DATA + 0x44], 0x55
        mov ax, 0
        mov ds, ax
        mov es, ax
        mov [abs DATA + 0x48], ax
        EXPECT .b
        mov ax, ABSENT
        mov fs, ax
.b:     EXPECT .c
        mov ax, 0x1230
        mov ds, ax
.c:     mov ax, 0
        mov ss, ax
        push 5
        pop rbx
        mov ax, FLAT
        mov ss, ax
        mov ds, ax
        mov es, ax
%endmacro
%include "lock.inc"
