; Free memory goes one page beyond RAM.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_11) + MAP_END, 0x40000fff
%endmacro
%include "dxe.inc"
