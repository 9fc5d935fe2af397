; Makes its GDT's address right inside its image, as OvmfXen's reset vector does.
%define PVH 1
%macro AT_FLAT32 0
        mov dword [0x180002], gdt
        lgdt [0x180000]
%endmacro
%include "rom.inc"
