; A resource that no address of the processor reaches.
%macro AT_HOBS 0
        HOB_RESOURCE 1, 0xff00000000, 0x10000001000
%endmacro
%include "rom.inc"
