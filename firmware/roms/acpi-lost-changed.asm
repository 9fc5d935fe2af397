; The last of Xen's tables is handed on, with a byte that has changed.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
        OWN_LAST
        xor byte [abs RECLAIM + 0x800 + 36], 0x55
        NEW_SUM RECLAIM + 0x800, [abs RECLAIM + 0x800 + 4], RECLAIM + 0x800 + 9
%endmacro
%include "dxe.inc"
