; A resource up to the last address of the processor.
%macro AT_HOBS 0
        HOB_RESOURCE 1, 0xff00000000, 0x10000000000
%endmacro
%include "rom.inc"
