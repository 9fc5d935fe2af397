; Leaves the interrupt table in memory that is free.
%macro AT_HANDOFF 0
        push qword 0
        mov rdx, 0x2000000 << 16 | 0xfff
        push rdx
        lidt [rsp]
        add rsp, 16
%endmacro
%include "rom.inc"
