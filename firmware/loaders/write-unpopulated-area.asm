; Copies the image to where it has no pages yet.
%macro AT_START 0
        mov dword [0xfff00000], 1
%endmacro
%include "loader.inc"
