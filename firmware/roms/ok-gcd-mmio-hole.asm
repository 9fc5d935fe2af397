; Memory-mapped I/O where no RAM is.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_3) + GCD_TYPE, 3
%endmacro
%include "dxe.inc"
