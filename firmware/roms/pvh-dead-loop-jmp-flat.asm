; `jmp $` in 32-bit mode.
%define PVH 1
%macro AT_FLAT32 0
        jmp $
%endmacro
%include "rom.inc"
