; Moves a page to where no physical address bits reach.
%macro AT_START 0
        MOVE_PAGE SPARE >> 12, 0xfffffff0
%endmacro
%include "loader.inc"
