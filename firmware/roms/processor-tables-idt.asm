; The interrupt descriptor table is in free memory.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(map_2) + MAP_END, 0x83ffff
        ADD_MAP 0x840000, 0x900000, 7
%endmacro
%include "dxe.inc"
