; A page of the image is given away again.
%macro AT_LOADED 0
        MOVE_PAGE 0xfff10, 0xfc200
%endmacro
%include "loader.inc"
