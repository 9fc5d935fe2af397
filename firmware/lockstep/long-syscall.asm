; SYSCALL and SYSRET.
%macro IN_LONG 0
        mov ecx, 0xc0000080
        rdmsr
        or eax, 1
        wrmsr
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, 0x00680018                             ; to CODE64, back to USER64
        wrmsr
        inc ecx
        mov eax, .kernel
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084
        mov eax, 0x8d5
        wrmsr
        push USERD
        push DATA + 0x8000
        push 2
        push USER64
        push .user
        iretq
.user:  stc
        syscall
.back:  mov rax, cs
        RESULT rax
        mov rax, ss
        RESULT rax, 0
        ud2
.kernel:
        mov rbx, cs
        RESULT rbx
        mov rbx, ss
        RESULT rbx, 0
        RESULT rcx, 0
        RESULT r11, 0
        o64 sysret
%endmacro
%include "lock.inc"
