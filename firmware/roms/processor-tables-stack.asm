; The stack is in free memory.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_5) + MAP_TYPE, 7
%endmacro
%include "dxe.inc"
