; Free memory that the operating system is told to map for the firmware.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_9) + MAP_ATTRIBUTES, 1 << 63 | 8
%endmacro
%include "dxe.inc"
