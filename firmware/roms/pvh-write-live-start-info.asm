; Writes over Xen's start info.
%define PVH 1
%macro AT_SEC 0
        mov dword [rbx], 0
        cmp dword [rbx], 0x336ec578
        MUST e
%endmacro
%include "rom.inc"
