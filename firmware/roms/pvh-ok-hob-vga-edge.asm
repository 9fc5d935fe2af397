; RAM from the first byte after the VGA range on.
%define PVH 1
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xc0000, 0x100000
%endmacro
%include "rom.inc"
