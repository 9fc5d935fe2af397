; Firmware that knows Xen, and declares RAM alone.
%define OWN_RESERVED
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%include "rom.inc"
