; Hvmloader's ACPI tables are what they are in the E820 table.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        ADD_MAP 0xfc000000, 0xfc00b000, 10
%endmacro
%include "dxe.inc"
