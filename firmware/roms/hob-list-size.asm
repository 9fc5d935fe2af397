; A resource HOB that is too short for a resource.
%macro AT_HOBS 0
        HOB_HEADER 3, 24
%endmacro
%include "rom.inc"
