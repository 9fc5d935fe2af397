; The image is flash that is wanted at run time.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_4) + GCD_TYPE, 0
        ADD_MAP 0xfff00000, 0x100000000, 11, 1 << 63 | 1
%endmacro
%include "dxe.inc"
