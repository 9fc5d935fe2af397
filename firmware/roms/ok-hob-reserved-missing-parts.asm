; What the table reserves is declared in parts, and as other things than reserved memory.
%define OWN_RESERVED
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        HOB_RESOURCE 1, 0xa0000, 0x100000
        HOB_RESOURCE 3, 0xfef00000, 0x100000000
        HOB_RESOURCE 1, 0xfee00000, 0xfef00000
        HOB_RESOURCE 5, 0xfc000000, 0xfee00000
%endmacro
%include "rom.inc"
