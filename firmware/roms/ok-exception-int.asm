; Interrupts that are asked for: INT n, also with the numbers of exceptions that have an error code, INT3, and single steps.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 0x80, asked
        USE_GATE 0x0e, asked
        USE_GATE 3, asked
        USE_GATE 1, step
        mov r13, rsp
        xor r12d, r12d
        lea r14, [rel %%a]
        int 0x80
%%a:    lea r14, [rel %%b]
        int 0x0e
%%b:    lea r14, [rel %%c]
        int3
%%c:    IS r12, 3
        cmp r13, rsp
        MUST e
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
asked:  inc r12d
        cmp [rsp], r14
        MUST e
        cmp [rsp + 24], r13
        MUST e
        iretq
step:   iretq
%endmacro
%include "rom.inc"
