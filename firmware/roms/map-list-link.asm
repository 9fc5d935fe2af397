; A link of the memory map's list is overwritten.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_4), DX(handle)
%endmacro
%include "dxe.inc"
