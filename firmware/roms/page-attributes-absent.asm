; The end of free memory is not mapped.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        and byte [abs PAGE_TABLES + 0x2000 + 8 * 511], ~1
%endmacro
%include "dxe.inc"
