; Does nothing wrong on its way through DXE.
%define PVH 1
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0xfc008000
%endmacro
%include "dxe.inc"
