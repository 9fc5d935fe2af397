; SEC looks at byte 0, as OvmfXen's does, and 32-bit code before it.
%define PVH 1
%macro AT_FLAT32 0
        cmp byte [0], 2
%endmacro
%macro AT_SEC 0
        cmp byte [abs 0], 2
%endmacro
%include "rom.inc"
