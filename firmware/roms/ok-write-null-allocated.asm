; A driver has allocated page 0, and puts an interrupt vector there.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_0) + MAP_TYPE, 3
        mov dword [abs 0x40], 0xc0000000
%endmacro
%include "dxe.inc"
