; Gives up in real mode.
%macro AT_RESET16 0
        hlt
%endmacro
%include "rom.inc"
