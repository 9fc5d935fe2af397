; The GCD has the address space once; that a hole is reserved is its own affair.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_3) + GCD_TYPE, 1
%endmacro
%include "dxe.inc"
