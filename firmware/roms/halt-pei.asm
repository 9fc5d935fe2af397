; Gives up.
%macro AT_PEI 0
        cli
        hlt
%endmacro
%include "rom.inc"
