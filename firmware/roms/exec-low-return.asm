; Returns into low memory: the return address was overwritten.
%macro AT_PEI 0
        push qword 0x5000
        ret
%endmacro
%include "rom.inc"
