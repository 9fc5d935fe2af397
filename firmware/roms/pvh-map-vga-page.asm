; What a PC has its VGA memory in is RAM to a PVH guest, and free.
%define PVH 1
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0xfc008000
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_1) + GCD_TYPE, 2
        SET64 DX(map_0) + MAP_END, 0xa0fff
%endmacro
%include "dxe.inc"
