; HOBs of every kind that says nothing: unused, unknown, pool, an empty GUID HOB, an empty allocation.
%macro AT_HOBS 0
        HOB_HEADER 0xfffe, 40
        HOB_HEADER 0x1234, 16
        HOB_HEADER 7, 512
        HOB_HEADER 4, 24
        HOB_ALLOCATION 4, 0x5000000, 0x5000000
%endmacro
%include "rom.inc"
