; Tells DXE the RSDP that the start info gives.
%define PVH 1
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        mov eax, [abs PVH_INFO]
        mov rax, [rax + 32]
        mov [rdi - 8], rax
%endmacro
%include "rom.inc"
