; The stack's pages are named once more, without a name; allocations that only touch.
%macro AT_HOBS 0
        HOB_ALLOCATION 4, NEW_STACK - 0x20000, NEW_STACK
        HOB_ALLOCATION 4, 0x2000000, 0x2002000
        HOB_ALLOCATION 7, 0x2002000, 0x2003000
%endmacro
%include "rom.inc"
