; The hypercall page is in memory that is allocated.
%macro AT_HOBS 0
        HOB_OLD_XEN 4, 17, SCRATCH
%endmacro
%include "rom.inc"
