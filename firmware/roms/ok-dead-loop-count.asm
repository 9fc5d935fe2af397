; A delay loop of many turns.
%macro AT_PEI 0
        mov ecx, 3000000
        loop $
%endmacro
%include "rom.inc"
