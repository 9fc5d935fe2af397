; A link of the GCD's list is overwritten.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_3), DX(handle)
%endmacro
%include "dxe.inc"
