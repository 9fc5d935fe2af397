; A write that begins below the info block and ends in it.
%macro AT_PEI 0
        mov qword [abs 0xffc], 0
%endmacro
%include "rom.inc"
