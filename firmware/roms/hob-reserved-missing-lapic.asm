; What the table reserves is declared around the local APIC, and the APIC is not.
%define OWN_RESERVED
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        HOB_RESOURCE 5, 0xa0000, 0x100000
        HOB_RESOURCE 5, 0xfc00b000, 0xfee00000
        HOB_RESOURCE 5, 0xfef00000, 0x100000000
%endmacro
%include "rom.inc"
