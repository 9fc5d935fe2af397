; A copy of RSDP and XSDT, in memory for that.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
%endmacro
%include "dxe.inc"
