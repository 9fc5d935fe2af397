; Runtime code that the operating system is not told to map.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_7) + MAP_ATTRIBUTES, 8
%endmacro
%include "dxe.inc"
