; Moves pages from beyond RAM.
%macro AT_START 0
        MOVE_PAGE 0x60000, 0xfc200
%endmacro
%include "loader.inc"
