; The tables are in memory that the operating system takes.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        OWN_ACPI
        SET32 DX(map_8) + MAP_TYPE, 7
%endmacro
%include "dxe.inc"
