; The last page of the VGA range goes with the RAM above it.
%define PVH 1
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xbf000, 0x100000
%endmacro
%include "rom.inc"
