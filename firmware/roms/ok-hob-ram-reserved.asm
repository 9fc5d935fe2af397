; Declares what is not RAM as what it is: reserved, and devices just behind the end of RAM.
%macro AT_HOBS 0
        HOB_RESOURCE 5, 0xfc000000, 0xfc00b000
        HOB_RESOURCE 1, 0x40000000, 0xfc000000
%endmacro
%include "rom.inc"
