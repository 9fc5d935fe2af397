; The VGA range is RAM, but nobody gets it.
%define PVH 1
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xa0000, 0x100000
        HOB_ALLOCATION 0, 0xa0000, 0xc0000
%endmacro
%include "rom.inc"
