; One byte of the image is wrong.
%macro AT_LOADED 0
        inc byte [0xfff12345]
%endmacro
%include "loader.inc"
