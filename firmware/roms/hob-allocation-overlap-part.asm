; Two allocations share a page.
%macro AT_HOBS 0
        HOB_ALLOCATION 4, 0x2000000, 0x2002000
        HOB_ALLOCATION 3, 0x2001000, 0x2003000
%endmacro
%include "rom.inc"
