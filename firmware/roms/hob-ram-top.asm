; Declares one page more than the end of RAM.
%macro AT_HOBS 0
        HOB_RESOURCE 0, 0x40000000, 0x40001000
%endmacro
%include "rom.inc"
