; Ring 3 of long mode: exceptions on ring 0's stack, what is refused, user pages.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        mov qword [abs PT + 0x1c0 * 8], 0x1c0003
        mov qword [abs PT + 0x1c1 * 8], 0x1c1005
        invlpg [abs 0x1c0000]
        invlpg [abs 0x1c1000]
        push USERD
        push DATA + 0x8000
        push 2
        push USER64
        push .user
        iretq
.user:  mov ax, USERD
        mov ds, ax
        TRY cli
        TRY hlt
        TRY mov rax, cr3
        TRY rdmsr
        TRY mov eax, [abs 0x1c0000]
        TRY mov [abs 0x1c0000], eax
        TRY mov [abs 0x1c1000], eax
        mov eax, 0x1c0000
        TRY jmp rax
        mov eax, [abs 0x1c1000]
        TRY swapgs
        mov rax, cs
        RESULT rax, 0
        RESULT rsp, 0
        ud2
%endmacro
%include "lock.inc"
