; Leaves the interrupt table in reserved memory: the image.
%macro AT_HANDOFF 0
        push qword 0
        mov rdx, 0xfff00000 << 16 | 0xfff
        push rdx
        lidt [rsp]
        add rsp, 16
%endmacro
%include "rom.inc"
