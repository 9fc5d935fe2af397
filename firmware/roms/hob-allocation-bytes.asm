; Allocates half a page.
%macro AT_HOBS 0
        HOB_ALLOCATION 4, 0x2000000, 0x2000800
%endmacro
%include "rom.inc"
