; The hypercall page is in memory that is free.
%macro AT_HOBS 0
        HOB_OLD_XEN 4, 17, 0x2000000
%endmacro
%include "rom.inc"
