; Two descriptors meet in another place.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_4) + MAP_END, 0x130ffff
        SET64 DX(map_5) + MAP_START, 0x1310000
%endmacro
%include "dxe.inc"
