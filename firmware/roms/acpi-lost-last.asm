; The XSDT lacks the last of Xen's tables.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
        sub ebp, 8
        mov [abs RECLAIM + 64 + 4], ebp
        SUM_ACPI
%endmacro
%include "dxe.inc"
