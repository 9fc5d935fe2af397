; An entry of a page table has a reserved bit set.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 PAGE_TABLES + 0x2000 + 8 * 100, 0xc8020e3
%endmacro
%include "dxe.inc"
