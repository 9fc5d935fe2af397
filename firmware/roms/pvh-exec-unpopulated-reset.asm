; Jumps to the reset vector, which a PVH guest does not have.
%define PVH 1
%macro AT_PEI 0
        mov eax, 0xfffffff0
        jmp rax
%endmacro
%include "rom.inc"
