; Page tables that a loader has.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_2) + MAP_TYPE, 2
%endmacro
%include "dxe.inc"
