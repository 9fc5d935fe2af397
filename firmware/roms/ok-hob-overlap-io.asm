; I/O ports have numbers that addresses have, too; resources that only touch.
%macro AT_HOBS 0
        HOB_RESOURCE 2, 0xc000, 0x10000
        HOB_RESOURCE 5, 0xa0000, 0xc0000
        HOB_RESOURCE 1, 0xc0000, 0x100000
%endmacro
%include "rom.inc"
