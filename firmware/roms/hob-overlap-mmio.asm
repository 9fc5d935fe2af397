; Declares a device's registers in what it declares as reserved.
%macro AT_HOBS 0
        HOB_RESOURCE 5, 0xfeff0000, 0xff000000
        HOB_RESOURCE 1, 0xfe000000, 0xfeff1000
%endmacro
%include "rom.inc"
