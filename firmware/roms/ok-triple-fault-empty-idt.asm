; An IDT with limit 0, and nothing faults.
%macro AT_RESET16 0
        o32 lidt [cs:%%none - code_start]
        jmp %%over
%%none:
        times 6 db 0
%%over:
%endmacro
%macro AT_PEI 0
        push qword 0
        push qword 0
        lidt [rsp]
        add rsp, 16
%endmacro
%include "rom.inc"
