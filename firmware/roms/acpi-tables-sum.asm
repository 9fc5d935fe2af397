; A byte of the XSDT has changed.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
        xor byte [abs RECLAIM + 64 + 10], 0x55
%endmacro
%include "dxe.inc"
