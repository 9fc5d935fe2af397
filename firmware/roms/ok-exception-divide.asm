; Divides by zero, twice; the handler goes on behind it.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 0, divide
        mov r13, rsp
        xor ebx, ebx
        xor r12d, r12d
        lea r14, [rel %%first]
%%first:
        div ebx
        lea r14, [rel %%second]
%%second:
        div ebx
        IS r12, 2
        cmp r13, rsp
        MUST e
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
divide: inc r12d
        cmp [rsp], r14              ; of the instruction itself
        MUST e
        IS [rsp + 8], 0x18
        test dword [rsp + 16], 0x10000 ; restart
        MUST nz
        cmp [rsp + 24], r13
        MUST e
        pushfq
        pop rax
        test eax, 0x200
        MUST z
        add qword [rsp], 2
        iretq
%endmacro
%include "rom.inc"
