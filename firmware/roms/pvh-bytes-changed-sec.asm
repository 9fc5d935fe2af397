; Changes its own image in SEC, where PVH firmware may write to it for one purpose only.
%define PVH 1
%macro AT_SEC 0
        mov dword [abs 0x180000], 0x11223344
%endmacro
%include "rom.inc"
