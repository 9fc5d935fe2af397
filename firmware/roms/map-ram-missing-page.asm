; A page of RAM is in no descriptor.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_11) + MAP_START, 0x1361000
%endmacro
%include "dxe.inc"
