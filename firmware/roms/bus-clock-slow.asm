; The timer was measured at a quarter of its speed.
%macro AT_HOBS 0
        HOB_PCD 25000000
        HOB_PCD 100000000
%endmacro
%include "rom.inc"
