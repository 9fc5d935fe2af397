; The system table is in memory that goes with boot services.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_6) + MAP_TYPE, 4
        SET64 DX(map_6) + MAP_ATTRIBUTES, 8
%endmacro
%include "dxe.inc"
