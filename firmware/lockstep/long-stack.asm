; Interrupt stacks: a gate with IST, one without, alignment of the frame, and a handler on its own stack.
%macro IN_LONG 0
        mov byte [abs IDT + 6 * 16 + 4], 1
        mov esp, STACK - 5
        EXPECT .a
        ud2
.a:     RESULT rsp, 0
        mov byte [abs IDT + 13 * 16 + 4], 2             ; IST2 is 0: the stack is at the top of all
        mov qword [abs TSS + 0x2c], ISTS - 0x100
        mov rbx, 0x800000000000
        EXPECT .b
        mov eax, [rbx]
.b:     RESULT rsp, 0
        xor ecx, ecx
        EXPECT .c
        div ecx
.c:     EXPECT .d
        int 0x20
.d:     RESULT rsp, 0
        mov eax, [abs ISTS - 8]
        RESULT rax, 0
        mov eax, [abs ISTS - 16]
        RESULT rax, 0
        mov rax, [abs ISTS - 0x108]
        RESULT rax, 0
%endmacro
%include "lock.inc"
