; A driver has allocated page 0, and looks at it.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_0) + MAP_TYPE, 3
        mov eax, [abs 8]
%endmacro
%include "dxe.inc"
