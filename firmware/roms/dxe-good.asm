; Does nothing wrong on its way through DXE.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%include "dxe.inc"
