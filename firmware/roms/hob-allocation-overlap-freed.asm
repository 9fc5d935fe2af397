; Pages are given back that still are in use.
%macro AT_HOBS 0
        HOB_ALLOCATION 4, 0x2000000, 0x2002000
        HOB_ALLOCATION 7, 0x2001000, 0x2002000
%endmacro
%include "rom.inc"
