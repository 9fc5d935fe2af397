; Tells DXE another version of Xen.
%macro AT_HOBS 0
        HOB_XEN 4, 16, 0
%endmacro
%include "rom.inc"
