; Writes to a page that it has given away.
%macro AT_START 0
        mov dword [SPARE], 1
        MOVE_PAGE SPARE >> 12, 0xfc200
        mov dword [SPARE + 4], 2
%endmacro
%include "loader.inc"
