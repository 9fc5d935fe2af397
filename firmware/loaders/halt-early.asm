; Gives up.
%macro AT_START 0
        hlt
%endmacro
%include "loader.inc"
