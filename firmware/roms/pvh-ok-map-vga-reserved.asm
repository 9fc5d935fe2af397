; The VGA range is memory that nobody may use.
%define PVH 1
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0xfc008000
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_1) + GCD_TYPE, 2
        ADD_MAP 0xa0000, 0xc0000, 0
%endmacro
%include "dxe.inc"
