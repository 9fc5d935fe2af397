; Allocates pages across the end of RAM.
%macro AT_HOBS 0
        HOB_ALLOCATION 6, 0x3ffff000, 0x40001000
%endmacro
%include "rom.inc"
