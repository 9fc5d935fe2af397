; Allocates pages where no RAM is.
%macro AT_HOBS 0
        HOB_ALLOCATION 4, 0x50000000, 0x50001000
%endmacro
%include "rom.inc"
