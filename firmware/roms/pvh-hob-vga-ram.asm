; Declares A0000-100000 as RAM, which it is in a PVH guest.
%define PVH 1
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0xa0000, 0x100000
%endmacro
%include "rom.inc"
