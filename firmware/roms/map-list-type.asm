; A descriptor has a type that nobody has defined.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_4) + MAP_TYPE, 0x77
%endmacro
%include "dxe.inc"
