; The first processor halts, and then, later, the last of the others.
%macro AP_CODE 0
        mov ecx, 100000
.later: dec ecx
        jnz .later
        cli
        hlt
%endmacro
%macro AT_PEI 0
        START_APS
        hlt
%endmacro
%include "ap.inc"
%include "rom.inc"
