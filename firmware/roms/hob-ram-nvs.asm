; Declares the ACPI tables' place as RAM.
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xfc000000, 0xfc00b000
%endmacro
%include "rom.inc"
