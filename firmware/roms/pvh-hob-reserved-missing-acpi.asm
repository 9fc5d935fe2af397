; The pages of the ACPI tables are declared, but for the first.
%define PVH 1
%define OWN_RESERVED
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0xfc008000
        HOB_RESOURCE 5, 0xfc001000, 0xfc008000
        HOB_RESOURCE 5, 0xfeff8000, 0xff000000
%endmacro
%include "rom.inc"
