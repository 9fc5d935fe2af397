; Allocates the last page of RAM, and, as what it is, a device's.
%macro AT_HOBS 0
        HOB_ALLOCATION 6, 0x3ffff000, 0x40000000
        HOB_ALLOCATION 11, 0xfed00000, 0xfed01000
%endmacro
%include "rom.inc"
