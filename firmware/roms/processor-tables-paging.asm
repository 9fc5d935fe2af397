; The first page table is in free memory.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_1) + MAP_END, PAGE_TABLES + 0xfff
        SET64 DX(map_2) + MAP_START, PAGE_TABLES + 0x1000
%endmacro
%include "dxe.inc"
