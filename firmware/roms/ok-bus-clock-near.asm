; The timer was measured half a percent slow.
%macro AT_HOBS 0
        HOB_PCD 99500000
        HOB_PCD 100000000
%endmacro
%include "rom.inc"
