; Sleeps until the timer wakes it, once; the stack is as it was.
%include "irq.inc"
%macro AT_PEI 0
        TICKING 0x40, 1000
        xor r12d, r12d
        mov r13, rsp
        sti
        hlt
        cli
        cmp r12d, 1
        MUST e
        cmp r13, rsp
        MUST e
%endmacro
%macro MODULE_CODE 0
        COUNTING_HANDLER
%endmacro
%include "rom.inc"
