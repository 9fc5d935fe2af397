; Runtime data where nothing is.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        ADD_MAP 0x50000000, 0x50001000, 6, 1 << 63 | 8
%endmacro
%include "dxe.inc"
