; A page of the address space is in no descriptor of the GCD.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(gcd_3) + GCD_START, 0x40001000
%endmacro
%include "dxe.inc"
