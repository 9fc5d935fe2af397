; Reads Xen's special pages.
%macro AT_PEI 0
        PEEK 0xfefff000
%endmacro
%include "rom.inc"
