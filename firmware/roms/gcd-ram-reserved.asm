; What Xen reserves is system memory to the GCD.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_4) + GCD_TYPE, 2
%endmacro
%include "dxe.inc"
