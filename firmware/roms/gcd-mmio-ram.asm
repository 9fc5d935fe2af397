; RAM is memory-mapped I/O to the GCD.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_2) + GCD_TYPE, 3
%endmacro
%include "dxe.inc"
