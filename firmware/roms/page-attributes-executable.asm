; To the GCD memory is not to be executed; to the page tables it is not.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 DX(gcd_2) + GCD_ATTRIBUTES, 8 | 0x4000
%endmacro
%include "dxe.inc"
