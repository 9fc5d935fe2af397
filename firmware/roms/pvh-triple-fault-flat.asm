; UD2 in 32-bit mode: Xen starts PVH guests without an IDT.
%define PVH 1
%macro AT_FLAT32 0
        ud2
%endmacro
%include "rom.inc"
