; The last of Xen's tables is handed on as a copy.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
        OWN_LAST
%endmacro
%include "dxe.inc"
