; Declares the ACPI tables' place as RAM.
%define PVH 1
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xfc000000, 0xfc001000
%endmacro
%include "rom.inc"
