; A descriptor of the memory map begins in the middle of a page.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_4) + MAP_START, 0x910800
%endmacro
%include "dxe.inc"
