; A descriptor takes the first page of the next.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_4) + MAP_END, 0x1300fff
%endmacro
%include "dxe.inc"
